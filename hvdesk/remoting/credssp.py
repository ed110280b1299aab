"""The CredSSP logon, through requests-credssp."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import requests
from requests_credssp.credssp import HttpCredSSPAuth
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from spnego.exceptions import SpnegoError

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate, LogonRefused
from hvdesk.remoting.handshake import Handshake
from hvdesk.remoting.logon import Logon

CREDSSP_VERSION = 5
"""The first that is safe against CVE-2018-0886; Windows' own clients have asked for it since May 2018."""

_INNER_LOGON = "auto" if sys.platform == "win32" else "ntlm"
"""pyspnego's own "auto", where Windows' is not there, asks the directory for a ticket first and then tries NTLM: a
wrong password would count twice."""

_BEFORE_PASSWORD = ("TLS Handshake", "Authentication 1")  # pyspnego's names of the steps
_ACCOUNT_STATES = {
    0xC000006E: "the account is restricted",
    0xC000006F: "the account may not log on at this time of day",
    0xC0000070: "the account may not log on from here",
    0xC0000071: "the password has expired",
    0xC0000072: "the account is disabled",
    0xC0000193: "the account has expired",
    0xC0000224: "the password must be changed first",
    0xC0000234: "the account is locked",
}
"""NTSTATUS values ([MS-ERREF] 2.3) that say more than "wrong password"; only CredSSP 3, 4 and 6 carry them."""


class CredsspHandshake(Handshake):
    """CredSSP: the password itself travels to the host, sealed, so that the host can log on to others with it."""

    scheme = "CredSSP"

    def __init__(self, endpoint: Endpoint, logon: Logon, gate: LogonGate) -> None:
        super().__init__(endpoint, logon, gate)
        password = logon.password.reveal() if logon.password else ""
        self._credssp = HttpCredSSPAuth(
            logon.user, password, auth_mechanism=_INNER_LOGON, minimum_version=CREDSSP_VERSION
        )

    @property
    def contexts(self) -> dict[str, Any]:
        """Where pywinrm looks for the context that seals."""
        return self._credssp.contexts  # type: ignore[no-any-return]

    def exchange(self, response: requests.Response, settings: Mapping[str, Any]) -> requests.Response:
        """Five legs."""
        try:
            return self._credssp.handle_401(response, **settings)  # type: ignore[no-any-return]
        except (NTStatusException, AuthenticationException, SpnegoError) as error:
            raise failure_of(error, self.endpoint.label) from None


def failure_of(error: Exception, label: str) -> HvError:
    """What an error of the exchange with host `label` means; a LogonRefused once the password was in play."""
    words = str(error)
    if any(step in words for step in _BEFORE_PASSWORD):
        return HvError("logon.failed", host=label, host_words=words)
    state = _ACCOUNT_STATES.get(_status(error))
    if state is not None:
        return LogonRefused("logon.account", host=label, facts={"state": state}, host_words=words)
    return LogonRefused("logon.refused", host=label, host_words=words)


def _status(error: Exception) -> int:
    """The NTSTATUS that the host sent, 0 for none: pyspnego keeps it in the error behind requests-credssp's."""
    sent = getattr(getattr(error.__cause__, "base_error", None), "winerror", 0)
    return int(sent) & 0xFFFFFFFF

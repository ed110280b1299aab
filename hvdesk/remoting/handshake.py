"""Logging on over HTTP: one handshake for each session, through the gate; the mechanisms are in files of their own.

A session never logs on a second time by itself: over http the keys that seal the messages belong to the connection, so
a message sealed for a lost connection must not be sent on a new one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import requests
from requests.auth import AuthBase
from winrm.exceptions import WinRMTransportError

from hvdesk.domain.errors import HvError
from hvdesk.remoting.adapter import HostAdapter
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate, LogonRefused
from hvdesk.remoting.logon import Logon
from hvdesk.remoting.trouble import LinkDown

_SCHEME = re.compile(r"(?:^|,)\s*(Negotiate|Kerberos|Basic|CredSSP|NTLM)\b", re.IGNORECASE)


class Handshake(AuthBase):
    """Answers the host's first 401 with a logon; a later one means that the connection was lost."""

    scheme: ClassVar[str]
    binds_connection: ClassVar[bool] = True
    """Whether who logged on is a property of the connection."""

    def __init__(self, endpoint: Endpoint, logon: Logon, gate: LogonGate) -> None:
        self.endpoint = endpoint
        self.logon = logon
        self.gate = gate
        self.logged_on = False

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Connection"] = "Keep-Alive"
        request.register_hook("response", self._answered)  # type: ignore[no-untyped-call]
        return request

    def exchange(self, response: requests.Response, settings: Mapping[str, Any]) -> requests.Response:
        """Log on in answer to `response`; gives the host's last answer. Raises LogonRefused and other HvErrors."""
        raise NotImplementedError

    def refused(self, words: str = "") -> LogonRefused:
        """The error for a credential that the host refused."""
        return LogonRefused("logon.refused", host=self.endpoint.label, host_words=words)

    def _answered(self, response: requests.Response, **settings: Any) -> requests.Response:
        if response.status_code != requests.codes.unauthorized:
            return response
        if self.logged_on:
            raise LinkDown("host.lost", host=self.endpoint.label)
        offered = _SCHEME.findall(response.headers.get("WWW-Authenticate", ""))
        if self.scheme.lower() not in (scheme.lower() for scheme in offered):
            raise self._not_offered(offered)
        with self.gate.passing(self.endpoint.label):
            if self.binds_connection:
                cast(HostAdapter, response.connection).begin_logon()
            response = self.exchange(response, settings)
            if response.status_code == requests.codes.unauthorized:
                raise self.refused()
            if response.status_code != requests.codes.ok:  # says nothing about the credential
                raise WinRMTransportError("http", response.status_code, "")
        self.logged_on = True
        return response

    def _not_offered(self, offered: list[str]) -> HvError:
        label = self.endpoint.label
        if not offered:
            return HvError("host.no_winrm", host=label, facts={"address": self.endpoint.address})
        code = "logon.credssp_off" if self.scheme == "CredSSP" else "logon.unsupported"
        return HvError(code, host=label, facts={"method": self.logon.method, "offered": ", ".join(offered)})


def resend(response: requests.Response, authorization: str, settings: Mapping[str, Any]) -> requests.Response:
    """The same request once more on the same connection, with this Authorization header."""
    response.content  # noqa: B018  # read to its end, else the connection is not free for the next leg
    response.raw.release_conn()
    request = response.request.copy()
    request.headers["Authorization"] = authorization
    return response.connection.send(request, **settings)


class BasicHandshake(Handshake):
    """User and password, sent inside TLS and only to a host that offers Basic."""

    scheme = "Basic"
    binds_connection = False
    _header = ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._header:
            request.headers["Authorization"] = self._header
        return super().__call__(request)

    def exchange(self, response: requests.Response, settings: Mapping[str, Any]) -> requests.Response:
        """One leg."""
        password = self.logon.password.reveal() if self.logon.password else ""
        pair = f"{self.logon.user}:{password}".encode()
        header = f"Basic {base64.b64encode(pair).decode('ascii')}"
        answer = resend(response, header, settings)
        if answer.status_code == requests.codes.ok:
            self._header = header
        return answer

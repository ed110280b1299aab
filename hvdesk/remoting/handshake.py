"""Logging on over HTTP: one handshake for each session, through the gate, with the mechanism the user chose.

A session never logs on a second time by itself: over http the keys that seal the messages belong to the connection, so
a message sealed for a lost connection must not be sent on a new one.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

import requests
import spnego
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from requests.auth import AuthBase
from requests_credssp.credssp import HttpCredSSPAuth
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import InvalidCredentialError, NoCredentialError, SpnegoError

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.faults import LinkDown
from hvdesk.remoting.gate import LogonGate, LogonRefused
from hvdesk.remoting.logon import Logon

CREDSSP_VERSION = 5
"""The first that is safe against CVE-2018-0886; Windows' own clients have asked for it since May 2018."""

_SCHEME = re.compile(r"(?:^|,)\s*(Negotiate|Kerberos|Basic|CredSSP|NTLM)\b", re.IGNORECASE)
_NEGOTIATE_TOKEN = re.compile(r"(?:^|,)\s*Negotiate ([A-Za-z0-9+/=]+)", re.IGNORECASE)
_BEFORE_PASSWORD = ("TLS Handshake", "Authentication 1")  # pyspnego's names of the CredSSP steps
# What the directory says to user and password when the ticket is asked for (MIT krb5's numbers): unknown user, account
# locked or disabled, password expired, preauthentication failed, wrong password. It counts a failed logon.
_TICKET_REFUSED = (-1765328378, -1765328366, -1765328361, -1765328360, -1765328353)


class Handshake(AuthBase):
    """Answers the host's first 401 with a logon; a later one means that the connection was lost."""

    scheme: ClassVar[str]

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
            response = self.exchange(response, settings)
            if response.status_code == requests.codes.unauthorized:
                raise self.refused()
        self.logged_on = response.status_code == requests.codes.ok
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


class CredsspHandshake(Handshake):
    """CredSSP: the password itself travels to the host, sealed, so that the host can log on to others with it."""

    scheme = "CredSSP"

    def __init__(self, endpoint: Endpoint, logon: Logon, gate: LogonGate) -> None:
        super().__init__(endpoint, logon, gate)
        password = logon.password.reveal() if logon.password else ""
        self._credssp = HttpCredSSPAuth(logon.user, password, minimum_version=CREDSSP_VERSION)

    @property
    def contexts(self) -> dict[str, Any]:
        """Where pywinrm looks for the context that seals."""
        return self._credssp.contexts  # type: ignore[no-any-return]

    def exchange(self, response: requests.Response, settings: Mapping[str, Any]) -> requests.Response:
        """Five legs."""
        try:
            return self._credssp.handle_401(response, **settings)  # type: ignore[no-any-return]
        except NTStatusException as error:
            raise self.refused(str(error)) from None
        except (AuthenticationException, SpnegoError) as error:
            if any(step in str(error) for step in _BEFORE_PASSWORD):
                raise HvError("logon.failed", host=self.endpoint.label, host_words=str(error)) from None
            raise self.refused(str(error)) from None


class NegotiateHandshake(Handshake):
    """NTLM, Kerberos or the signed-in user, through pyspnego (SSPI on Windows), sealed by whichever it was."""

    scheme = "Negotiate"
    session_security: Sealing | None = None
    """Where pywinrm looks for the context that seals."""

    def exchange(self, response: requests.Response, settings: Mapping[str, Any]) -> requests.Response:
        """Two legs for NTLM, one for Kerberos."""
        certificate = getattr(response.connection, "certificate", None)
        try:
            context = self._context(certificate)
            token = context.step()
            while token:
                header = f"Negotiate {base64.b64encode(token).decode('ascii')}"
                response = resend(response, header, settings)
                reply = _NEGOTIATE_TOKEN.search(response.headers.get("WWW-Authenticate", ""))
                token = context.step(base64.b64decode(reply[1])) if reply else None
        except InvalidCredentialError as error:
            raise self.refused(str(error)) from None
        except NoCredentialError as error:
            raise HvError("logon.no_ticket", host=self.endpoint.label, host_words=str(error)) from None
        except SpnegoError as error:
            raise HvError("logon.failed", host=self.endpoint.label, host_words=str(error)) from None
        if response.status_code == requests.codes.ok and not context.complete:
            raise HvError("logon.failed", host=self.endpoint.label, host_words="The host did not prove who it is.")
        self.session_security = Sealing(context)
        return response

    def _context(self, certificate: bytes | None) -> spnego.ContextProxy:
        password = self.logon.password.reveal() if self.logon.password else None
        protocol, options = self._mechanism()
        try:
            return spnego.client(
                self.logon.user,
                password,
                hostname=self.endpoint.address,
                service="HTTP",
                protocol=protocol,
                options=options,
                channel_bindings=binding(certificate) if certificate else None,
            )
        except (ImportError, ValueError) as error:  # pyspnego's words for a mechanism that is not installed
            label, facts = self.endpoint.label, {"method": self.logon.method}
            raise HvError("logon.mechanism", host=label, facts=facts, host_words=str(error)) from None
        except SpnegoError:
            raise
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "krb5":
                raise
            if getattr(error, "err_code", None) in _TICKET_REFUSED:
                raise self.refused(str(error)) from None
            raise HvError("logon.failed", host=self.endpoint.label, host_words=str(error)) from None

    def _mechanism(self) -> tuple[str, spnego.NegotiateOptions]:
        if self.logon.method == "ntlm":
            return "ntlm", spnego.NegotiateOptions.use_ntlm
        if self.logon.method == "current-user" and sys.platform == "win32":
            return "negotiate", spnego.NegotiateOptions.wrapping_winrm
        return "kerberos", spnego.NegotiateOptions.wrapping_winrm


class Sealing:
    """The shape in which pywinrm's "ntlm" encryption wants any Negotiate context (HTTP-SPNEGO-session-encrypted)."""

    def __init__(self, context: spnego.ContextProxy) -> None:
        self._context = context

    def wrap(self, message: bytes) -> tuple[bytes, bytes]:
        """Sealed message and signature."""
        sealed = self._context.wrap_winrm(message)
        return sealed.data, sealed.header

    def unwrap(self, sealed: bytes, signature: bytes) -> bytes:
        """The message; raises SpnegoError when it was damaged or sealed for another connection."""
        return self._context.unwrap_winrm(signature, sealed)


def binding(certificate: bytes) -> GssChannelBindings:
    """Ties a logon to the host's certificate (RFC 5929, tls-server-end-point), which hardened hosts insist on."""
    algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    if algorithm is None or algorithm.name in ("md5", "sha1"):
        algorithm = hashes.SHA256()
    digest = hashes.Hash(algorithm)
    digest.update(certificate)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())

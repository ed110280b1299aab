"""The Negotiate logon: NTLM, Kerberos or the signed-in user, through pyspnego (SSPI on Windows)."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Mapping
from typing import Any, cast

import requests
import spnego
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import CredentialsExpiredError, InvalidCredentialError, NoCredentialError, SpnegoError

from hvdesk.domain.errors import HvError
from hvdesk.remoting.adapter import HostAdapter
from hvdesk.remoting.handshake import Handshake, resend
from hvdesk.remoting.kerberos import kerberos_error, principal_of, require_ticket_of

_NEGOTIATE_TOKEN = re.compile(r"(?:^|,)\s*Negotiate ([A-Za-z0-9+/=]+)", re.IGNORECASE)
# A credential goes along to hosts that the directory trusts for delegation, and to no other: those can then act for the
# user elsewhere, which is what a move is. Without such trust it takes constrained delegation on the source, or CredSSP.
_KERBEROS_WISH = spnego.ContextReq.default | spnego.ContextReq.delegate_policy


class NegotiateHandshake(Handshake):
    """NTLM, Kerberos or the signed-in user, sealed by whichever it was."""

    scheme = "Negotiate"
    session_security: Sealing | None = None
    """Where pywinrm looks for the context that seals."""

    def exchange(self, response: requests.Response, settings: Mapping[str, Any]) -> requests.Response:
        """Two legs for NTLM, one for Kerberos."""
        certificate = cast(HostAdapter, response.connection).certificate
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
        except (NoCredentialError, CredentialsExpiredError) as error:
            raise HvError("logon.no_ticket", host=self.endpoint.label, host_words=str(error)) from None
        except SpnegoError as error:
            raise self._failed(error.base_error or error, str(error)) from None
        if response.status_code == requests.codes.ok and not context.complete:
            raise HvError("logon.failed", host=self.endpoint.label, host_words="The host did not prove who it is.")
        self.session_security = Sealing(context)
        return response

    def _context(self, certificate: bytes | None) -> spnego.ContextProxy:
        password = self.logon.password.reveal() if self.logon.password else None
        protocol, options = self._mechanism()
        try:
            return spnego.client(
                self._user(password),
                password,
                hostname=self.endpoint.service_name or self.endpoint.address,
                service="HTTP",
                protocol=protocol,
                options=options,
                context_req=spnego.ContextReq.default if protocol == "ntlm" else _KERBEROS_WISH,
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
            raise self._failed(error, str(error)) from None

    def _failed(self, error: Exception, words: str) -> HvError:
        label = self.endpoint.label
        return kerberos_error(error, label=label, words=words) or HvError("logon.failed", host=label, host_words=words)

    def _user(self, password: str | None) -> str | None:
        """The user as the mechanism wants it spelled; without a password one whose ticket is there."""
        user, label = self.logon.user, self.endpoint.label
        if user is None or self.logon.method == "ntlm" or sys.platform == "win32":
            return user
        principal = principal_of(user, label=label)
        if password is None:
            require_ticket_of(principal, label=label)
        return principal

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

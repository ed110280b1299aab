"""Security contexts of pyspnego seen as what the connection needs: steps of a logon, sealing, who it was."""

from __future__ import annotations

import struct
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import spnego
import spnego.tls
from spnego._gss import GSSAPIProxy
from spnego._negotiate import NegotiateProxy
from spnego.exceptions import NegotiateOptions, SpnegoError

from hvdesk.lab.winrm import ntlm_store
from hvdesk.lab.winrm.cbt import Binding
from hvdesk.lab.winrm.mime import UnsealError

# The lab's accounts live in the lab only, so the machine's own SSPI or gss-ntlmssp must not be asked.
_OWN_CODE = NegotiateOptions.use_negotiate
_BOUND = 0x800  # GSS_C_CHANNEL_BOUND_FLAG: MIT accepts a ticket that is bound to nothing, and tells it by this only
_making_tls = threading.Lock()


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one leg: the token to send back, and whether the logon is complete or refused (or goes on)."""

    token: bytes | None
    complete: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who came with a Kerberos ticket, which of the server's names it was for, and whether a credential came along."""

    principal: str  # admin@LAB.TEST
    target: str  # HTTP/hv01.lab.test
    forwarded: bool


class Acceptor:
    """One logon over Negotiate, Kerberos or CredSSP, then the sealing of its connection, whose thread owns it."""

    def __init__(self, scheme: str, binding: Binding | None = None) -> None:
        """`scheme` is the word in lower case. CredSSP binds to its own inner TLS, so `binding` is not for it."""
        self.scheme = scheme
        self._binding = binding if scheme != "credssp" else None
        more: dict[str, Any] = {"credssp_tls_context": _credssp_tls()} if scheme == "credssp" else {}
        # Without a keytab a Kerberos context cannot be made.
        self._context: Any = None
        try:
            self._context = spnego.server(protocol=scheme, options=_OWN_CODE, **more)
        except (SpnegoError, ImportError, ValueError):
            if scheme != "kerberos":
                raise

    def step(self, token: bytes, lookup: ntlm_store.PasswordLookup) -> Step:
        """Take the client's token. Never raises for what a client sent."""
        if self._context is None:
            return Step(None, refused=True)
        try:
            with ntlm_store.passwords_from(lookup):
                out = self._step(token)
        # pyspnego's parsers raise the others for garbage, the last where GSSAPI has an error token for the client.
        except (SpnegoError, ValueError, IndexError, KeyError, struct.error, AttributeError):
            return Step(None, refused=True)
        if self._context.complete:
            return Step(out, complete=True, refused=not self._bound_enough())
        # CredSSP tells the client of a refused credential in a token of its own, which is the last.
        stage = self._context.get_extra_info("auth_stage", "")
        return Step(out, refused=out is None or stage == "Authentication failure")

    def _step(self, token: bytes) -> bytes | None:
        if self._binding is None:
            return self._context.step(token)  # type: ignore[no-any-return]
        wanted = self._binding.of_token(token)
        if wanted is None and self._binding.strict:
            raise ValueError("bound to nothing")
        return self._context.step(token, channel_bindings=wanted)  # type: ignore[no-any-return]

    def _bound_enough(self) -> bool:
        context = self._gss()
        if context is None or self._binding is None or not self._binding.strict:
            return True
        return bool(int(context.actual_flags) & _BOUND)

    @property
    def ticket(self) -> Ticket | None:
        """The Kerberos ticket of a complete logon; None for another mechanism."""
        context = self._gss()
        if context is None:
            return None
        target = str(context.target_name).rstrip("\0").partition("@")[0]
        return Ticket(str(context.initiator_name).rstrip("\0"), target, context.delegated_creds is not None)

    def _gss(self) -> Any:
        """GSSAPI's own context, when this logon is by Kerberos."""
        proxy = self._context
        if self.scheme == "credssp":
            proxy = proxy._auth_context
        if isinstance(proxy, NegotiateProxy):
            proxy = proxy._context
        return proxy._context if isinstance(proxy, GSSAPIProxy) else None

    def seal(self, data: bytes) -> tuple[bytes, bytes]:
        """Signature and sealed data (mime.Sealer)."""
        result = self._context.wrap_winrm(data)
        return result.header, result.data

    def unseal(self, signature: bytes, data: bytes) -> bytes:
        """The data (mime.Sealer); UnsealError when it was sealed with other keys or damaged."""
        try:
            return self._context.unwrap_winrm(signature, data)  # type: ignore[no-any-return]
        except SpnegoError as error:
            raise UnsealError(str(error)) from error


def prepare_credssp() -> None:
    """Make CredSSP's key now, so that the first logon does not wait for it."""
    _credssp_tls()


def _credssp_tls() -> spnego.tls.CredSSPTLSContext:
    with _making_tls:
        return _make_credssp_tls()


@cache
def _make_credssp_tls() -> spnego.tls.CredSSPTLSContext:
    """The inner TLS of all CredSSP logons; made once, as pyspnego would write a key file for every logon."""
    certificate, key, public_key = spnego.tls.generate_tls_certificate()
    made = spnego.tls.default_tls_context(usage="accept")
    with tempfile.TemporaryDirectory(prefix="hvdesk-lab-") as folder:
        path = Path(folder, "credssp.pem")
        path.touch(0o600)
        path.write_bytes(certificate + key)
        made.context.load_cert_chain(path)
    made.public_key = public_key
    return made

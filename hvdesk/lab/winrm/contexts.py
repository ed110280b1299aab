"""Security contexts of pyspnego seen as what the connection needs: steps of a logon, sealing, who it was."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import spnego
import spnego.tls
from spnego.exceptions import NegotiateOptions, SpnegoError

from hvdesk.lab.winrm import ntlm_store
from hvdesk.lab.winrm.mime import UnsealError

# The lab's accounts live in the lab only, so the machine's own SSPI or gss-ntlmssp must not be asked.
_OWN_CODE = NegotiateOptions.use_negotiate
_making_tls = threading.Lock()


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one leg: the token to send back, and whether the logon is complete or refused (or goes on)."""

    token: bytes | None
    complete: bool = False
    refused: bool = False


class Acceptor:
    """One logon over Negotiate or CredSSP, then the sealing of its connection. Belongs to the connection's thread."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        if scheme == "credssp":
            self._context = spnego.server(protocol=scheme, options=_OWN_CODE, credssp_tls_context=_credssp_tls())
        else:
            self._context = spnego.server(protocol=scheme, options=_OWN_CODE)

    def step(self, token: bytes, lookup: ntlm_store.PasswordLookup) -> Step:
        """Take the client's token. Never raises for what a client sent."""
        try:
            with ntlm_store.passwords_from(lookup):
                out = self._context.step(token)
        except (SpnegoError, ValueError, IndexError, KeyError):  # pyspnego's parsers raise the latter for garbage
            return Step(None, refused=True)
        if self._context.complete:
            return Step(out, complete=True)
        # CredSSP tells the client of a refused credential in a token of its own, which is the last.
        stage = self._context.get_extra_info("auth_stage", "")
        return Step(out, refused=out is None or stage == "Authentication failure")

    def seal(self, data: bytes) -> tuple[bytes, bytes]:
        """Signature and sealed data (mime.Sealer)."""
        result = self._context.wrap_winrm(data)
        return result.header, result.data

    def unseal(self, signature: bytes, data: bytes) -> bytes:
        """The data (mime.Sealer); UnsealError when it was sealed with other keys or damaged."""
        try:
            return self._context.unwrap_winrm(signature, data)
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

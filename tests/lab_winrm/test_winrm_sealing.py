"""Framing of sealed messages, and the parts of pyspnego that the lab replaces."""

from __future__ import annotations

import inspect
import os

import pytest
import spnego
import spnego._ntlm
from hypothesis import given
from hypothesis import strategies as st
from spnego.exceptions import SpnegoError

from hvdesk.lab.winrm import mime, ntlm_store


class Xor:
    """Seals by turning bits; a signature of 16 bytes."""

    def seal(self, data: bytes) -> tuple[bytes, bytes]:
        """Seal."""
        return b"S" * 16, bytes(byte ^ 0x20 for byte in data)

    def unseal(self, signature: bytes, data: bytes) -> bytes:
        """Unseal."""
        if signature != b"S" * 16:
            raise mime.UnsealError("other keys")
        return bytes(byte ^ 0x20 for byte in data)


class Records(Xor):
    """Seals as TLS does, in records, of which the signature is the beginning."""

    def seal(self, data: bytes) -> tuple[bytes, bytes]:
        """Seal."""
        record = b"\x17\x03\x03" + len(data).to_bytes(2, "big") + data
        return record[:16], record[16:]

    def unseal(self, signature: bytes, data: bytes) -> bytes:
        """Unseal."""
        return (signature + data)[5:]


@given(st.binary(max_size=300))
def test_whatever_is_sealed_is_unsealed(message: bytes) -> None:
    kind, body = mime.seal(message, "negotiate", Xor())
    assert mime.is_sealed(kind)
    assert mime.unseal(body, "negotiate", Xor()) == message


@pytest.mark.parametrize("size", [1, 16384, 16385, 50000])
def test_credssp_parts_hold_16_kib(size: int) -> None:
    """1.1 "CredSSP above 16384"."""
    message = (b"--Encrypted Boundary--\r\n" * (size // 20 + 1))[:size]
    kind, body = mime.seal(message, "credssp", Records())
    assert kind.startswith("multipart/encrypted" if size <= 16384 else "multipart/x-multi-encrypted")
    assert body.count(b"OriginalContent") == -(-size // 16384)
    assert mime.unseal(body, "credssp", Records()) == message


def test_sealed_bytes_may_hold_the_boundary() -> None:
    message = bytes(byte ^ 0x20 for byte in b"--Encrypted Boundary--\r\n\tContent-Type: application/octet-stream\r\n")
    assert mime.unseal(mime.seal(message, "negotiate", Xor())[1], "negotiate", Xor()) == message


@given(st.binary(max_size=60), st.integers(0, 250))
def test_damage_never_passes_unseen_as_another_error(noise: bytes, at: int) -> None:
    body = mime.seal(b"message", "negotiate", Xor())[1]
    for broken in (noise, body[:at], body[:at] + noise + body[at:]):
        try:
            mime.unseal(broken, "negotiate", Xor())
        except mime.UnsealError:
            continue


def test_replaced_parts_of_pyspnego_are_what_they_were() -> None:
    """The lab puts its own functions in place of these two; another signature would need another replacement."""
    original = ntlm_store._credential_of_process
    assert list(inspect.signature(original).parameters) == ["store", "domain", "username"]
    assert inspect.signature(ntlm_store._file_of_process).parameters == {}
    assert spnego._ntlm._get_credential is ntlm_store._credential
    source = inspect.getsource(spnego._ntlm)
    assert source.count("_get_credential(") == 2  # its definition and its only caller
    assert source.count("_get_credential_file(") == 3


def test_other_acceptors_of_the_process_still_read_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NTLM_USER_FILE", raising=False)
    with pytest.raises(SpnegoError):
        spnego._ntlm.NTLMProxy(usage="accept")
    monkeypatch.setenv("NTLM_USER_FILE", os.devnull)
    with ntlm_store.passwords_from(lambda domain, user: None):
        spnego._ntlm.NTLMProxy(usage="accept")

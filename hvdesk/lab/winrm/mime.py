"""Sealed messages on the wire: MS-WSMV 2.2.9.1, one or several sealed parts in a multipart body."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Protocol

_BOUNDARY = b"--Encrypted Boundary"
_PART = b"\tContent-Type: application/octet-stream\r\n"  # clients strip this exact text, tab included
_LENGTH = re.compile(rb"Length=(\d+)")
_CHUNK = 16384  # a CredSSP part is one TLS record, which holds no more

PROTOCOLS = {
    "negotiate": "application/HTTP-SPNEGO-session-encrypted",
    "kerberos": "application/HTTP-Kerberos-session-encrypted",
    "credssp": "application/HTTP-CredSSP-session-encrypted",
}
"""Scheme word of the logon to the protocol named in sealed messages."""


class Sealer(Protocol):
    """The security context of a connection."""

    def seal(self, data: bytes) -> tuple[bytes, bytes]:
        """Signature and sealed data."""

    def unseal(self, signature: bytes, data: bytes) -> bytes:
        """The data; raises UnsealError."""


class UnsealError(Exception):
    """The message was sealed with other keys, damaged or badly framed: HTTP 400."""


def is_sealed(content_type: str) -> bool:
    """Whether a Content-Type announces a sealed message."""
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


def seal(message: bytes, scheme: str, sealer: Sealer) -> tuple[str, bytes]:
    """Content-Type and body of a sealed answer."""
    protocol = PROTOCOLS[scheme]
    chunks = [message]
    kind = "multipart/encrypted"
    if scheme == "credssp" and len(message) > _CHUNK:
        chunks = [message[start : start + _CHUNK] for start in range(0, len(message), _CHUNK)]
        kind = "multipart/x-multi-encrypted"
    parts = [_sealed_part(chunk, protocol, sealer) for chunk in chunks]
    body = b"".join(parts) + _BOUNDARY + b"--\r\n"
    return f'{kind};protocol="{protocol}";boundary="Encrypted Boundary"', body


def _sealed_part(chunk: bytes, protocol: str, sealer: Sealer) -> bytes:
    signature, sealed = sealer.seal(chunk)
    head = (
        f"\tContent-Type: {protocol}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(chunk)}"
    ).encode()
    blob = struct.pack("<i", len(signature)) + signature + sealed
    return b"\r\n".join((_BOUNDARY, head, _BOUNDARY, _PART)) + blob


def unseal(body: bytes, scheme: str, sealer: Sealer) -> bytes:
    """The message in a sealed body; UnsealError when it was not sealed for this connection."""
    message = []
    for length, signature, sealed in _parts(body, scheme):
        plain = sealer.unseal(signature, sealed)
        if len(plain) != length:
            raise UnsealError(f"{len(plain)} bytes instead of {length}")
        message.append(plain)
    return b"".join(message)


def _parts(body: bytes, scheme: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Walk through the parts: sealed bytes may hold anything, also the boundary, so the body is never searched."""
    at = 0
    while not body.startswith(_BOUNDARY + b"--", at):
        start = body.find(_PART, at, at + 1000)
        length = _LENGTH.search(body, at, start if start >= 0 else at)
        if start < 0 or length is None or len(body) < start + len(_PART) + 4:
            raise UnsealError("badly framed")
        at = start + len(_PART)
        size = struct.unpack_from("<i", body, at)[0]
        at += 4
        end = _end_of_records(body, at) if scheme == "credssp" else at + size + int(length[1])
        if not 0 <= size <= end - at or end > len(body):
            raise UnsealError("badly framed")
        yield int(length[1]), body[at : at + size], body[at + size : end]
        at = end


def _end_of_records(body: bytes, at: int) -> int:
    """CredSSP's sealed data are whole TLS records, each of which tells its length."""
    while body[at + 1 : at + 2] == b"\x03" and len(body) >= at + 5:
        at += 5 + int.from_bytes(body[at + 3 : at + 5], "big")
    return at

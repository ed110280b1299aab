"""HTTP/1.1 on a socket, as far as WinRM needs it: requests read, answers written in one piece."""

from __future__ import annotations

import contextlib
import email.utils
import os
import select
import socket
import ssl
import struct
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_IDLE = 120.0  # seconds without a request after which http.sys closes a connection
_TICK = 0.25  # seconds between looks whether the connection was cut from another thread
_CHUNK = 4096  # bytes; so that most answers have several
_LINGER_RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_HEAD_LIMIT = (
    65536  # bytes; http.sys' MaxRequestBytes is 16 KB by default but holds larger Kerberos tickets when raised
)
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Request Entity Too Large"}


class BadHttpError(Exception):
    """The client sent no proper HTTP; `status` is the answer, after which the connection is closed."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as read: header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """One connection's socket, plain or TLS. Used by the connection's thread; `cut` may be called from any."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = b""
        self._cut = False

    def replace(self, sock: socket.socket) -> None:
        """Go on with the TLS socket made of the plain one."""
        self._sock = sock

    def read_request(self, body_limit: int) -> HttpRequest | None:
        """The next request; None when the client closed the connection. BadHttpError, or OSError when it is lost."""
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _HEAD_LIMIT:
                raise BadHttpError(400)
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        parts = first.split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadHttpError(400)
        return HttpRequest(parts[0], parts[1], headers, self._body(headers, body_limit))

    def _body(self, headers: Mapping[str, str], limit: int) -> bytes:
        if headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._chunks(limit)
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            raise BadHttpError(400)
        if int(length) > limit:
            raise BadHttpError(413)
        return self._exactly(int(length))

    def _chunks(self, limit: int) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self._buffer:
                if not self._more():
                    raise ConnectionError("closed within a chunk")
            size, _, self._buffer = self._buffer.partition(b"\r\n")
            try:
                length = int(size.partition(b";")[0], 16)
            except ValueError as error:
                raise BadHttpError(400) from error
            if len(body) + length > limit:
                raise BadHttpError(413)
            body += self._exactly(length + 2)[:-2]
            if not length:
                return body

    def _exactly(self, length: int) -> bytes:
        pieces = [self._buffer]
        have = len(self._buffer)
        self._sock.settimeout(_IDLE)
        while have < length:
            piece = self._sock.recv(65536)
            if not piece:
                raise ConnectionError("closed within a body")
            pieces.append(piece)
            have += len(piece)
        data = b"".join(pieces)
        self._buffer = data[length:]
        return data[:length]

    def _more(self) -> bool:
        """Read what comes next; false when nothing comes any more. An idle connection is closed without a word."""
        deadline = time.monotonic() + _IDLE
        self._sock.settimeout(_TICK)
        while not self._cut and time.monotonic() < deadline:
            try:
                data = self._sock.recv(65536)
            except TimeoutError:
                continue
            self._buffer += data
            return bool(data) and not self._cut
        return False

    def send(self, data: bytes) -> None:
        """Write bytes in one call; OSError when the connection is lost."""
        if self._cut:
            raise ConnectionAbortedError("cut")
        self._sock.settimeout(_IDLE)
        self._sock.sendall(data)

    def alive(self) -> bool:
        """Whether the client is still there; looks without taking anything."""
        if self._cut:
            return False
        try:
            if not _readable(self._sock):
                return True
            # On a TLS socket the plain call below sees records. A client that waits for its answer sends nothing but
            # the alert with which it says goodbye.
            waiting = socket.socket.recv(self._sock, 1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return False
        return bool(waiting) and not isinstance(self._sock, ssl.SSLSocket)

    def cut(self, *, reset: bool) -> None:
        """End the connection for both sides; its thread notices. `reset`: with RST instead of FIN."""
        self._cut = True
        with contextlib.suppress(OSError):  # already lost, which is what was wanted
            if reset:
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
            # Past a TLS socket's own shutdown, which is not for other threads.
            socket.socket.shutdown(self._sock, socket.SHUT_RD if reset else socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()


def response(
    status: int,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    chunked: bool = False,
    length: int | None = None,
) -> bytes:
    """A whole answer with the headers that http.sys adds. The reason of a 401 is empty, as recorded.

    `length` is what Content-Length says when not the truth.
    """
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += ["Server: Microsoft-HTTPAPI/2.0", f"Date: {email.utils.formatdate(usegmt=True)}"]
    if chunked and body:
        lines += ["Transfer-Encoding: chunked", "", ""]
        body = b"".join(_chunk(body[at : at + _CHUNK]) for at in range(0, len(body), _CHUNK)) + _chunk(b"")
    else:
        lines += [f"Content-Length: {len(body) if length is None else length}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _readable(sock: socket.socket) -> bool:
    if hasattr(select, "poll"):  # select() cannot watch descriptors above 1023
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        return bool(poller.poll(0))
    return bool(select.select([sock], [], [], 0)[0])

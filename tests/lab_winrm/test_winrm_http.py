"""HTTP as http.sys speaks it, with raw sockets: challenges, refusals, framing, limits, keep-alive."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Iterator

import pytest
from lab_winrm.wirebench import LOCAL_1, Bench


class Raw:
    """A connection to a listener that sends what it is told."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = b""

    def ask(self, head: str, body: bytes = b"") -> tuple[str, list[tuple[str, str]], bytes]:
        """Send a request; status line, headers and body of the answer."""
        lines = [*head.split("\n"), f"Content-Length: {len(body)}", "", ""]
        self.sock.sendall("\r\n".join(lines).encode() + body)
        return self.answer()

    def answer(self) -> tuple[str, list[tuple[str, str]], bytes]:
        """Read an answer."""
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self.sock.recv(65536)
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        length = int(dict(headers)["Content-Length"])
        while len(rest) < length:
            rest += self.sock.recv(65536)
        self._buffer = rest[length:]
        return status, headers, rest[:length]

    def closed(self) -> bool:
        """Whether the server closes the connection now."""
        with contextlib.suppress(ConnectionError):
            return self.sock.recv(1) == b""
        return True


@pytest.fixture
def raw(bench: Bench) -> Iterator[Raw]:
    """A connection to HV01's http listener."""
    port = bench.server.hosts["HV01"].http.port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        yield Raw(sock)


POST = "POST /wsman HTTP/1.1\nHost: hv01"


def test_first_answer_offers_each_scheme_on_a_line_of_its_own(raw: Raw) -> None:
    status, headers, body = raw.ask(POST, b"<s:Envelope/>")
    assert status == "HTTP/1.1 401 "
    assert [value for name, value in headers if name == "WWW-Authenticate"] == ["Negotiate", "CredSSP"]
    assert dict(headers)["Server"] == "Microsoft-HTTPAPI/2.0"
    assert (dict(headers)["Connection"], dict(headers)["Content-Length"], body) == ("close", "0", b"")
    assert "Date" in dict(headers)
    assert raw.closed()


@pytest.mark.parametrize(
    "header",
    [
        "Negotiate !!!",
        "Negotiate",
        "Negotiate " + base64.b64encode(b"garbage").decode(),
        "Negotiate " + base64.b64encode(b"NTLMSSP\0\1\0\0\0").decode(),
        "CredSSP " + base64.b64encode(b"\x16\x03\x01garbage").decode(),
        "Kerberos YII=",
        "Basic " + base64.b64encode(f"{LOCAL_1.user}:{LOCAL_1.password}".encode()).decode(),
        "Digest username=x",
    ],
)
def test_authorization_that_leads_nowhere_is_refused(raw: Raw, bench: Bench, header: str) -> None:
    status, headers, _ = raw.ask(f"{POST}\nAuthorization: {header}")
    assert status == "HTTP/1.1 401 "
    assert ("WWW-Authenticate", "Negotiate") in headers
    assert bench.log()["logons"] == {}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /wsman HTTP/1.1\nHost: x", "405"),
        ("POST /elsewhere HTTP/1.1\nHost: x", "404"),
        ("nonsense", "400"),
        ("POST /wsman HTTP/1.1\nContent-Length: many", "400"),
        ("POST /wsman HTTP/1.1\nContent-Length: 99999999", "413"),
        ("POST /wsman HTTP/1.1\nTransfer-Encoding: chunked\n\nzz", "400"),
    ],
)
def test_requests_that_are_none(raw: Raw, head: str, status: str) -> None:
    raw.sock.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert raw.answer()[0].split(" ")[1] == status
    assert raw.closed()


def test_head_without_end(raw: Raw) -> None:
    raw.sock.sendall(b"POST /wsman HTTP/1.1\r\nX: " + b"x" * 70000)
    assert raw.answer()[0].split(" ")[1] == "400"


def test_expect_continue_and_chunks(raw: Raw) -> None:
    raw.sock.sendall(b"POST /wsman HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert raw.sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    raw.sock.sendall(b"5\r\n<s:En\r\n3;x=y\r\nve>\r\n0\r\n\r\n")
    assert raw.answer()[0] == "HTTP/1.1 401 "


def test_client_that_leaves_within_a_request_is_forgotten(raw: Raw, bench: Bench) -> None:
    raw.sock.sendall(b"POST /wsman HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    bench.until(lambda: bench.log()["open_connections"] == 1)
    raw.sock.close()
    bench.until(lambda: bench.log()["open_connections"] == 0)


def test_plain_http_on_the_https_port_and_back(bench: Bench) -> None:
    host = bench.server.hosts["HV01"]
    with socket.create_connection(("127.0.0.1", host.https.port), timeout=10) as sock:
        sock.sendall(b"POST /wsman HTTP/1.1\r\n\r\n")
        assert Raw(sock).closed()
    with socket.create_connection(("127.0.0.1", host.http.port), timeout=10) as sock:
        sock.sendall(b"\x16\x03\x01\x00\x05hello\r\n\r\n")
        assert Raw(sock).answer()[0].split(" ")[1] == "400"

"""HTTP as http.sys speaks it, with raw sockets: challenges, refusals, framing, limits, keep-alive."""

from __future__ import annotations

import base64
import contextlib
import socket
import struct
from collections.abc import Iterator

import pytest
import requests
import spnego
from lab_winrm.talk import SHELL, envelope
from lab_winrm.wirebench import ADMIN, LOCAL_1, Bench

from hvdesk.lab.winrm import ntlm_store


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
    """1.1 "first answer"; its Kerberos line is in the tests of Kerberos."""
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
    """2 "wrong port": the connection ends, either way."""
    host = bench.server.hosts["HV01"]
    with socket.create_connection(("127.0.0.1", host.https.port), timeout=10) as sock:
        sock.sendall(b"POST /wsman HTTP/1.1\r\n\r\n")
        assert Raw(sock).closed()
    with socket.create_connection(("127.0.0.1", host.http.port), timeout=10) as sock:
        sock.sendall(b"\x16\x03\x01\x00\x05hello\r\n\r\n")
        assert Raw(sock).answer()[0].split(" ")[1] == "400"


def test_a_post_without_a_body_and_good_credentials(bench: Bench) -> None:
    """1.1 "empty body": 200 with an empty body."""
    pair = base64.b64encode(f"{LOCAL_1.user}:{LOCAL_1.password}".encode()).decode()
    answer = requests.post(
        bench.url(https=True), headers={"Authorization": f"Basic {pair}"}, verify=str(bench.server.pki.ca_file)
    )
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "0")


OWN_CODE = {"ntlm": spnego.NegotiateOptions.use_ntlm, "negotiate": spnego.NegotiateOptions.use_negotiate}


class Handshake:
    """One logon leg by leg on one connection, by NTLM, raw or within SPNEGO."""

    def __init__(self, raw: Raw, protocol: str) -> None:
        self._raw = raw
        self.context = spnego.client(ADMIN.user, ADMIN.password, protocol=protocol, options=OWN_CODE[protocol])
        self.challenges: list[list[str]] = []

    def log_on(self, last_body: bytes = b"", last_head: str = "") -> tuple[str, list[tuple[str, str]], bytes]:
        """All legs; the answer to the last, which carries `last_body` when given."""
        token = self.context.step()
        while True:
            assert token is not None
            last = b"NTLMSSP\0\3" in token
            head = f"{POST}\nAuthorization: Negotiate {base64.b64encode(token).decode()}{last_head if last else ''}"
            answer = self._raw.ask(head, last_body if last else b"")
            offers = [value for name, value in answer[1] if name == "WWW-Authenticate"]
            if offers and " " in offers[0]:
                token = self.context.step(base64.b64decode(offers[0].partition(" ")[2]))
            if answer[0].split(" ")[1] != "401":
                return answer
            self.challenges.append(offers)


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
def test_handshake(raw: Raw, protocol: str) -> None:
    """1.1 "NTLM inside Negotiate", 1.1 "during a handshake": one header with the token and nothing else."""
    handshake = Handshake(raw, protocol)
    status, headers, body = handshake.log_on()
    assert (status.split(" ")[1], body) == ("200", b"")
    assert [len(offers) for offers in handshake.challenges] == [1]
    assert handshake.challenges[0][0].startswith("Negotiate ")
    # SPNEGO has a closing token, NTLM alone has none.
    assert any(name == "WWW-Authenticate" for name, _ in headers) is (protocol == "negotiate")
    assert raw.ask(POST)[0].split(" ")[1] == "200"


SPNEGO = "application/HTTP-SPNEGO-session-encrypted"


def sealed(context: spnego.ContextProxy, message: bytes, kind: str = SPNEGO) -> bytes:
    """A message as native clients seal it."""
    result = context.wrap_winrm(message)
    head = f"--Encrypted Boundary\r\n\tContent-Type: {kind}\r\n\tOriginalContent: {ORIGINAL}{len(message)}\r\n"
    part = "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
    data = struct.pack("<i", len(result.header)) + result.header + result.data
    return (head + part).encode() + data + b"--Encrypted Boundary--\r\n"


ORIGINAL = "type=application/soap+xml;charset=UTF-8;Length="
SEALED_TYPE = f'multipart/encrypted;protocol="{SPNEGO}";boundary="Encrypted Boundary"'


def test_sealed_message(raw: Raw) -> None:
    """1.1 "content types", 1.1 "the tab", 1.1 "every fault is 500", 1.1 "sealed size is not announced"."""
    handshake = Handshake(raw, "negotiate")
    handshake.log_on()
    message = envelope("Delete", "", "NONE")
    status, headers, body = raw.ask(f"{POST}\nContent-Type: {SEALED_TYPE}", sealed(handshake.context, message))
    assert status.split(" ")[1] == "500"
    assert dict(headers)["Content-Type"] == SEALED_TYPE
    head, _, rest = body.partition(b"\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n")
    lines = head.decode().split("\r\n")
    assert lines[:2] == ["--Encrypted Boundary", f"\tContent-Type: {SPNEGO}"]
    assert lines[2].startswith(f"\tOriginalContent: {ORIGINAL}")
    size = struct.unpack("<i", rest[:4])[0]
    data = rest[4 + size :].removesuffix(b"--Encrypted Boundary--\r\n")
    assert b"s:Fault" in handshake.context.unwrap_winrm(rest[4 : 4 + size], data)


def test_first_sealed_message_on_the_last_leg(raw: Raw, bench: Bench) -> None:
    """1.1 "body on the last token": native clients do so."""
    legs = Handshake(raw, "ntlm")
    token = legs.context.step()
    assert token is not None
    first = raw.ask(f"{POST}\nAuthorization: Negotiate {base64.b64encode(token).decode()}")
    challenge = base64.b64decode(dict(first[1])["WWW-Authenticate"].partition(" ")[2])
    token = legs.context.step(challenge)
    assert token is not None
    head = f"{POST}\nContent-Type: {SEALED_TYPE}\nAuthorization: Negotiate {base64.b64encode(token).decode()}"
    answer = raw.ask(head, sealed(legs.context, envelope("Create", SHELL)))
    assert answer[0].split(" ")[1] == "200"
    assert bench.log()["open_shells"] == 1


def test_unencrypted_over_http(raw: Raw, bench: Bench) -> None:
    """1.1 "unencrypted over http": 500 without a body, unless AllowUnencrypted."""
    Handshake(raw, "ntlm").log_on()
    plain = f"{POST}\nContent-Type: application/soap+xml;charset=UTF-8"
    status, headers, body = raw.ask(plain, envelope("Create", SHELL))
    assert (status.split(" ")[1], body, "Content-Type" in dict(headers)) == ("500", b"", False)
    bench.server.hosts["HV01"].config.set("allow_unencrypted", True)
    status, headers, body = raw.ask(plain, envelope("Create", SHELL))
    assert (status.split(" ")[1], dict(headers)["Content-Type"]) == ("200", "application/soap+xml;charset=UTF-8")
    assert b"ShellId" in body


def test_message_that_cannot_be_decrypted(raw: Raw) -> None:
    """1.1 "cannot decrypt": 400, and so for one that is sealed with other keys."""
    Handshake(raw, "ntlm").log_on()
    other = spnego.client("a", "b", protocol="ntlm", options=OWN_CODE["ntlm"])
    server = spnego_pair(other)
    assert server.complete
    status, _, body = raw.ask(f"{POST}\nContent-Type: {SEALED_TYPE}", sealed(other, envelope("Create", SHELL)))
    assert (status.split(" ")[1], body) == ("400", b"")


def spnego_pair(client: spnego.ContextProxy) -> spnego.ContextProxy:
    """Log a client on to a server that knows it."""
    with ntlm_store.passwords_from(lambda domain, user: "b"):
        server = spnego.server(protocol="ntlm", options=OWN_CODE["ntlm"])
        answer = server.step(client.step())
        server.step(client.step(answer))
    return server


@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
def test_chunked_answers(bench: Bench, transport: str) -> None:
    """1.1 "chunked": real servers may; a sealed answer of several chunks is understood."""
    bench.server.hosts["HV01"].config.set("chunked", True)
    client = bench.client(transport)
    shell = client.open_shell()
    command = client.run_command(shell, "big", ["20000"])
    assert len(client.get_command_output(shell, command)[0]) == 20000
    client.close_shell(shell)

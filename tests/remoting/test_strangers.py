"""Hosts that are not there, and servers that are something else than WinRM."""

from __future__ import annotations

import socket

import pytest
from remoting.strangers import stranger
from remoting.wirelab import HURRIED, outcome

from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon

LOGON = Logon(method="ntlm", user="LAB\\admin", password=Secret("x"))
OFFER = b"HTTP/1.1 401 \r\nWWW-Authenticate: %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def error_at(port: int, *, https: bool = False, address: str = "127.0.0.1", method: str = "ntlm") -> HvError:
    """The error of opening a session there."""
    endpoint = Endpoint(label="HV09", address=address, port=port, https=https)
    logon = Logon(method=method, user=LOGON.user, password=LOGON.password)  # type: ignore[arg-type]
    error = outcome(lambda: AgentChannel.open(endpoint, logon, LogonGate(), HURRIED)).error
    assert error is not None
    assert error.host == "HV09"
    assert "?" not in error.report().what, error.report()
    return error


@pytest.mark.usefixtures("nothing_left")
def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert error_at(port).code == "host.refused"
    assert error_at(port, https=True).code == "host.refused"


@pytest.mark.usefixtures("nothing_left")
def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # no question may leave this machine
    error = error_at(5985, address="hv09.lab.test")
    assert error.code == "host.name_unknown"
    assert "hv09.lab.test" in error.report().what


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("address", ["a..b", "x" * 70, "bad name", "über.lab.test.."])
def test_an_address_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert error_at(5985, address=address).code == "host.name_unknown"


@pytest.mark.usefixtures("nothing_left")
def test_a_host_that_answers_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert error_at(server.getsockname()[1]).code == "host.timeout"


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnope\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["404", "200", "redirect", "401 without a scheme"],
)
def test_a_web_server(answer: bytes) -> None:
    with stranger(answer) as port:
        assert error_at(port).code == "host.no_winrm"


@pytest.mark.usefixtures("nothing_left")
def test_something_that_is_not_http() -> None:
    with stranger(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        assert error_at(port).code in ("host.lost", "host.no_winrm")


@pytest.mark.usefixtures("nothing_left")
def test_https_asked_at_an_http_port() -> None:
    with stranger(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        assert error_at(port, https=True).code == "tls.not_tls"


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(
    ("method", "offer", "code"),
    [
        ("credssp", b"Negotiate", "logon.credssp_off"),
        ("ntlm", b"CredSSP", "logon.unsupported"),
        ("ntlm", b'Basic realm="WSMAN"', "logon.unsupported"),
    ],
)
def test_a_logon_that_the_host_does_not_offer(method: str, offer: bytes, code: str) -> None:
    with stranger(OFFER % offer) as port:
        error = error_at(port, method=method)
    assert error.code == code
    assert error.facts["offered"] in offer.decode()

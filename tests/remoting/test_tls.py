"""Certificates: what is trusted, what is not, and the pin of one certificate."""

from __future__ import annotations

import hashlib
import socket
import ssl
from pathlib import Path

import pytest
from remoting.wirelab import HURRIED, WireLab, outcome

from hvdesk.domain.errors import HvError
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate


def fingerprint(endpoint: Endpoint) -> str:
    """SHA-256 of the certificate that a listener shows."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection((endpoint.address, endpoint.port), 5) as plain, context.wrap_socket(plain) as secure:
        return hashlib.sha256(secure.getpeercert(binary_form=True) or b"").hexdigest()


def open_at(wire: WireLab, endpoint: Endpoint) -> AgentChannel:
    """A session at an endpoint."""
    return AgentChannel.open(endpoint, wire.logon(), LogonGate(), HURRIED)


def error_at(wire: WireLab, endpoint: Endpoint) -> HvError:
    """The error of opening a session; no password was sent."""
    error = outcome(lambda: open_at(wire, endpoint)).error
    assert error is not None
    assert wire.logons() + wire.logons("failed") == 0
    return error


@pytest.mark.parametrize(
    ("host", "code"), [("HV03", "tls.wrong_name"), ("HV04", "tls.expired"), ("HV05", "tls.untrusted")]
)
def test_a_bad_certificate_is_refused_before_anything_is_sent(wire: WireLab, host: str, code: str) -> None:
    error = error_at(wire, wire.endpoint(host, https=True))
    assert (error.code, error.host) == (code, host)


def test_without_a_file_the_systems_authorities_count(wire: WireLab) -> None:
    assert error_at(wire, wire.endpoint(https=True, ca_file=None)).code == "tls.untrusted"


@pytest.mark.parametrize("host", ["HV01", "HV03", "HV04", "HV05"])
def test_a_pin_stands_for_the_whole_verification(wire: WireLab, host: str) -> None:
    pin = fingerprint(wire.endpoint(host, https=True))
    session = HyperVHost(open_at(wire, wire.endpoint(host, https=True, pin=pin)), host)
    try:
        assert session.ping().computer == host
    finally:
        session.close()


def test_a_pin_is_for_that_certificate_only(wire: WireLab) -> None:
    pin = fingerprint(wire.endpoint("HV02", https=True))
    assert error_at(wire, wire.endpoint("HV01", https=True, pin=pin)).code == "tls.pin_changed"
    trusted = wire.endpoint("HV01", https=True, pin=pin, ca_file=wire.lab.ca_file)
    assert error_at(wire, trusted).code == "tls.pin_changed"


@pytest.mark.parametrize("text", [None, "this is no certificate"])
def test_a_file_that_cannot_be_used(wire: WireLab, tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    error = error_at(wire, wire.endpoint(https=True, ca_file=str(path)))
    assert error.code == "tls.file"
    assert str(path) in error.report().what


def test_http_asked_at_an_https_port(wire: WireLab) -> None:
    secure = wire.lab.host("HV01")
    assert error_at(wire, wire.endpoint(port=secure.https_port)).code == "host.lost"

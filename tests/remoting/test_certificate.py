"""The logon by certificate against a TLS server that asks for one; and the binding of logons to the host's own."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from remoting.wirelab import HURRIED, WireLab, outcome

from hvdesk.domain.errors import HvError
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon
from hvdesk.remoting.negotiate import binding

MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


def self_signed(path: Path, name: str, address: str = "127.0.0.1") -> Path:
    """Certificate and key in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    return path


@dataclass
class Door:
    """A server that lets in who shows a certificate, unless it is to refuse; what it saw."""

    status: int = 200
    seen: list[tuple[str, str]] = field(default_factory=list)


def error_at(door: Door, server_file: Path, client_file: Path) -> HvError:
    """The error of opening a session there: it has nothing sensible to say."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert isinstance(self.connection, ssl.SSLSocket)
            shown = self.connection.getpeercert() or {}
            door.seen.append((str(shown.get("subject")), self.headers.get("Authorization", "")))
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(door.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    context.load_verify_locations(client_file)
    context.verify_mode = ssl.CERT_REQUIRED
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        port = server.server_address[1]
        endpoint = Endpoint(label="HV09", address="127.0.0.1", port=port, https=True, ca_file=str(server_file))
        logon = Logon(method="certificate", certificate=str(client_file))
        error = outcome(lambda: AgentChannel.open(endpoint, logon, LogonGate(), HURRIED)).error
        server.shutdown()
        thread.join(10)
    assert error is not None
    return error


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(("status", "code"), [(200, "host.garbled"), (401, "logon.refused")])
def test_shows_its_certificate(tmp_path: Path, status: int, code: str) -> None:
    server, client = self_signed(tmp_path / "server.pem", "hv09"), self_signed(tmp_path / "client.pem", "admin")
    door = Door(status)
    assert error_at(door, server, client).code == code
    assert ("admin" in door.seen[0][0], door.seen[0][1]) == (True, MUTUAL)
    assert len(door.seen) == (1 if status == 401 else 2)


@pytest.mark.usefixtures("nothing_left")
def test_a_certificate_file_that_cannot_be_used(tmp_path: Path) -> None:
    server, client = self_signed(tmp_path / "server.pem", "hv09"), self_signed(tmp_path / "client.pem", "admin")
    door = Door()
    broken = tmp_path / "broken.pem"
    broken.write_bytes(client.read_bytes().partition(b"-----BEGIN PRIVATE")[0])
    assert error_at(door, server, broken).code == "tls.file"
    assert door.seen == []


def test_a_logon_is_bound_to_the_hosts_certificate(tmp_path: Path) -> None:
    certificate = ssl.PEM_cert_to_DER_cert(
        self_signed(tmp_path / "c.pem", "hv09").read_text().partition("-----BEGIN P")[0]
    )
    expected = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()  # RFC 5929 4.1
    assert binding(certificate).application_data == expected


def test_logs_on_to_a_lab_host(wire: WireLab) -> None:
    account = wire.lab.account("local-admin")
    logon = Logon(method="certificate", certificate=account.certificate)
    with wire.session(https=True, logon=logon) as host:
        assert host.ping().computer == "HV01"
        assert len(host.file_lengths([f"D:\\{number:060}" for number in range(3_000)])) == 3_000
    assert wire.logons("failed", user=account.user) == 0


def test_certificate_that_the_host_does_not_map(wire: WireLab) -> None:
    gate = LogonGate()
    logon = Logon(method="certificate", certificate=wire.lab.account("local-admin").certificate)
    error = outcome(lambda: wire.open("HV02", https=True, logon=logon, gate=gate)).error
    assert error is not None
    assert error.code == "logon.refused"
    assert gate.closed


def test_certificate_only_inside_tls(wire: WireLab) -> None:
    logon = Logon(method="certificate", certificate=wire.lab.account("local-admin").certificate)
    error = outcome(lambda: wire.open(logon=logon)).error
    assert error is not None
    assert error.code == "logon.unencrypted"
    assert wire.connections() == 0

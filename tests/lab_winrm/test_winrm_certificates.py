"""The https listeners' certificates: the good one and those that a client must refuse."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from cryptography import x509
from lab_winrm.wirebench import Bench

from hvdesk.lab.winrm.accounts import HostName
from hvdesk.lab.winrm.auth import BY_CERTIFICATE
from hvdesk.lab.winrm.config import Variants
from hvdesk.lab.winrm.pki import Authority, Pki
from hvdesk.lab.winrm.server import HostSetup

NAME = HostName("HV01", "hv01.lab.test")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("wrong-name", "doesn't match|IP address mismatch"),
        ("expired", "certificate has expired"),
        ("foreign", "unable to get local issuer certificate"),
    ],
)
def test_bad_certificate_is_refused_by_a_client_that_verifies(
    start: Callable[..., Bench], kind: str, words: str
) -> None:
    bench = start(HostSetup(NAME, kind))
    with pytest.raises(requests.exceptions.SSLError, match=words):
        bench.client(https=True).open_shell()
    assert bench.log()["http_requests"] == 0
    client = bench.client(https=True, server_cert_validation="ignore")
    client.close_shell(client.open_shell())


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "hv01.lab.test"])
def test_good_certificate_names(bench: Bench, name: str) -> None:
    context = ssl.create_default_context(cafile=str(bench.server.pki.ca_file))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    port = bench.server.hosts["HV01"].https.port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as sock,
        context.wrap_socket(sock, server_hostname=name) as tls,
    ):
        certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
    assert certificate.subject.rfc4514_string() == "CN=hv01.lab.test"


@pytest.mark.parametrize(("only", "version"), [(True, "TLSv1.2"), (False, "TLSv1.3")])
def test_version_of_tls(start: Callable[..., Bench], only: bool, version: str) -> None:
    bench = start(HostSetup(NAME, variants=Variants(tls12_only=only)))
    context = ssl.create_default_context(cafile=str(bench.server.pki.ca_file))
    port = bench.server.hosts["HV01"].https.port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as sock,
        context.wrap_socket(sock, server_hostname="localhost") as tls,
    ):
        assert tls.version() == version
    client = bench.client(https=True)
    client.close_shell(client.open_shell())


def test_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="wrong-name"):
        Pki(tmp_path).server_context("hv01.lab.test", "stolen")


def test_keys_are_not_left_in_the_folder(bench: Bench) -> None:
    assert [path.name for path in bench.server.pki.ca_file.parent.iterdir()] == ["ca.pem"]
    assert b"PRIVATE" not in bench.server.pki.ca_file.read_bytes()


def log_on(bench: Bench, client_file: str, *, header: str = BY_CERTIFICATE) -> int:
    """The status of an empty message from a client that shows its certificate."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            bench.url(https=True),
            headers={"Authorization": header} if header else {},
            cert=client_file,
            verify=str(bench.server.pki.ca_file),
            timeout=10,
        )
        return answer.status_code


@pytest.mark.parametrize(
    ("principal", "status"),
    [
        ("Administrator@localhost", 200),
        ("administrator@hv01.lab.test", 200),
        ("Administrator@hv02.lab.test", 401),  # another host's
        ("admin@lab.test", 401),  # of the domain: a certificate is mapped to local accounts only
        ("nobody@localhost", 401),
        ("nobody", 401),
    ],
)
def test_user_by_certificate(bench: Bench, principal: str, status: int) -> None:
    """2 "certificate": the name in it is an account's."""
    assert log_on(bench, str(bench.server.pki.user_file(principal))) == status


def test_certificate_alone_does_not_log_on(bench: Bench) -> None:
    assert log_on(bench, bench.user_file, header="") == 401
    bench.server.hosts["HV01"].config.set("certificate_logon", False)
    assert log_on(bench, bench.user_file) == 401
    assert bench.log()["logons"] == {}


def test_header_without_a_certificate(bench: Bench) -> None:
    answer = requests.post(
        bench.url(https=True),
        headers={"Authorization": BY_CERTIFICATE},
        verify=str(bench.server.pki.ca_file),
        timeout=10,
    )
    assert answer.status_code == 401


def test_certificate_of_a_foreign_authority(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "foreign.pem"
    path.write_bytes(Authority("Nobody's CA").issue_user("Administrator@localhost"))
    with pytest.raises((requests.exceptions.SSLError, requests.ConnectionError)):
        log_on(bench, str(path))


def test_logon_by_certificate_is_for_one_request(bench: Bench) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.verify, session.cert = str(bench.server.pki.ca_file), bench.user_file
        url = bench.url(https=True)
        assert session.post(url, headers={"Authorization": BY_CERTIFICATE}, timeout=10).status_code == 200
        assert session.post(url, timeout=10).status_code == 401

"""Kerberos with the lab's own directory: by password, by ticket, and never as somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from needs import needs
from remoting.strangers import Relay
from remoting.wirelab import HURRIED, WireLab, outcome
from tickets import take_ticket

from hvdesk.domain.secret import Secret
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon

ADMIN = "admin@LAB.TEST"


@pytest.fixture
def realm(wire: WireLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WireLab:
    """The lab, whose directory this process now asks; no ticket yet."""
    needs("kerberos")
    monkeypatch.setenv("KRB5_CONFIG", wire.lab.state["kerberos"]["config"])
    monkeypatch.setenv("KRB5CCNAME", str(tmp_path / "no ticket"))
    return wire


@pytest.fixture
def ticket(realm: WireLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WireLab:
    """The same with a ticket of the admin, as a desktop's logon leaves it."""
    password = realm.lab.account("domain-admin").password
    monkeypatch.setenv("KRB5CCNAME", take_ticket(ADMIN, password, tmp_path / "ccache"))
    return realm


def failed(wire: WireLab) -> int:
    """Failed logons that the directory counted."""
    return int(wire.lab.command({"cmd": "log"})["kdc"]["failed"])


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_by_password(realm: WireLab, https: bool) -> None:
    logon = Logon(method="kerberos", user=ADMIN, password=Secret(realm.lab.account("domain-admin").password))
    with realm.session(https=https, logon=logon) as host:
        assert host.ping().computer == "HV01"
        assert len(host.file_lengths([f"D:\\{number:060}" for number in range(3_000)])) == 3_000
    assert realm.logons() == 2


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
@pytest.mark.parametrize(
    "logon", [Logon(method="current-user"), Logon(method="kerberos"), Logon(method="kerberos", user=ADMIN)]
)
def test_by_ticket(ticket: WireLab, logon: Logon, https: bool) -> None:
    with ticket.session(https=https, logon=logon) as host:
        assert host.ping().computer == "HV01"
    assert ticket.logons() == 2


def test_a_lost_connection_is_recovered(ticket: WireLab) -> None:
    with ticket.session(logon=Logon(method="current-user")) as host:
        host.ping()
        ticket.lab.command({"cmd": "cut", "host": "HV01"})
        assert host.ping().computer == "HV01"
    assert ticket.requests("Create") == 1


def test_a_wrong_password_costs_one_failed_logon(realm: WireLab) -> None:
    before = failed(realm)
    gate, logon = LogonGate(), Logon(method="kerberos", user=ADMIN, password=Secret("wrong"))
    codes = []
    for _ in range(2):
        error = outcome(lambda: realm.open(logon=logon, gate=gate)).error
        assert error is not None
        codes.append(error.code)
    assert codes == ["logon.refused", "logon.stopped"]
    assert failed(realm) == before + 1
    assert realm.logons() + realm.logons("failed") == 0


def test_nobody_logs_on_with_somebody_elses_ticket(ticket: WireLab) -> None:
    logon = Logon(method="kerberos", user="norights@LAB.TEST")
    error = outcome(lambda: ticket.open(logon=logon)).error
    assert error is not None
    assert error.code in ("logon.no_ticket", "logon.failed")
    assert ticket.logons() == 0


def test_without_a_ticket(realm: WireLab) -> None:
    error = outcome(lambda: realm.open(logon=Logon(method="current-user"))).error
    assert error is not None
    assert error.code == "logon.no_ticket"
    assert realm.logons() == 0


def test_a_host_that_the_directory_does_not_know(ticket: WireLab) -> None:
    gate = LogonGate()
    with Relay(ticket.lab.host("HV01").http_port).listening("127.0.0.2") as port:
        endpoint = ticket.endpoint(address="127.0.0.2", port=port)
        error = outcome(lambda: AgentChannel.open(endpoint, Logon(method="current-user"), gate, HURRIED)).error
    assert error is not None
    assert error.code == "logon.no_service"
    assert "not found in Kerberos database" in error.host_words
    assert not gate.closed

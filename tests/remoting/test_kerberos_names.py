"""Kerberos' names: whose ticket, for which host, in which spelling; and which hosts get a credential along."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from needs import needs
from remoting.wirelab import HURRIED, WireLab, outcome
from tickets import take_ticket

from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret
from hvdesk.hyperv import calls
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.remoting.gate import LogonGate, LogonRefused
from hvdesk.remoting.kerberos import kerberos_error, principal_of
from hvdesk.remoting.logon import Logon, Method


@pytest.fixture
def realm(wire: WireLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WireLab]:
    """The lab, and a ticket of its admin in this process's cache."""
    needs("kerberos")
    monkeypatch.setenv("KRB5_CONFIG", wire.lab.state["kerberos"]["config"])
    password = wire.lab.account("domain-admin").password
    monkeypatch.setenv("KRB5CCNAME", take_ticket("admin@LAB.TEST", password, tmp_path / "ccache"))
    yield wire
    wire.lab.command({"cmd": "trust", "host": "HV02", "delegation": False})
    wire.lab.command({"cmd": "winrm", "name": "cbt", "value": "relaxed"})


@pytest.mark.parametrize(
    ("user", "principal"),
    [
        ("admin@LAB.TEST", "admin@LAB.TEST"),
        ("admin@lab.test", "admin@LAB.TEST"),
        ("lab.test\\admin", "admin@LAB.TEST"),
        ("admin", "admin"),  # of the default realm
        ("a.b@c@lab.test", "a.b@c@LAB.TEST"),
    ],
)
def test_principal(user: str, principal: str) -> None:
    assert principal_of(user, label="HV01") == principal


@pytest.mark.parametrize("user", ["LAB\\admin", "\\admin", "a\\b\\c"])
def test_user_that_names_no_realm(user: str) -> None:
    with pytest.raises(HvError) as caught:
        principal_of(user, label="HV01")
    assert caught.value.code == "logon.user_form"


@pytest.mark.parametrize("user", ["admin@lab.test", "lab.test\\admin", "admin"])
@pytest.mark.parametrize("with_password", [True, False], ids=["password", "ticket"])
def test_spellings_log_on(realm: WireLab, user: str, with_password: bool) -> None:
    password = Secret(realm.lab.account("domain-admin").password) if with_password else None
    with realm.session(logon=Logon(method="kerberos", user=user, password=password)) as host:
        assert host.ping().computer == "HV01"


def test_short_domain_is_refused_before_anything_is_sent(realm: WireLab) -> None:
    gate = LogonGate()
    logon = Logon(method="kerberos", user="LAB\\admin", password=Secret("x"))
    error = outcome(lambda: realm.open(logon=logon, gate=gate)).error
    assert error is not None
    assert error.code == "logon.user_form"
    assert not gate.closed
    assert realm.logons() + realm.logons("failed") == 0


@pytest.mark.parametrize("method", ["kerberos", "current-user"])
def test_ticket_of_somebody_else_is_not_used(realm: WireLab, method: Method) -> None:
    error = outcome(lambda: realm.open(logon=Logon(method=method, user="norights@LAB.TEST"))).error
    assert error is not None
    assert error.code == "logon.no_ticket"
    assert realm.logons() + realm.logons("failed") == 0


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_host_by_its_name_in_the_directory(realm: WireLab, https: bool) -> None:
    endpoint = dataclasses.replace(realm.endpoint(https=https), service_name="hv01.lab.test")
    host = HyperVHost(AgentChannel.open(endpoint, Logon(method="kerberos"), LogonGate(), HURRIED), "HV01")
    assert host.ping().computer == "HV01"
    host.close()
    wrong = dataclasses.replace(endpoint, service_name="hv02.lab.test")
    gate = LogonGate()
    error = outcome(lambda: AgentChannel.open(wrong, Logon(method="kerberos"), gate, HURRIED)).error
    assert error is not None
    assert error.code == "logon.refused"


@pytest.mark.parametrize("method", ["kerberos", "ntlm"])
def test_host_that_insists_on_channel_binding(realm: WireLab, method: Method) -> None:
    realm.lab.command({"cmd": "winrm", "host": "HV01", "name": "cbt", "value": "strict"})
    logon = realm.logon(method) if method == "ntlm" else Logon(method=method)
    with realm.session(https=True, logon=logon) as host:
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("trusted", [False, True], ids=["not trusted", "trusted"])
def test_credential_goes_along_to_hosts_that_are_trusted_for_delegation(
    realm: WireLab, trusted: bool, https: bool
) -> None:
    """From HV02 to HV01 no constrained delegation is listed, so only a forwarded credential makes the second hop."""
    realm.lab.command({"cmd": "trust", "host": "HV02", "delegation": trusted})
    endpoint = dataclasses.replace(realm.endpoint("HV02", https=https), service_name="hv02.lab.test")
    host = HyperVHost(AgentChannel.open(endpoint, Logon(method="current-user"), LogonGate(), HURRIED), "HV02")
    vm = next(one for one in host.vms() if one.name == "homebound")
    compared = outcome(lambda: host.compare(calls.compare(vm.id, "hv01.lab.test", "D:\\VMs")))
    host.close()
    if trusted:
        assert compared.error is None
        with realm.session("HV01") as destination:
            destination.destroy_planned(vm.id)
    else:
        assert compared.error is not None
        assert "0x8009030E" in compared.error.host_words


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-1765328347, "logon.clock"),
        (-1765328352, "logon.no_ticket"),
        (-1765328228, "logon.no_directory"),
        (-1765328377 + 2**32, "logon.no_service"),
        (-1765328353, "logon.refused"),
    ],
)
def test_errors_by_number(code: int, expected: str) -> None:
    class Numbered(Exception):
        """As krb5's and gssapi's are."""

        err_code = code if code < 0 else None
        min_code = code

    error = kerberos_error(Numbered(), label="HV01", words="words")
    assert error is not None
    assert (error.code, isinstance(error, LogonRefused)) == (expected, expected == "logon.refused")


def test_errors_without_a_number_are_not_kerberos() -> None:
    assert kerberos_error(ValueError(), label="HV01", words="") is None


def test_directory_that_is_away(wire: WireLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    needs("kerberos")
    config = Path(wire.lab.state["kerberos"]["config"]).read_text().split("[realms]")[0]
    (tmp_path / "krb5.conf").write_text(f"{config}[realms]\n LAB.TEST = {{\n  kdc = 127.0.0.1:1\n }}\n")
    monkeypatch.setenv("KRB5_CONFIG", str(tmp_path / "krb5.conf"))
    gate = LogonGate()
    logon = Logon(method="kerberos", user="admin@LAB.TEST", password=Secret("x"))
    error = outcome(lambda: wire.open(logon=logon, gate=gate)).error
    assert error is not None
    assert error.code == "logon.no_directory"
    assert not gate.closed


@pytest.mark.parametrize("method", ["kerberos", "current-user"])
@pytest.mark.parametrize("password", [None, Secret("x")], ids=["ticket", "password"])
def test_without_the_libraries(
    wire: WireLab, monkeypatch: pytest.MonkeyPatch, method: Method, password: Secret | None
) -> None:
    monkeypatch.setitem(sys.modules, "gssapi", None)
    monkeypatch.setattr("spnego._gss.HAS_GSSAPI", False)
    error = outcome(lambda: wire.open(logon=Logon(method=method, user="admin@LAB.TEST", password=password))).error
    assert error is not None
    assert error.code == "logon.mechanism"

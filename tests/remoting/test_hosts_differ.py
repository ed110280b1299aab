"""Hosts that differ in version and configuration, in what nobody has seen a real one do too: sessions work with all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from needs import needs
from remoting.wirelab import WireLab, outcome

from hvdesk.remoting.logon import Logon, Method


@contextmanager
def setting(wire: WireLab, name: str, value: object, usual: object) -> Iterator[None]:
    """HV01 has this setting for a block."""
    wire.lab.command({"cmd": "winrm", "host": "HV01", "name": name, "value": value})
    try:
        yield
    finally:
        wire.lab.command({"cmd": "winrm", "host": "HV01", "name": name, "value": usual})


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
@pytest.mark.parametrize(
    ("name", "value", "usual"),
    [
        ("activity_id", False, True),
        ("chunked", True, False),
        ("MaxEnvelopeSizekb", 150, 500),
        ("MaxTimeoutms", 500, 60_000),
        ("allow_unencrypted", True, False),
    ],
)
def test_large_requests_and_answers(wire: WireLab, method: Method, name: str, value: object, usual: object) -> None:
    paths = [f"D:\\{number:060}" for number in range(3_000)]
    with setting(wire, name, value, usual), wire.session(method=method) as host:
        assert [one.path for one in host.file_lengths(paths)] == paths


@pytest.mark.parametrize("older_wins", [False, True])
@pytest.mark.parametrize("action", ["cut", "hang"])
def test_of_two_receives_either_may_win(wire: WireLab, older_wins: bool, action: str) -> None:
    path = f"D:\\either-{older_wins}-{action}"
    with setting(wire, "older_receive_wins", older_wins, False), wire.session() as host:
        host.ping()
        if action == "cut":
            wire.lab.command({"cmd": "cut", "host": "HV01"})
        else:
            wire.fault("answer", "hang", "Receive")
        assert host.new_folder(path) == path
    assert wire.executed("New-Item") == 1


@pytest.mark.parametrize("as_wmi", [False, True])
def test_too_many_shells(wire: WireLab, as_wmi: bool) -> None:
    with (
        setting(wire, "wmi_quota_detail", as_wmi, False),
        setting(wire, "MaxShellsPerUser", 1, 30),
        wire.session() as host,
    ):
        error = outcome(wire.open).error
        assert error is not None
        assert error.code == "host.quota"
        assert "MaxShellsPerUser" in error.report().next
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize("as_wmi", [False, True])
@pytest.mark.parametrize("as_internal", [False, True])
def test_too_many_operations(wire: WireLab, as_wmi: bool, as_internal: bool) -> None:
    with (
        setting(wire, "wmi_quota_detail", as_wmi, False),
        setting(wire, "quota_is_internal_error", as_internal, False),
        setting(wire, "MaxConcurrentOperationsPerUser", 1, 1500),
        wire.session(),
    ):
        error = outcome(wire.open).error
    assert error is not None
    assert error.code == "host.quota"
    assert "MaxConcurrentOperationsPerUser" in error.report().next


def test_a_host_that_insists_on_channel_binding(wire: WireLab) -> None:
    with setting(wire, "cbt", "strict", "relaxed"):
        for method in ("ntlm", "credssp"):
            with wire.session(method=method, https=True) as host:  # type: ignore[arg-type]
                assert host.ping().computer == "HV01"
    assert wire.logons("failed") == 0


def test_kerberos_is_bound_to_the_channel(wire: WireLab, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("kerberos")
    monkeypatch.setenv("KRB5_CONFIG", wire.lab.state["kerberos"]["config"])
    logon = Logon(method="kerberos", user="admin@LAB.TEST", password=wire.logon().password)
    with setting(wire, "cbt", "strict", "relaxed"), wire.session(https=True, logon=logon) as host:
        assert host.ping().computer == "HV01"


def test_a_restart_of_the_service_ends_the_session_and_reading_goes_on(wire: WireLab) -> None:
    with wire.lane() as host:
        host.ping()
        wire.lab.command({"cmd": "restart", "host": "HV01", "seconds": 0.3})
        assert host.ping().computer == "HV01"


def test_powershell_that_starts_slowly(wire: WireLab) -> None:
    wire.lab.command({"cmd": "powershell_start", "seconds": 1.5})
    try:
        with wire.session() as host:
            assert host.ping().computer == "HV01"
    finally:
        wire.lab.command({"cmd": "powershell_start", "seconds": 0})


def test_logs_on_with_a_certificate(wire: WireLab) -> None:
    logon = Logon(method="certificate", certificate=wire.lab.account("local-admin").certificate)
    with wire.session(https=True, logon=logon) as host:
        assert host.ping().computer == "HV01"
    connections = wire.connections()
    error = outcome(lambda: wire.open(logon=logon)).error
    assert error is not None
    assert error.code == "logon.unencrypted"
    assert wire.connections() == connections


def test_a_certificate_that_the_host_does_not_take(wire: WireLab) -> None:
    logon = Logon(method="certificate", certificate=wire.lab.account("local-admin").certificate)
    with setting(wire, "certificate_logon", False, True):
        error = outcome(lambda: wire.open(https=True, logon=logon)).error
    assert error is not None
    assert error.code in ("logon.refused", "logon.unsupported")

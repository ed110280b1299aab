"""The service of a host is restarted, has its quotas changed, or answers as some hosts do and others do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from remoting.wirelab import WireLab, outcome

LONG = [f"D:\\{number:060}" for number in range(3_000)]


@pytest.fixture
def changed(wire: WireLab) -> Iterator[WireLab]:
    """A lab whose HV01 may be changed; as it was afterwards."""
    yield wire
    for name, value in AS_IT_WAS.items():
        wire.lab.command({"cmd": "winrm", "host": "HV01", "name": name, "value": value})


AS_IT_WAS: dict[str, object] = {
    "chunked": False,
    "activity_id": True,
    "large_envelope_fault": False,
    "older_receive_wins": False,
    "quota_is_internal_error": False,
    "wmi_quota_detail": False,
    "MaxEnvelopeSizekb": 500,
    "MaxShellsPerUser": 30,
    "MaxConcurrentOperationsPerUser": 1500,
    "MaxMemoryPerShellMB": 2147483647,
}


def set_winrm(wire: WireLab, name: str, value: object) -> None:
    """Change a setting of HV01's service."""
    wire.lab.command({"cmd": "winrm", "host": "HV01", "name": name, "value": value})


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
@pytest.mark.parametrize("name", ["chunked", "activity_id", "older_receive_wins"])
def test_hosts_differ(changed: WireLab, name: str, method: str) -> None:
    set_winrm(changed, name, not AS_IT_WAS[name])
    with changed.session(method=method) as host:  # type: ignore[arg-type]
        assert host.ping().computer == "HV01"
        assert len(host.file_lengths(LONG)) == len(LONG)


def test_older_receive_wins_and_a_connection_is_lost(changed: WireLab) -> None:
    set_winrm(changed, "older_receive_wins", True)
    with changed.session() as host:
        host.ping()
        changed.lab.command({"cmd": "cut", "host": "HV01"})
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize("as_wmi_error", [False, True], ids=["WSManFault", "MSFT_WmiError"])
def test_quota_of_shells_is_named(changed: WireLab, as_wmi_error: bool) -> None:
    set_winrm(changed, "wmi_quota_detail", as_wmi_error)
    set_winrm(changed, "MaxShellsPerUser", 1)
    with changed.session():
        error = outcome(changed.open).error
    assert error is not None
    assert (error.code, error.facts["quota"]) == ("host.quota", "MaxShellsPerUser")


def test_quota_of_operations_is_named(changed: WireLab) -> None:
    set_winrm(changed, "quota_is_internal_error", True)
    set_winrm(changed, "MaxConcurrentOperationsPerUser", 1)
    with changed.session():
        error = outcome(changed.open).error
    assert error is not None
    assert (error.code, error.facts["quota"]) == ("host.quota", "MaxConcurrentOperationsPerUser")


@pytest.mark.parametrize("as_fault", [False, True], ids=["HTTP 413", "fault"])
def test_input_fits_old_hosts(changed: WireLab, as_fault: bool) -> None:
    """2008 R2 takes 150 KB; the agent's text and the largest request are sent in smaller pieces."""
    set_winrm(changed, "MaxEnvelopeSizekb", 150)
    set_winrm(changed, "large_envelope_fault", as_fault)
    with changed.session() as host:
        assert len(host.file_lengths(LONG)) == len(LONG)


def test_too_little_memory_for_powershell(changed: WireLab) -> None:
    set_winrm(changed, "MaxMemoryPerShellMB", 32)
    error = outcome(changed.open).error
    assert error is not None
    assert "OutOfMemoryException" in error.host_words


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_restart_of_the_service(wire: WireLab, https: bool) -> None:
    with wire.lane(https=https) as host:
        assert host.ping().computer == "HV01"
        wire.lab.command({"cmd": "restart", "host": "HV01", "seconds": 0.3})
        assert host.ping().computer == "HV01"
    assert wire.requests("Create") == 2


@pytest.mark.parametrize("verb", ["Send", "Receive"])
@pytest.mark.parametrize("action", ["short_length", "long_length", "slow"])
@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_spoiled_answers(wire: WireLab, verb: str, action: str, https: bool) -> None:
    with wire.session(https=https) as host:
        host.ping()
        wire.fault("answer", action, verb, seconds=0.5)
        assert host.ping().computer == "HV01"
    assert wire.requests("Create") == 1

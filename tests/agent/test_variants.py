"""Hosts and machines in every state that Windows has a word for: the simulated PowerShell and the real agent tell it
alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from agent.both import both, numbered
from agent.contract_world import HOST, WEB
from needs import needs

from hvdesk.lab.powershell import signatures
from hvdesk.lab.windows import VERSIONS, since

Row = tuple[str, dict[str, Any], str, dict[str, Any]]
HOSTS: dict[str, dict[str, Any]] = {
    "node of a cluster": {"do": "host", "cluster": "CL-\u00e4 'x'"},
    "no domain's name in its cluster": {"do": "host", "cluster": None},
    "AMD": {"do": "host", "cpu_manufacturer": "AuthenticAMD", "cpu_name": "AMD EPYC 7543 32-Core Processor"},
    "more memory than an int holds": {"do": "host", "memory_gb": 24576.0, "logical_processors": 2048},
    "no migration": {"do": "settings", "enabled": False, "max_vm_migrations": 0, "max_storage_migrations": 0},
    "Kerberos over any network": {"do": "settings", "authentication": "Kerberos", "any_network": True},
    "hostile switch": {"do": "vswitch", "name": "$(x) '\u2019 \U0001f310"},
    "no switch": {"do": "vswitch", "name": "LAN", "present": False},
}
NEWER = {"Credential Guard": {"do": "host", "credential_guard": True}}  # since 2016
PERFORMANCE = {
    option: {"do": "settings", "performance": option} for option in ("TCPIP", "Compression", "SMB")
}  # since 2012 R2


def _states(windows: str) -> dict[str, dict[str, Any]]:
    """Commands that bring a machine into each state and each operational status."""
    enums = signatures.enums(windows)
    states = {f"state {name}": {"do": "state", "state": name} for name in enums["VMState"]}
    statuses = {
        f"status {name}": {"do": "state", "state": "Running", "operational": operational}
        for name in enums["VMOperationalStatus"]
        for operational in ([name], ["InService", name])
    }
    return {name: {**command, "vm": WEB} for name, command in (states | statuses).items()}


def _rows(commands: dict[str, dict[str, Any]], asks: Sequence[tuple[str, dict[str, Any]]]) -> list[Row]:
    return [
        (f"{about}: {op}", {**command, "host": HOST} if first else {}, op, args)
        for about, command in commands.items()
        for first, (op, args) in zip((True, *[False] * len(asks)), asks, strict=False)
    ]


@cache
def _answers(windows: str) -> dict[str, list[Any]]:
    known = HOSTS | (NEWER if since(windows, "2016") else {}) | (PERFORMANCE if since(windows, "2012r2") else {})
    rows = _rows(known, [("host_facts", {})])
    machine = [("presence", {"vm_id": WEB}), ("list_vms", {}), ("vm_details", {"vm_id": WEB})]
    return both(windows, numbered([*rows, *_rows(_states(windows), machine)]))


@pytest.mark.parametrize("windows", VERSIONS)
def test_both_tell_hosts_and_machines_alike(windows: str) -> None:
    for about, (simulated, real) in _answers(windows).items():
        assert isinstance(real, dict), about
        assert real == simulated, about


@pytest.mark.parametrize("windows", VERSIONS)
def test_what_was_changed_is_told(windows: str) -> None:
    answers = {about: real for about, (_, real) in _answers(windows).items()}
    assert answers["node of a cluster: host_facts"]["cluster"] == "CL-\u00e4 'x'"
    assert answers["AMD: host_facts"]["cpu_manufacturer"] == "AuthenticAMD"
    assert answers["more memory than an int holds: host_facts"]["memory_bytes"] == 24 * 2**40
    assert answers["Kerberos over any network: host_facts"]["migration"]["authentication"] == "Kerberos"
    assert "LAN" not in [switch["name"] for switch in answers["no switch: host_facts"]["switches"]]
    if since(windows, "2016"):
        assert answers["Credential Guard: host_facts"]["credential_guard"] is True
    for state in signatures.enums(windows)["VMState"]:
        assert answers[f"state {state}: presence"]["state"] == state


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    needs("powershell engine")
    counts = [len(_answers(windows)) for windows in VERSIONS]
    with capsys.disabled():
        words = f"{max(counts)} requests about hosts and machines in other states x {len(VERSIONS)} Windows x 2 engines"
        print(f"\ncontract: {words} = {sum(counts) * 2} answers compared")

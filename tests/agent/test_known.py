"""Errors that the small world's list of requests does not meet, from the simulated PowerShell and from the real agent:
every error that the lab knows, a logon that brought no credential, a host without the role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from agent import engine
from agent.contract_world import ARRIVING, CALLER, HOST, HOSTILE, JOB, ON_SHARES, WEB, build_world
from agent.test_contract import lasting
from needs import needs

from hvdesk.hyperv import bootstrap, calls, messages
from hvdesk.lab.powershell.agent import SimulatedAgent
from hvdesk.lab.programs import Caller
from hvdesk.lab.windows import VERSIONS
from hvdesk.lab.world.errors import KNOWN
from hvdesk.lab.world.world import World

Ask = tuple[str, dict[str, Any], bytes]
"""What it is about, what is done to the world before, and the request."""


def _one_after_the_other(world: World, asks: Sequence[Ask]) -> Iterator[bytes]:
    for _, command, line in asks:
        if command:
            assert world.command({"cmd": "world", **command})["ok"]
        yield line


def _simulated(world: World, asks: Sequence[Ask], caller: Caller) -> list[bytes]:
    agent = SimulatedAgent(world, HOST, caller)
    return [agent.answer_line(line)[-1] for line in _one_after_the_other(world, asks)]


def _real(world: World, asks: Sequence[Ask], caller: Caller) -> list[bytes]:
    lines: list[bytes | None] = []
    with TemporaryDirectory() as folder, engine.start(world, Path(folder), caller) as agent:
        agent.send(bootstrap.first_input())
        assert agent.next_line() == b"@hvdesk-mode FullLanguage\r\n"
        assert b'"ready"' in (agent.next_line() or b"")
        for line in _one_after_the_other(world, asks):
            agent.send(line)
            lines.append(agent.next_line())
        assert agent.end() == (0, b"")
    return [line or b"" for line in lines]


def _both(windows: str, asks: Sequence[Ask], caller: Caller = CALLER, *, hyperv: bool = True) -> dict[str, list[Any]]:
    """The answers of both, by what they are about."""
    needs("powershell engine")
    both: dict[str, list[Any]] = {about: [] for about, _, _ in asks}
    for run in (_simulated, _real):
        world = build_world(windows, hyperv=hyperv)
        world.command({"cmd": "clock", "hold": False})
        for (about, _, _), line in zip(asks, run(world, asks, caller), strict=True):
            answer = messages.parse_line(line.decode("ascii"))
            assert isinstance(answer, messages.Answer)
            both[about].append(lasting(answer))
    return both


def _numbered(rows: Sequence[tuple[str, dict[str, Any], str, dict[str, Any]]]) -> list[Ask]:
    return [
        (about, command, messages.request_line(number, op, args))
        for number, (about, command, op, args) in enumerate(rows, 1)
    ]


CHANGING = {"Compare-VM": calls.compare(WEB, "HV02", "D:\\x"), "Move-VM": calls.move(HOSTILE, "HV02", "D:\\x")}


@cache
def _known(windows: str) -> dict[str, list[Any]]:
    return _both(
        windows,
        _numbered([
            (f"{cmdlet} {error}", {"do": "fail", "host": HOST, "operation": cmdlet, "error": error}, "call",
             messages.call_args(call))
            for error in KNOWN for cmdlet, call in CHANGING.items()
        ]),
    )  # fmt: skip


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize("error", KNOWN)
def test_both_tell_every_known_error_alike(windows: str, error: str) -> None:
    for cmdlet in CHANGING:
        simulated, real = _known(windows)[f"{cmdlet} {error}"]
        assert real == simulated
        assert real[0] == KNOWN[error].error_id


OPERATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "facts": ("host_facts", {}),
    "vms": ("list_vms", {}),
    "details": ("vm_details", {"vm_id": ON_SHARES}),
    "presence": ("presence", {"vm_id": WEB}),
    "jobs": ("migration_jobs", {}),
    "share": ("list_folder", {"path": "\\\\FS01\\VMs"}),
    "drive": ("list_folder", {"path": "D:\\"}),
    "lengths": ("file_lengths", {"paths": ["\\\\FS01\\VMs\\a.iso", "D:\\notes.txt"]}),
    "new folder": ("call", messages.call_args(calls.new_folder("D:\\new"))),
    "new folder on a share": ("call", messages.call_args(calls.new_folder("\\\\FS01\\VMs\\new"))),
    "compare": ("call", messages.call_args(calls.compare(WEB, "hv02.lab.test", "D:\\x"))),
    "move": ("call", messages.call_args(calls.move(WEB, "hv02.lab.test", "D:\\x"))),
    "cancel": ("call", messages.call_args(calls.cancel(JOB))),
    "destroy": ("call", messages.call_args(calls.destroy(ARRIVING))),
}
ASKS = _numbered([(about, {}, op, args) for about, (op, args) in OPERATIONS.items()])


@pytest.mark.parametrize("windows", VERSIONS)
def test_both_answer_a_logon_that_brought_no_credential(windows: str) -> None:
    caller = replace(CALLER, forwarded=False, logon="ntlm")
    both = _both(windows, ASKS, caller)
    for about, (simulated, real) in both.items():
        assert real == simulated, about
    for about in ("compare", "move"):
        assert both[about][1][5] == ("0x8009030E",)
    assert both["share"][1][0] == "ItemExistsUnauthorizedAccessError"


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize("service", ["tells", "silent", "unreadable"])
def test_both_tell_the_jobs_of_a_host_that_counts_none(windows: str, service: str) -> None:
    health = {"do": "health", "host": HOST, "migration_service": service}
    simulated, real = _both(windows, _numbered([("jobs", health, "migration_jobs", {})]))["jobs"]
    assert real == simulated
    assert [job["instance_id"] for job in real["jobs"]] == [JOB]
    counts = (real["active_vm_migrations"], real["active_storage_migrations"])
    assert counts == ((1, 0) if service == "tells" else (None, None))


@pytest.mark.parametrize("windows", VERSIONS)
def test_both_answer_without_hyper_v(windows: str) -> None:
    both = _both(windows, ASKS, hyperv=False)
    for about, (simulated, real) in both.items():
        assert real == simulated, about
    for about in ("facts", "vms", "details", "presence", "jobs", "compare", "move", "cancel", "destroy"):
        assert both[about][1][0] == "HvDesk.NoHyperV", about


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    needs("powershell engine")
    known, rest = len(KNOWN) * len(CHANGING), 2 * len(ASKS)
    with capsys.disabled():
        words = (
            f"({known} ways to fail + {rest} requests without credential or role) x {len(VERSIONS)} Windows x 2 engines"
        )
        print(f"\ncontract: {words} = {(known + rest) * len(VERSIONS) * 2} answers compared")
    assert {op for op, _ in OPERATIONS.values()} >= {"host_facts", "list_vms", "vm_details", "presence", "call"}

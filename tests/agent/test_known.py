"""Errors that the small world's list of requests does not meet, from the simulated PowerShell and from the real agent:
every error that the lab knows, a logon that brought no credential, a host without the role."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from agent.both import both, numbered
from agent.contract_world import ARRIVING, BEGAN, CALLER, HOST, HOSTILE, JOB, ON_SHARES, WEB
from needs import needs

from hvdesk.hyperv import calls, messages, operations
from hvdesk.lab.windows import VERSIONS
from hvdesk.lab.world.errors import KNOWN

CHANGING = {"Compare-VM": calls.compare(WEB, "HV02", "D:\\x"), "Move-VM": calls.move(HOSTILE, "HV02", "D:\\x")}


@cache
def _known(windows: str) -> dict[str, list[Any]]:
    return both(
        windows,
        numbered([
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


LATE = tuple(
    (error, moment)
    for error in ("0x80072746", "0x80070035", "0x800705B4", "0x8007000E", "0x80048054", "0x800704C7")
    for moment in ("storage", "vm-state")
)


@cache
def _late(windows: str) -> dict[str, list[Any]]:
    order = {"do": "fail", "host": HOST, "operation": "Move-VM"}
    args = messages.call_args(CHANGING["Move-VM"])
    rows = [(f"{error} {at}", {**order, "error": error, "at": at}, "call", args) for error, at in LATE]
    return both(windows, numbered(rows))


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize(("error", "moment"), LATE)
def test_both_tell_an_error_in_the_middle_of_a_move_alike(windows: str, error: str, moment: str) -> None:
    simulated, real = _late(windows)[f"{error} {moment}"]
    assert real == simulated
    assert real[0] == KNOWN[error].error_id
    assert real[5] == (error,)


OPERATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "ping": ("ping", {}),
    "events": ("events", {"since": BEGAN.isoformat(), "vm_id": WEB, "vm_name": "web-01", "most": 5}),
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
ASKS = numbered([(about, {}, op, args) for about, (op, args) in OPERATIONS.items()])


@pytest.mark.parametrize("windows", VERSIONS)
def test_both_answer_a_logon_that_brought_no_credential(windows: str) -> None:
    caller = replace(CALLER, forwarded=False, logon="ntlm")
    answers = both(windows, ASKS, caller)
    for about, (simulated, real) in answers.items():
        assert real == simulated, about
    for about in ("compare", "move"):
        assert answers[about][1][5] == ("0x8009030E",)
    assert answers["share"][1][0] == "ItemExistsUnauthorizedAccessError"


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize("service", ["tells", "silent", "unreadable"])
def test_both_tell_the_jobs_of_a_host_that_counts_none(windows: str, service: str) -> None:
    health = {"do": "health", "host": HOST, "migration_service": service}
    simulated, real = both(windows, numbered([("jobs", health, "migration_jobs", {})]))["jobs"]
    assert real == simulated
    assert [job["instance_id"] for job in real["jobs"]] == [JOB]
    counts = (real["active_vm_migrations"], real["active_storage_migrations"])
    assert counts == ((1, 0) if service == "tells" else (None, None))


@pytest.mark.parametrize("windows", VERSIONS)
def test_both_answer_without_hyper_v(windows: str) -> None:
    answers = both(windows, ASKS, hyperv=False)
    for about, (simulated, real) in answers.items():
        assert real == simulated, about
    for about in ("events", "facts", "vms", "details", "presence", "jobs", "compare", "move", "cancel", "destroy"):
        assert answers[about][1][0] == "HvDesk.NoHyperV", about


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    needs("powershell engine")
    known, rest = len(KNOWN) * len(CHANGING) + len(LATE), 2 * len(ASKS)
    with capsys.disabled():
        words = (
            f"({known} ways to fail + {rest} requests without credential or role) x {len(VERSIONS)} Windows x 2 engines"
        )
        print(f"\ncontract: {words} = {(known + rest) * len(VERSIONS) * 2} answers compared")
    assert {op for op, _ in OPERATIONS.values()} == set(operations.OPERATIONS) - {"again", "bye"}

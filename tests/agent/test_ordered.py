"""Errors that a test orders for a reading operation: both engines fail alike, as often as was ordered, and no other."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from agent.both import both, numbered
from agent.contract_world import BEGAN, HOST, ON_SHARES, WEB
from needs import needs

from hvdesk.hyperv.operations import OPERATIONS
from hvdesk.lab.powershell import reading
from hvdesk.lab.windows import VERSIONS
from hvdesk.lab.world import faults
from hvdesk.lab.world.errors import KNOWN

ERRORS = ("namespace-missing", "0x80070005", "0x800706BA", "0x800705B4")
READING: dict[str, dict[str, Any]] = {
    "ping": {},
    "host_facts": {},
    "list_vms": {},
    "vm_details": {"vm_id": ON_SHARES},
    "presence": {"vm_id": WEB},
    "list_folder": {"path": "D:\\"},
    "file_lengths": {"paths": ["D:\\notes.txt"]},
    "migration_jobs": {},
    "events": {"since": BEGAN.isoformat(), "vm_id": WEB, "vm_name": "web-01", "most": 5},
}


@cache
def _answers(windows: str) -> dict[str, list[Any]]:
    rows: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = []
    for operation, args in READING.items():
        for error in ERRORS:
            order = {"do": "fail", "host": HOST, "operation": operation, "error": error}
            rows.append((f"{operation} {error}", order, operation, args))
            rows.append((f"{operation} {error}, once more", {}, operation, args))
    order = {"do": "fail", "host": HOST, "operation": "presence", "error": ERRORS[0], "times": 2}
    for about, wanted in (
        ("another", "list_vms"),
        ("first", "presence"),
        ("second", "presence"),
        ("third", "presence"),
    ):
        rows.append((about, order if about == "another" else {}, wanted, READING[wanted]))
    return both(windows, numbered(rows))


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize("operation", READING)
def test_an_ordered_error_is_told_once(windows: str, operation: str) -> None:
    for error in ERRORS:
        simulated, real = _answers(windows)[f"{operation} {error}"]
        assert real == simulated
        assert real[0] == KNOWN[error].error_id
        simulated, real = _answers(windows)[f"{operation} {error}, once more"]
        assert real == simulated
        assert isinstance(real, dict), "no error"


@pytest.mark.parametrize("windows", VERSIONS)
def test_an_ordered_error_is_for_its_operation_and_as_often_as_ordered(windows: str) -> None:
    answers = _answers(windows)
    assert isinstance(answers["another"][1], dict)
    assert [isinstance(answers[about][1], tuple) for about in ("first", "second", "third")] == [True, True, False]
    for about in ("another", "first", "second", "third"):
        simulated, real = answers[about]
        assert real == simulated


def test_every_reading_operation_can_be_ordered_to_fail() -> None:
    protocol = {"again", "bye"}
    known = {name for name, operation in OPERATIONS.items() if not operation.changing} - protocol
    assert set(READING) == set(reading.OPERATIONS) == known
    assert set(faults.OPERATIONS) == known | {"Compare-VM", "Move-VM"}


def test_count(capsys: pytest.CaptureFixture[str]) -> None:
    needs("powershell engine")
    requests = len(_answers(VERSIONS[-1]))
    with capsys.disabled():
        words = f"{requests} requests with errors ordered x {len(VERSIONS)} Windows x 2 engines"
        print(f"\ncontract: {words} = {requests * len(VERSIONS) * 2} answers compared")

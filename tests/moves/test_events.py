"""The event logs of both hosts: what they say of a move that failed, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moves.programs import Machine, Program, World

from hvdesk.domain.errors import ErrorReport
from hvdesk.domain.move import JobState, JobView

VMMS, WORKER = "Microsoft-Windows-Hyper-V-VMMS-Admin", "Microsoft-Windows-Hyper-V-Worker-Admin"
FULL, MEMORY = "0x80070070", "0x800705AA"


@pytest.fixture
def healed(world: World) -> Iterator[World]:
    """The world, whose hosts are well again afterwards."""
    yield world
    world.do(do="heal")


def failed(program: Program, world: World, vm: Machine, error: str) -> ErrorReport:
    """What the user is told of a move that fails when the disks are copied."""
    world.do(do="fail", operation="Move-VM", host="HV01", error=error, at="vm-state")
    view = program.over(program.start(program.request(vm)))
    assert view.error is not None
    assert (view.state, world.hosts_of(vm)) == (JobState.FAILED, ["HV01"])
    return view.error


@pytest.mark.parametrize("cmdlet", [False, True], ids=["only in the event log", "by the cmdlet too"])
@pytest.mark.parametrize(
    ("error", "code", "log"),
    [
        (FULL, "target.full", "HV01, event 21502 in " + VMMS),
        (MEMORY, "target.memory", "HV02, event 21502 in " + WORKER),
    ],
)
def test_the_cause_is_told_wherever_it_stands(
    program: Program, healed: World, error: str, code: str, log: str, cmdlet: bool
) -> None:
    healed.switch("error_tells_cause", cmdlet)
    report = failed(program, healed, healed.vm("victim"), error)
    assert (report.code, report.host) == (code, "HV02")
    own, *events = report.host_words.split("\n\n--- ")
    assert (error in own) is cmdlet
    assert [event.partition(", 20")[0] for event in events] == [f"HV01, event 21024 in {VMMS}", log]
    assert error in events[1]


def test_events_of_others_and_of_before_are_not_told(program: Program, healed: World) -> None:
    vm = healed.vm("namesake")
    other = healed.vm("namesake", host="HV02", disks=[1])
    healed.do(do="event", host="HV02", log="VMMS", id=1001, message=f"Long ago: {vm.id}")
    healed.clock(advance=30)
    healed.hold_at("phase:storage-2")
    healed.do(do="fail", operation="Move-VM", host="HV01", error=FULL, at="vm-state")
    job = program.start(program.request(vm))
    healed.lab.until(lambda: healed.show()["clock"]["held"], 40)
    healed.do(do="event", host="HV02", log="VMMS", id=1002, message="Not it.", values=["namesake", other.id])
    healed.do(do="event", host="HV02", log="Worker", id=1003, level=3, message=f"$(it) '\u202e': {vm.id.upper()}")
    healed.do(do="event", host="HV02", log="VMMS", id=1004, level=4, message=f"All is well: {vm.id}")
    healed.clock(hold=False)
    view = program.over(job)
    assert view.error is not None
    words = view.error.host_words
    assert {number: f"event {number}" in words for number in (1001, 1002, 1003, 1004)} == {
        1001: False, 1002: False, 1003: True, 1004: False,
    }  # fmt: skip
    assert f"$(it) '\u202e': {vm.id.upper()}" in words


def test_a_log_that_cannot_be_read_changes_nothing(program: Program, healed: World) -> None:
    healed.do(do="fail", operation="events", host="HV02", error="0x80070005", times=9)
    report = failed(program, healed, healed.vm("shut"), MEMORY)
    assert (report.code, report.host) == ("target.memory", "HV02")
    assert "HV01, event 21024" in report.host_words
    assert "HV02, event" not in report.host_words


def test_a_host_that_does_not_tell_the_time_is_not_asked(program: Program, healed: World) -> None:
    """Its log without a beginning would tell of earlier moves too."""
    healed.do(do="fail", operation="ping", host="HV02", error="0x80070005", times=9)
    report = failed(program, healed, healed.vm("timeless"), MEMORY)
    assert (report.code, report.host) == ("target.memory", "HV02")
    assert "HV01, event 21024" in report.host_words
    assert "HV02, event" not in report.host_words


def test_a_host_that_is_away_by_then_adds_nothing(program: Program, healed: World) -> None:
    """It is cut off whenever the move is being verified: after the verdict, before its log is read. The lab takes one
    command at a time: the job's thread gives none once the job is over."""
    lab, vm = healed.lab, healed.vm("cut-off")

    def cut(view: JobView) -> None:
        if view.state is JobState.VERIFYING:
            lab.command({"cmd": "fault", "host": "HV02", "point": "connect", "action": "refuse", "times": None})
            lab.command({"cmd": "cut", "host": "HV02"})
        elif view.state is JobState.UNKNOWN:
            lab.command({"cmd": "clear"})

    undo = program.moves.subscribe(cut)
    try:
        report = failed(program, healed, vm, MEMORY)
    finally:
        undo()
        lab.command({"cmd": "expire", "host": "HV02"})
        lab.command({"cmd": "clear"})
    assert (report.code, report.host) == ("target.memory", "HV02")
    assert "are left on HV02 could not be read" in report.what
    assert "HV01, event 21024" in report.host_words
    assert "HV02, event" not in report.host_words


def test_nothing_is_read_when_the_move_succeeds(program: Program, healed: World) -> None:
    """An error ordered for the reading of each log waits through a move that succeeds, and meets one that fails."""
    for host in ("HV01", "HV02"):
        healed.do(do="fail", operation="events", host=host, error="0x80070005")
    vm = healed.vm("well")
    view = program.over(program.start(program.request(vm)))
    assert (view.state, view.error) == (JobState.DONE, None)
    first, second = (failed(program, healed, healed.vm(name), MEMORY) for name in ("ill", "iller"))
    assert "event 21" not in first.host_words
    assert "event 21" in second.host_words

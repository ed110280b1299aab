"""Lost connections, shells and programs in every state of a move: the truth is told, and Move-VM is sent once."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from moves.programs import HURRIED, IMPATIENT, SECONDS, Machine, Program, World, running

from hvdesk.domain.move import CheckReport, JobState, Phase
from hvdesk.domain.outcome import Outcome

EVENTS = {
    "phase:connection": Phase.CONNECTION,
    "phase:storage-1": Phase.STORAGE,
    "phase:memory": Phase.VM_STATE,
    "phase:clean-up": Phase.CLEAN_UP,
}


def held(program: Program, world: World, event: str) -> tuple[Machine, str]:
    """A move that stands still at this moment, and is seen to."""
    vm = world.vm()
    world.hold_at(event)
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is EVENTS[event])
    return vm, job


@contextmanager
def away(world: World, host: str) -> Iterator[None]:
    """The host cannot be reached; shells that could not be deleted meanwhile expire afterwards, as they do in time."""
    world.lab.command({"cmd": "fault", "host": host, "point": "connect", "action": "refuse", "times": None})
    world.lab.command({"cmd": "cut", "host": host})
    yield
    world.lab.command({"cmd": "expire", "host": host})
    world.lab.command({"cmd": "clear"})


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("what", ["cut", "expire", "kill"])
def test_whatever_is_lost_the_move_goes_on_and_is_verified(
    program: Program, world: World, event: str, what: str
) -> None:
    """Connections of both hosts cut, all shells gone, all programs killed: the VM moves all the same."""
    vm, job = held(program, world, event)
    world.lab.command({"cmd": what})
    world.clock(hold=False)
    view = program.over(job)
    assert (view.state, view.error) == (JobState.DONE, None)
    assert world.hosts_of(vm) == ["HV02"]
    assert world.planned(vm) == []
    assert world.count("Move-VM", vm) == 1


@pytest.mark.parametrize(
    ("event", "what", "planned"),
    [
        ("phase:connection", "kill", False),
        ("phase:storage-1", "kill", True),
        ("phase:storage-1", "expire", False),
        ("phase:memory", "expire", True),
    ],
)
def test_where_a_move_dies_with_its_shell_the_vm_is_said_to_have_stayed(
    program: Program, world: World, event: str, what: str, planned: bool
) -> None:
    world.switch("move_dies_with_shell", True)
    world.switch("dead_move_leaves_planned_vm", planned)
    vm, job = held(program, world, event)
    world.lab.command({"cmd": what, "host": "HV01"})
    world.clock(hold=False)
    view = program.over(job)
    assert view.state is JobState.FAILED
    assert view.error is not None
    assert (view.error.code, "still on HV01" in view.error.what) == ("move.ended", True)
    assert world.hosts_of(vm) == ["HV01"]
    assert world.planned(vm) == []
    assert world.count("Move-VM", vm) == 1


@pytest.mark.parametrize("host", ["HV01", "HV02"])
def test_a_host_that_is_away_makes_it_unknown_until_it_answers(program: Program, world: World, host: str) -> None:
    """Unreachable is not failed."""
    vm, job = held(program, world, "phase:memory")
    with away(world, host):
        world.clock(hold=False)
        world.lab.until(lambda: world.hosts_of(vm) == ["HV02"], SECONDS)
        view = program.reaches(job, JobState.UNKNOWN)
        assert view.error is not None
        assert (view.error.code, view.error.host) == ("move.unreachable", host)
        assert not view.state.over
    assert program.over(job).state is JobState.DONE
    assert world.count("Move-VM", vm) == 1


def test_unknown_is_resolved_as_failed_where_the_move_died(program: Program, world: World) -> None:
    world.switch("move_dies_with_shell", True)
    vm, job = held(program, world, "phase:storage-1")
    with away(world, "HV01"):
        world.lab.command({"cmd": "kill", "host": "HV01"})
        program.reaches(job, JobState.UNKNOWN)
        world.clock(hold=False)
    assert program.over(job).state is JobState.FAILED
    assert world.hosts_of(vm) == ["HV01"]
    assert world.count("Move-VM", vm) == 1


def test_a_wish_to_cancel_reaches_a_host_that_was_away(program: Program, world: World) -> None:
    vm, job = held(program, world, "phase:storage-1")
    with away(world, "HV01"):
        program.reaches(job, JobState.UNKNOWN)
        program.moves.cancel(job)
    program.reaches(job, JobState.CANCELLING)
    world.clock(hold=False)
    assert program.over(job).state is JobState.CANCELLED
    assert world.hosts_of(vm) == ["HV01"]


def test_connections_cut_while_the_hosts_compare(program: Program, world: World) -> None:
    vm = world.vm()
    world.clock(hold=True)
    reports: queue.Queue[Outcome[CheckReport]] = queue.Queue()
    prepared = program.moves.prepare(program.request(vm), reports.put)
    world.lab.until(lambda: world.count("Compare-VM", vm) == 1, SECONDS)
    world.lab.command({"cmd": "cut"})
    world.clock(hold=False)
    assert reports.get(timeout=SECONDS).get().blockers == ()
    assert world.count("Compare-VM", vm) == 1
    prepared.abandon()
    assert prepared.gone.wait(SECONDS)
    assert world.planned(vm) == []


def test_the_program_that_compares_is_killed(program: Program, world: World) -> None:
    """Its answer never comes, and Compare-VM is not sent again; its planned VM is removed all the same, once the
    comparison, which goes on at the host, does not use it any more."""
    vm = world.vm()
    world.clock(hold=True)
    reports: queue.Queue[Outcome[CheckReport]] = queue.Queue()
    prepared = program.moves.prepare(program.request(vm), reports.put)
    world.lab.until(lambda: world.count("Compare-VM", vm) == 1, SECONDS)
    before = world.requests("Send")
    world.lab.command({"cmd": "kill", "host": "HV01"})
    world.lab.until(lambda: world.requests("Send") >= before + 2 or not reports.empty(), SECONDS)
    world.clock(hold=False)
    error = reports.get(timeout=SECONDS).error
    assert error is not None
    assert error.code == "agent.outcome_unknown"
    assert prepared.gone.is_set()
    assert (world.count("Compare-VM", vm), world.planned(vm)) == (1, [])
    assert program.journal.open_jobs() == ()


def test_a_lost_comparison_that_goes_on_for_long_is_tidied_later(world: World, tmp_path: Path) -> None:
    """What uses the planned VM is our own comparison, nobody's migration: the journal keeps it until it is gone."""
    vm = world.vm()
    world.clock(hold=True)
    reports: queue.Queue[Outcome[CheckReport]] = queue.Queue()
    with running(world.lab.state, tmp_path, patience=replace(IMPATIENT, planned=0.2)) as program:
        prepared = program.moves.prepare(program.request(vm), reports.put)
        world.lab.until(lambda: world.count("Compare-VM", vm) == 1, SECONDS)
        world.lab.command({"cmd": "kill", "host": "HV01"})
        error = reports.get(timeout=SECONDS).error
        assert error is not None
        assert error.code == "agent.outcome_unknown"
        assert prepared.gone.is_set()
        assert (program.journal.open_jobs(), len(program.journal.loose_jobs(vm.id))) == ((), 1)
        world.clock(hold=False)
        world.lab.until(lambda: world.job(vm)["job_state"] == 7, SECONDS)
        assert world.planned(vm) == ["check"]
        assert program.check(program.request(vm)).blockers == ()
        assert (world.planned(vm), program.journal.loose_jobs(vm.id)) == ([], ())


@pytest.mark.parametrize("what", ["cut", "expire", "kill"])
def test_a_session_lost_between_check_and_start_is_replaced(program: Program, world: World, what: str) -> None:
    """The user read the summary for long; nothing was sent, so a new session may carry the move."""
    vm = world.vm()
    prepared, _ = program.prepare(program.request(vm))
    world.lab.command({"cmd": what})
    assert program.over(prepared.start(frozenset())).state is JobState.DONE
    assert world.count("Move-VM", vm) == 1


def test_the_program_ends_in_time_while_a_host_is_away(world: World, tmp_path: Path) -> None:
    """However long the host would be waited for; the journal keeps the move as it was last seen."""
    with running(world.lab.state, tmp_path, timing=replace(HURRIED, away=SECONDS * 9)) as program:
        _, job = held(program, world, "phase:storage-1")
        with away(world, "HV01"):
            assert program.moves.close("leave", 5)
            assert program.connector.close(5)
            entry = program.entry(job)
            assert (entry.ended_at, entry.state) == (None, JobState.MOVING)
        world.clock(hold=False)


@pytest.mark.parametrize("host", ["HV01", "HV02"])
def test_the_program_ends_in_time_while_a_session_is_being_opened(world: World, tmp_path: Path, host: str) -> None:
    """At HV01 the one for Compare-VM, at HV02 the one for all questions; neither leaves a shell."""
    with running(world.lab.state, tmp_path, timing=replace(HURRIED, operation=60, start=120)) as program:
        program.connector.asked("HV01", lambda there: there.ping()).get()
        before = world.requests("Command", host)
        fault = {"cmd": "fault", "host": host, "point": "before", "verb": "Command", "action": "hang"}
        world.lab.command({**fault, "seconds": SECONDS})
        program.moves.prepare(program.request(world.vm()), lambda outcome: None)
        world.lab.until(lambda: world.requests("Command", host) > before, SECONDS)
        assert program.moves.close("leave", 5)
        assert program.connector.close(5)
        assert [world.lab.log(name)["open_shells"] for name in ("HV01", "HV02")] == [0, 0]


def test_the_program_ends_in_time_while_the_hosts_compare(world: World, tmp_path: Path) -> None:
    """The comparison goes on without us; what it leaves is in the journal for the next start."""
    vm = world.vm()
    world.clock(hold=True)
    with running(world.lab.state, tmp_path) as program:
        program.moves.prepare(program.request(vm), lambda outcome: None)
        world.lab.until(lambda: world.count("Compare-VM", vm) == 1, SECONDS)
        assert program.moves.close("leave", 2)
        assert program.connector.close(5)
        assert len(program.journal.loose_jobs(vm.id)) == 1
        assert world.lab.log("HV01")["open_shells"] == 0
    world.clock(hold=False)
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        world.lab.until(lambda: program.journal.loose_jobs() == (), SECONDS)
        assert world.planned(vm) == []


def test_a_host_that_is_away_at_the_start_is_waited_for(program: Program, world: World) -> None:
    vm = world.vm()
    prepared, _ = program.prepare(program.request(vm))
    with away(world, "HV02"):
        job = prepared.start(frozenset())
        view = program.until(job, lambda view: view.error is not None)
        assert (view.state, view.can_cancel) == (JobState.QUEUED, True)
    assert program.over(job).state is JobState.DONE
    assert world.count("Move-VM", vm) == 1


@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.parametrize("verb", ["Send", "Receive"])
def test_lost_requests_and_answers_send_nothing_twice(world: World, tmp_path: Path, point: str, verb: str) -> None:
    """Of a move's first requests to both hosts many are lost, on the way there or on the way back."""
    vm = world.vm()
    with running(world.lab.state, tmp_path, timing=replace(HURRIED, away=SECONDS)) as program:
        prepared, _ = program.prepare(program.request(vm))
        for host in ("HV01", "HV02"):
            fault = {"cmd": "fault", "host": host, "point": point, "verb": verb, "action": "drop"}
            world.lab.command({**fault, "times": 6})
        assert program.over(prepared.start(frozenset())).state is JobState.DONE
    assert [world.count(cmdlet, vm) for cmdlet in ("Compare-VM", "DestroySystem", "Move-VM")] == [1, 1, 1]

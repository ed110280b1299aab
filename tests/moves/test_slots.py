"""A host moves only so many VMs at a time: moves wait for their turn, and show it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moves.programs import SECONDS, Machine, Program, World, running

from hvdesk.domain.errors import Severity
from hvdesk.domain.move import JobState, Phase

COUNTS = pytest.mark.parametrize("counts", [False, True], ids=["host counts what leaves it", "and what comes to it"])


@pytest.fixture
def healed(world: World) -> Iterator[World]:
    """The world, whose hosts are well again afterwards."""
    yield world
    world.do(do="heal")


def held(program: Program, world: World, name: str = "first") -> tuple[Machine, str]:
    """A move that stands still in the middle of its storage."""
    vm = world.vm(name)
    world.hold_at("phase:storage-1")
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    return vm, job


@pytest.mark.parametrize("host", ["HV01", "HV02"])
def test_a_move_waits_for_a_slot_on_source_and_destination(program: Program, world: World, host: str) -> None:
    world.do(do="settings", host=host, max_vm_migrations=1)
    prepared, outcome = program.prepare(program.request(world.vm("second", disks=[1])))
    assert not outcome.get().blockers
    _, first = held(program, world)
    waiting = prepared.start(frozenset())
    view = program.until(waiting, lambda view: view.note == "slots.wait")
    assert (view.state, view.can_cancel) == (JobState.QUEUED, True)
    world.clock(hold=False)
    assert program.over(first).state is JobState.DONE
    assert program.over(waiting).state is JobState.DONE
    states = [view.state for view in program.views(waiting)]
    assert states.index(JobState.STARTING) > 0


@pytest.mark.parametrize("limit", [1, 2])
def test_a_move_of_another_admin_takes_one_slot(program: Program, world: World, limit: int) -> None:
    """Though the host lists it as a job and counts it too."""
    world.do(do="settings", host="HV01", max_vm_migrations=limit)
    prepared, outcome = program.prepare(program.request(world.vm("second", disks=[1])))
    assert not outcome.get().blockers
    foreign = world.vm("foreign")
    world.foreign(foreign)
    job = prepared.start(frozenset())
    if limit == 1:
        program.until(job, lambda view: view.note == "slots.wait")
    else:
        program.reaches(job, JobState.MOVING)
        assert "slots.wait" not in {view.note for view in program.views(job)}
    world.clock(hold=False)
    assert program.over(job).state is JobState.DONE
    world.lab.until(lambda: world.hosts_of(foreign) == ["HV02"], SECONDS)


def test_a_waiting_move_is_cancelled_without_a_word_to_the_hosts(program: Program, world: World) -> None:
    world.do(do="settings", host="HV01", max_vm_migrations=1)
    vm = world.vm("second", disks=[1])
    prepared, _ = program.prepare(program.request(vm))
    _, first = held(program, world)
    waiting = prepared.start(frozenset())
    program.until(waiting, lambda view: view.note == "slots.wait")
    program.moves.cancel(waiting)
    view = program.over(waiting)
    assert view.state is JobState.CANCELLED
    assert world.count("Move-VM", vm) == 0
    world.clock(hold=False)
    assert program.over(first).state is JobState.DONE


def test_a_limit_that_is_raised_lets_the_next_one_start(program: Program, world: World) -> None:
    world.do(do="settings", host="HV01", max_vm_migrations=1)
    prepared, _ = program.prepare(program.request(world.vm("second", disks=[1])))
    _, first = held(program, world)
    waiting = prepared.start(frozenset())
    program.until(waiting, lambda view: view.note == "slots.wait")
    world.do(do="settings", host="HV01", max_vm_migrations=2)
    program.reaches(waiting, JobState.MOVING)
    assert not program.views(first)[-1].state.over
    world.clock(hold=False)
    assert program.over(waiting).state is JobState.DONE
    assert program.over(first).state is JobState.DONE


@COUNTS
def test_two_moves_run_side_by_side_when_both_hosts_allow_it(program: Program, world: World, counts: bool) -> None:
    """The first is known to this program and, where the host counts it, not taken for another's as well."""
    world.switch("active_count_has_incoming", counts)
    prepared, _ = program.prepare(program.request(world.vm("second", disks=[1])))
    _, first = held(program, world)
    job = prepared.start(frozenset())
    program.reaches(job, JobState.MOVING)
    world.clock(hold=False)
    assert {program.over(one).state for one in (first, job)} == {JobState.DONE}
    world.lab.until(lambda: not program.moves.hosts_in_use(), SECONDS)


@COUNTS
def test_a_move_that_comes_from_elsewhere_counts_where_the_host_counts_it(
    program: Program, world: World, counts: bool
) -> None:
    """Somebody brings a VM from HV01 to HV02, which lists no job of it; we bring one from HV03, which knows nothing."""
    world.switch("active_count_has_incoming", counts)
    world.do(do="settings", host="HV02", max_vm_migrations=1)
    vm = world.vm("second", host="HV03", disks=[1], version="9.0")
    prepared, outcome = program.prepare(program.request(vm, source="HV03"))
    assert not outcome.get().blockers
    foreign = world.vm("foreign")
    world.foreign(foreign)
    job = prepared.start(frozenset({"pair.authentication_differs"}))
    if counts:
        program.until(job, lambda view: view.note == "slots.wait")
        assert world.count("Move-VM", vm) == 0
        world.clock(hold=False)
        assert program.over(job).state is JobState.DONE
    else:
        view = program.until(job, lambda view: view.state.over)
        assert view.error is not None
        assert (view.state, view.error.code) == (JobState.FAILED, "slots.refused")
        assert "HV03, event 21501 in Microsoft-Windows-Hyper-V-VMMS-Admin" in view.error.host_words
        assert world.hosts_of(vm) == ["HV03"]
    world.clock(hold=False)
    world.lab.until(lambda: world.hosts_of(foreign) == ["HV02"], SECONDS)


@COUNTS
@pytest.mark.parametrize("limit", [1, 2])
def test_a_move_of_another_program_of_this_data_folder_takes_one_slot(
    program: Program, world: World, tmp_path: Path, counts: bool, limit: int
) -> None:
    """The destination lists no job of it; the journal names it, and where the host counts it, it is the same one."""
    world.switch("active_count_has_incoming", counts)
    world.do(do="settings", host="HV02", max_vm_migrations=limit)
    vm = world.vm("second", host="HV03", disks=[1], version="9.0")
    with running(world.lab.state, tmp_path) as other:
        prepared, outcome = program.prepare(program.request(vm, source="HV03"))
        assert not outcome.get().blockers
        _, first = held(other, world)
        job = prepared.start(frozenset({"pair.authentication_differs"}))
        if limit == 1:
            program.until(job, lambda view: view.note == "slots.wait")
            assert world.count("Move-VM", vm) == 0
        else:
            program.reaches(job, JobState.MOVING)
            assert "slots.wait" not in {view.note for view in program.views(job)}
        world.clock(hold=False)
        assert other.over(first).state is JobState.DONE
    assert program.over(job).state is JobState.DONE


@COUNTS
def test_the_check_says_that_the_destination_is_full(program: Program, world: World, counts: bool) -> None:
    """Somebody brings a VM to HV02, which only its count can tell."""
    world.switch("active_count_has_incoming", counts)
    world.do(do="settings", host="HV02", max_vm_migrations=1)
    vm = world.vm("second", host="HV03", disks=[1], version="9.0")
    foreign = world.vm("foreign")
    world.foreign(foreign)
    world.clock(hold=False, speed=1)  # at which it needs fourteen seconds more, and a comparison half of one
    findings = program.check(program.request(vm, source="HV03")).findings
    told = [(finding.host, finding.severity) for finding in findings if finding.code == "slots.wait"]
    assert told == ([("HV02", Severity.NOTE)] if counts else [])
    world.clock(speed=60)
    world.lab.until(lambda: world.hosts_of(foreign) == ["HV02"], SECONDS)


@pytest.mark.parametrize("service", ["silent", "unreadable"])
def test_hosts_that_do_not_say_what_they_count(program: Program, healed: World, service: str) -> None:
    """Their jobs are read all the same: those take slots, and moves go on."""
    for host in ("HV01", "HV02"):
        healed.do(do="health", host=host, migration_service=service)
    healed.do(do="settings", host="HV01", max_vm_migrations=1)
    prepared, outcome = program.prepare(program.request(healed.vm("second", disks=[1])))
    assert not outcome.get().blockers
    foreign = healed.vm("foreign")
    healed.foreign(foreign)
    job = prepared.start(frozenset())
    program.until(job, lambda view: view.note == "slots.wait")
    healed.clock(hold=False)
    assert program.over(job).state is JobState.DONE
    assert healed.hosts_of(foreign) == ["HV02"]


def test_two_programs_do_not_take_the_last_slot_both(program: Program, world: World, tmp_path: Path) -> None:
    world.do(do="settings", host="HV01", max_vm_migrations=1)
    world.clock(speed=10)
    with running(world.lab.state, tmp_path) as other:
        programs = (program, other)
        vms = (world.vm("one", disks=[1]), world.vm("two", disks=[1]))
        prepared = [each.prepare(each.request(vm))[0] for each, vm in zip(programs, vms, strict=True)]
        jobs = [one.start(frozenset()) for one in prepared]
        assert [each.over(job).state for each, job in zip(programs, jobs, strict=True)] == [JobState.DONE] * 2

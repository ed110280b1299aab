"""Moves of programs that were killed, and of programs that live: found, followed, verified, never driven twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from moves.programs import SECONDS, Machine, Program, World, running

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, JobView, Phase
from hvdesk.hyperv.plan import MOVE, Sent
from hvdesk.jobs.drivers import Drivers
from hvdesk.jobs.entries import Entry, HostMark
from hvdesk.jobs.journal import Journal

TESTS = Path(__file__).parent.parent


@contextmanager
def victim(world: World, folder: Path, vm: Machine, until: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that checks or moves the VM and has come so far; it is killed at the end, if not before."""
    command = [sys.executable, str(Path(__file__).with_name("victim.py"))]
    process = subprocess.Popen(
        [*command, str(world.lab.state_file), str(folder), vm.id, until],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "reached\n"
        yield process
    finally:
        process.kill()
        process.wait(SECONDS)
        process.stdout.close()


def killed_while_moving(world: World, folder: Path) -> tuple[Machine, str]:
    """A VM whose move was in the middle of its storage when its program was killed; the clock stands still."""
    vm = world.vm()
    world.hold_at("phase:storage-1")
    with victim(world, folder, vm, "moving"):
        world.lab.until(lambda: world.job(vm)["phase"] == "storage-1", SECONDS)
    return vm, "HV01"


def only_job(program: Program) -> JobView:
    """The one job that the program knows."""
    (view,) = program.moves.jobs()
    return view


@pytest.fixture
def expired(world: World) -> Iterator[None]:
    """Shells of killed programs live on for their idle time; here they end with the test."""
    yield
    world.lab.command({"cmd": "expire"})


@pytest.mark.usefixtures("expired")
def test_a_killed_program_s_move_is_followed_to_its_end(world: World, tmp_path: Path) -> None:
    vm, _ = killed_while_moving(world, tmp_path)
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        job = only_job(program)
        assert (job.ours, job.vm_id) == (True, vm.id)
        view = program.until(job.id, lambda view: view.phase is Phase.STORAGE)
        assert (view.state, view.can_cancel) == (JobState.MOVING, True)
        assert program.until(job.id, lambda view: view.storage_done_bytes is not None or view.percent is not None)
        world.clock(hold=False)
        assert program.over(job.id).state is JobState.DONE
        assert world.hosts_of(vm) == ["HV02"]
        assert world.count("Move-VM", vm) == 1


@pytest.mark.usefixtures("expired")
@pytest.mark.parametrize("planned", [False, True])
def test_a_killed_program_s_move_that_died_with_its_shell_is_told_as_failed(
    world: World, tmp_path: Path, planned: bool
) -> None:
    world.switch("move_dies_with_shell", True)
    world.switch("dead_move_leaves_planned_vm", planned)
    vm, _ = killed_while_moving(world, tmp_path)
    world.lab.command({"cmd": "expire", "host": "HV01"})  # what its idle time comes to
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        job = only_job(program)
        view = program.over(job.id)
        assert view.state is JobState.FAILED
        assert view.error is not None
        assert (view.error.code, "still on HV01" in view.error.what) == ("move.ended", True)
        assert world.hosts_of(vm) == ["HV01"]
        assert world.planned(vm) == []
        assert world.count("Move-VM", vm) == 1


@pytest.mark.usefixtures("expired")
def test_a_move_that_ended_meanwhile_is_verified(world: World, tmp_path: Path) -> None:
    vm, _ = killed_while_moving(world, tmp_path)
    world.clock(hold=False)
    world.lab.until(lambda: world.hosts_of(vm) == ["HV02"], SECONDS)
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        assert program.over(only_job(program).id).state is JobState.DONE


@pytest.mark.usefixtures("expired")
def test_a_reattached_move_can_be_cancelled(world: World, tmp_path: Path) -> None:
    vm, _ = killed_while_moving(world, tmp_path)
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        job = only_job(program)
        program.reaches(job.id, JobState.MOVING)
        program.moves.cancel(job.id)
        world.lab.until(lambda: world.job(vm)["job_state"] == 6, SECONDS)
        world.clock(hold=False)
        assert program.over(job.id).state is JobState.CANCELLED
        assert world.hosts_of(vm) == ["HV01"]


@pytest.mark.usefixtures("expired")
def test_a_check_that_was_killed_leaves_no_planned_vm_and_no_entry(world: World, tmp_path: Path) -> None:
    vm = world.vm()
    world.clock(hold=True)
    with victim(world, tmp_path, vm, "check"):
        world.lab.until(lambda: world.count("Compare-VM", vm) == 1, SECONDS)
    with running(world.lab.state, tmp_path) as program:
        assert len(program.journal.open_jobs()) == 1
        program.connector.asked("HV02", lambda host: host.ping()).get()
        before = world.requests("Send")
        program.moves.reattach()
        world.lab.until(lambda: world.requests("Send") >= before + 2 or not program.journal.open_jobs(), SECONDS)
        world.clock(hold=False)
        world.lab.until(lambda: not program.journal.open_jobs(), SECONDS)
        assert world.planned(vm) == []
        assert program.moves.jobs() == ()
        assert world.hosts_of(vm) == ["HV01"]


@pytest.mark.usefixtures("expired")
def test_a_move_that_waited_when_its_program_was_killed_was_never_started(world: World, tmp_path: Path) -> None:
    world.do(do="settings", host="HV01", max_vm_migrations=1)
    vm, other = world.vm(), world.vm("other")
    world.foreign(other)
    world.clock(hold=False, speed=1)
    with victim(world, tmp_path, vm, "queued"), running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        assert (only_job(program).state, only_job(program).ours) == (JobState.QUEUED, False)
    world.clock(speed=60)
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        world.lab.until(lambda: bool(program.moves.jobs()) and only_job(program).state.over, SECONDS)
        assert only_job(program).state is JobState.FAILED
        error = only_job(program).error
        assert error is not None
        assert error.code == "move.never_started"
        assert world.count("Move-VM", vm) == 0


def test_the_move_of_a_living_program_is_shown_and_never_driven(world: World, tmp_path: Path) -> None:
    """Another program of the same data folder sees it, cannot cancel it, starts no second one, and sees its end."""
    vm = world.vm()
    with running(world.lab.state, tmp_path) as mover, running(world.lab.state, tmp_path) as watcher:
        world.hold_at("phase:storage-1")
        job = mover.start(mover.request(vm))
        mover.until(job, lambda view: view.phase is Phase.STORAGE)
        watcher.moves.reattach()
        watcher.moves.follow()
        view = watcher.until(job, lambda view: view.phase is Phase.STORAGE)
        assert (view.ours, view.can_cancel) == (False, False)
        with pytest.raises(HvError) as refused:
            watcher.moves.cancel(job)
        assert refused.value.code == "job.not_ours"
        with pytest.raises(HvError) as refused:
            watcher.prepare(watcher.request(vm))
        assert refused.value.code == "vm.busy"
        world.clock(hold=False)
        assert mover.over(job).state is JobState.DONE
        assert watcher.over(job).state is JobState.DONE
        assert world.count("Move-VM", vm) == 1


@pytest.mark.usefixtures("expired")
def test_a_move_is_taken_over_when_its_program_dies(world: World, tmp_path: Path) -> None:
    vm = world.vm()
    with running(world.lab.state, tmp_path) as watcher:
        world.hold_at("phase:storage-1")
        with victim(world, tmp_path, vm, "moving"):
            watcher.moves.reattach()
            watcher.moves.follow()
            job = only_job(watcher)
            assert not job.ours
        assert watcher.until(job.id, lambda view: view.ours).ours
        world.clock(hold=False)
        assert watcher.over(job.id).state is JobState.DONE
        assert world.count("Move-VM", vm) == 1


@pytest.mark.usefixtures("expired")
def test_another_computer_in_the_place_of_a_host_says_nothing_about_the_vm(world: World, tmp_path: Path) -> None:
    """The VM is not on HV03, which answers for HV01 now: that does not make the move fail."""
    vm, _ = killed_while_moving(world, tmp_path)
    with running(world.lab.state, tmp_path, aliases={"HV01": "HV03"}) as program:
        program.moves.reattach()
        job = only_job(program)
        view = program.reaches(job.id, JobState.UNKNOWN)
        assert view.error is not None
        assert (view.error.code, "hv01" in view.error.what) == ("move.host_changed", True)
    world.clock(hold=False)
    with running(world.lab.state, tmp_path) as program:
        program.moves.reattach()
        assert program.over(job.id).state is JobState.DONE
        assert world.hosts_of(vm) == ["HV02"]


def test_what_an_earlier_run_had_to_leave_is_removed_at_the_next_start(world: World, tmp_path: Path) -> None:
    """By the journal: a step that was never done, of a job that is over."""
    vm = world.vm()
    world.do(do="plan", host="HV02", vm=vm.id)
    with running(world.lab.state, tmp_path) as program:
        prepared, _ = program.prepare(program.request(world.vm("other", disks=[1])))
        (entry,) = program.journal.open_jobs()
        prepared.abandon()
        assert prepared.gone.wait(SECONDS)
        program.journal.add(_left_by_an_earlier_run(entry, program, vm))
        program.journal.begin("left", "compare", {}, JobState.CHECKING)
        program.journal.end("left", JobState.CANCELLED, None)
        program.moves.reattach()
        world.lab.until(lambda: world.planned(vm) == [], SECONDS)
        world.lab.until(lambda: program.journal.loose_jobs() == (), SECONDS)
        assert world.hosts_of(vm) == ["HV01"]


def _left_by_an_earlier_run(entry: Entry, program: Program, vm: Machine) -> Entry:
    return Entry(
        id="left",
        driver="a program that is gone",
        request=program.request(vm),
        source=entry.source,
        destination=entry.destination,
        state=JobState.CHECKING,
    )


@pytest.mark.parametrize("ended", [False, True], ids=["sent it and died", "saw its end and was closed"])
def test_what_a_program_did_in_the_last_moment_is_not_overlooked(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    """Between our look at the journal and the look at its lock file, another program goes on and is gone."""
    vm = world.vm()
    drivers, journal = Drivers(tmp_path / "drivers"), Journal(tmp_path / "journal.sqlite")
    with running(world.lab.state, tmp_path) as program:
        request = program.request(vm)
        mark = HostMark(label="HV01", identity=("hv01", "lab.test"))
        there = HostMark(label="HV02", identity=("hv02", "lab.test"))
        job = Entry(
            id="last moment", driver=drivers.token, request=request, source=mark, destination=there,
            state=JobState.QUEUED,
        )  # fmt: skip
        journal.add(job)
        alive = program.drivers.alive

        def goes_on(token: str) -> bool:
            if token == drivers.token and program.entry(job.id).state is JobState.QUEUED:
                journal.begin(job.id, MOVE, Sent().facts(), JobState.STARTING)
                if ended:
                    journal.done(job.id)
                    journal.end(job.id, JobState.DONE, None)
                journal.close()
                drivers.close()
            return alive(token)

        monkeypatch.setattr(program.drivers, "alive", goes_on)
        program.moves.reattach()
        if ended:
            assert program.entry(job.id).state is JobState.DONE
        else:
            view = program.over(job.id)
            assert view.error is not None
            assert view.error.code != "move.never_started"

"""Cancelling a move: taken, refused, too late, the harder way, and before it began."""

from __future__ import annotations

import pytest
from moves.programs import SECONDS, Machine, Program, World

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, Phase
from hvdesk.hyperv.errors import SessionLost
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.session import MoveSession


def copying(program: Program, world: World, name: str = "web") -> tuple[Machine, str]:
    """A VM whose move stands still in the middle of its storage, and the job."""
    vm = world.vm(name)
    world.hold_at("phase:storage-1")
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    return vm, job


def test_a_cancelled_move_leaves_the_vm_on_the_source_and_nothing_else(program: Program, world: World) -> None:
    vm, job = copying(program, world)
    program.moves.cancel(job)
    assert program.reaches(job, JobState.CANCELLING).state is JobState.CANCELLING
    world.clock(hold=False)
    view = program.over(job)
    assert (view.state, view.error) == (JobState.CANCELLED, None)
    assert world.hosts_of(vm) == ["HV01"]
    assert world.planned(vm) == []
    files = world.show()["hosts"]["HV02"]["files"]
    assert not [path for path in files if "web-0" in path]
    assert [step.name for step in program.entry(job).steps] == ["compare", "move", "cancel"]


def test_a_host_that_refuses_to_cancel_goes_on_and_that_is_said(program: Program, world: World) -> None:
    """In the switch-over nothing can be cancelled any more."""
    vm = world.vm()
    world.hold_at("phase:switch-over")
    job = program.start(program.request(vm))
    world.lab.until(lambda: world.job(vm)["phase"] == "switch-over", SECONDS)
    program.moves.cancel(job)
    view = program.until(job, lambda view: view.note == "cancel.refused")
    assert view.state is JobState.MOVING
    world.clock(hold=False)
    assert program.over(job).state is JobState.DONE
    assert world.hosts_of(vm) == ["HV02"]


def test_the_harder_way_only_after_the_host_went_on(program: Program, world: World) -> None:
    """The host takes the first wish and goes on: only then, and only when asked, the job is killed."""
    world.switch("cancel_needs_kill", True)
    vm, job = copying(program, world)
    with pytest.raises(HvError) as refused:
        program.moves.cancel(job, harder=True)
    assert refused.value.code == "cancel.not_yet"
    program.moves.cancel(job)
    assert program.until(job, lambda view: view.note == "cancel.asked").can_cancel is False
    assert program.until(job, lambda view: view.note == "cancel.harder").can_cancel
    assert sum(call["cmdlet"] == "RequestStateChange" for call in world.show()["calls"][-1:]) == 1
    program.moves.cancel(job, harder=True)
    world.lab.until(lambda: world.job(vm)["job_state"] in (6, 9), SECONDS)
    world.clock(hold=False)
    assert program.over(job).state is JobState.CANCELLED
    assert world.hosts_of(vm) == ["HV01"]


def test_a_refusal_of_the_harder_way_is_said_and_it_may_be_tried_again(program: Program, world: World) -> None:
    world.switch("cancel_needs_kill", True)
    vm, job = copying(program, world)
    program.moves.cancel(job)
    program.until(job, lambda view: view.note == "cancel.harder")
    world.hold_at("phase:switch-over")
    world.clock(hold=False)
    world.lab.until(lambda: world.job(vm)["phase"] == "switch-over", SECONDS)
    program.moves.cancel(job, harder=True)
    view = program.until(job, lambda view: view.note == "cancel.refused")
    assert (view.state, view.can_cancel) == (JobState.CANCELLING, True)
    world.clock(hold=False)
    assert program.over(job).state is JobState.DONE


def test_a_wish_that_the_host_took_but_did_not_follow_ends_in_the_truth(program: Program, world: World) -> None:
    world.switch("cancel_needs_kill", True)
    vm, job = copying(program, world)
    program.moves.cancel(job)
    program.until(job, lambda view: view.note == "cancel.asked")
    world.clock(hold=False)
    view = program.over(job)
    assert (view.state, view.note) == (JobState.DONE, "cancel.late")
    assert world.hosts_of(vm) == ["HV02"]


def test_a_planned_vm_that_the_cancelled_move_left_is_removed(program: Program, world: World) -> None:
    vm, job = copying(program, world)
    program.moves.cancel(job)
    world.do(do="when", event="move-ended", then={"cmd": "world", "do": "plan", "host": "HV02", "vm": vm.id})
    world.clock(hold=False)
    assert program.over(job).state is JobState.CANCELLED
    assert world.planned(vm) == []


def test_files_that_are_left_are_named(program: Program, world: World) -> None:
    vm, job = copying(program, world, "littering")
    program.moves.cancel(job)
    path = "D:\\VMs\\Virtual Hard Disks\\littering-1.vhdx"
    put = {"cmd": "world", "do": "file", "host": "HV02", "path": path, "gb": 1}
    world.do(do="when", event="move-ended", then=put)
    world.clock(hold=False)
    view = program.over(job)
    assert (view.state, world.hosts_of(vm)) == (JobState.CANCELLED, ["HV01"])
    assert view.error is not None
    assert path in view.error.what


def test_what_is_over_or_not_ours_cannot_be_cancelled(program: Program, world: World) -> None:
    job = program.start(program.request(world.vm(disks=[1])))
    program.over(job)
    for name, code in ((job, "job.over"), ("nobody's", "job.not_found")):
        with pytest.raises(HvError) as refused:
            program.moves.cancel(name)
        assert refused.value.code == code


def test_closing_with_cancel_cancels_and_waits(program: Program, world: World) -> None:
    vm, job = copying(program, world)
    world.do(do="when", event="phase:storage-1", then={"cmd": "clock", "hold": False})
    world.clock(hold=False, speed=1)
    assert program.moves.close("cancel", SECONDS)
    assert program.over(job).state is JobState.CANCELLED
    assert program.entry(job).state is JobState.CANCELLED
    assert world.hosts_of(vm) == ["HV01"]


def test_closing_with_leave_lets_the_move_go_on(program: Program, world: World) -> None:
    """Its shell is let go of, so that the move goes on even where it would die with it; its entry stays open."""
    world.switch("move_dies_with_shell", True)
    vm, job = copying(program, world)
    assert program.moves.close("leave", SECONDS)
    assert program.entry(job).ended_at is None
    world.clock(hold=False)
    world.lab.until(lambda: world.hosts_of(vm) == ["HV02"], SECONDS)
    assert world.lab.log("HV01")["open_shells"] >= 1
    world.lab.command({"cmd": "expire", "host": "HV01"})


def test_a_wish_that_comes_before_move_vm_is_sent_keeps_it_from_being_sent(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the move has its slots and its session is being made ready."""
    vm, made_ready = world.vm(), MoveSession.make_ready

    def cancelled_meanwhile(session: MoveSession) -> None:
        made_ready(session)
        program.moves.cancel(next(view.id for view in program.moves.jobs() if not view.state.over))

    monkeypatch.setattr(MoveSession, "make_ready", cancelled_meanwhile)
    view = program.over(program.start(program.request(vm)))
    assert (view.state, view.error and view.error.code) == (JobState.CANCELLED, "move.cancelled_before")
    assert world.count("Move-VM", vm) == 0


def test_a_wish_that_did_not_reach_the_host_is_passed_on_again(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    vm, ask = world.vm(), HyperVHost.cancel_migration
    tries: list[str] = []

    def lost_at_first(host: HyperVHost, instance_id: str, kill: bool = False) -> int:
        tries.append(instance_id)
        if len(tries) == 1:
            raise SessionLost("host.lost", host="HV01")
        return ask(host, instance_id, kill=kill)

    monkeypatch.setattr(HyperVHost, "cancel_migration", lost_at_first)
    world.hold_at("phase:storage-1")
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    program.moves.cancel(job)
    world.lab.until(lambda: len(tries) == 2, SECONDS)
    world.clock(hold=False)
    assert program.over(job).state is JobState.CANCELLED
    assert "cancel.refused" not in {view.note for view in program.views(job)}

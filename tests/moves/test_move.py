"""A move from the user's word to the end that both hosts confirm."""

from __future__ import annotations

import pytest
from moves.programs import Program, World

from hvdesk.domain.move import JobState, Phase


def test_a_running_vm_moves_and_both_hosts_confirm_it(program: Program, world: World) -> None:
    """Done means: on the destination, gone from the source, nothing of the check left, Move-VM sent once."""
    vm = world.vm()
    view = program.over(program.start(program.request(vm)))
    assert (view.state, view.error) == (JobState.DONE, None)
    assert world.hosts_of(vm) == ["HV02"]
    assert world.planned(vm) == []
    assert (world.count("Compare-VM", vm), world.count("Move-VM", vm)) == (1, 1)


def test_the_phases_are_those_that_the_hosts_show(program: Program, world: World) -> None:
    """The clock stops at the beginning of each, so that none is missed."""
    events = {
        "phase:connection": Phase.CONNECTION,
        "phase:storage-1": Phase.STORAGE,
        "phase:memory": Phase.VM_STATE,
        "phase:clean-up": Phase.CLEAN_UP,
    }
    world.hold_at("phase:connection")
    job = program.start(program.request(world.vm()))
    for event, phase in events.items():
        view = program.until(job, lambda view, phase=phase: view.phase is phase)
        assert (view.state, view.can_cancel) == (JobState.MOVING, True)
        following = list(events)[list(events).index(event) + 1 :]
        if following:
            world.hold_at(following[0])
        world.clock(hold=False)
    assert program.over(job).state is JobState.DONE
    percents = [view.percent for view in program.views(job) if view.percent is not None]
    assert percents == sorted(percents)


def test_the_journal_holds_every_state_and_each_step_before_it_was_done(program: Program, world: World) -> None:
    job = program.start(program.request(world.vm()))
    assert program.over(job).state is JobState.DONE
    entry = program.entry(job)
    states = [change.state for change in entry.changes]
    wanted = [JobState.CHECKING, JobState.QUEUED, JobState.STARTING, JobState.MOVING, JobState.DONE]
    assert [state for state in dict.fromkeys(states) if state in wanted] == wanted
    assert [step.name for step in entry.steps] == ["compare", "move"]
    assert all(step.done_at for step in entry.steps)
    assert entry.ended_at is not None


def test_storage_bytes_are_the_lengths_of_the_files_on_the_destination(program: Program, world: World) -> None:
    """Held in the middle of the copy, the figure is what the world says, and no percentage times size."""
    world.hold_at("phase:storage-1")
    job = program.start(program.request(world.vm()))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    world.clock(advance=3)
    files = world.show()["hosts"]["HV02"]["files"]
    copied = sum(length for path, length in files.items() if path.casefold().endswith(("web-0.vhdx", "web-1.vhdx")))
    assert copied > 0
    view = program.until(job, lambda view: view.storage_done_bytes == copied)
    assert view.storage_total_bytes == (24 + 12) * 2**30
    world.clock(hold=False)
    assert program.over(job).storage_done_bytes is None


def test_a_fixed_disk_has_no_storage_figure(program: Program, world: World) -> None:
    """Its file is full-size at once: its length tells nothing."""
    disk = {"size_gb": 8, "fixed": True, "chain": [{"file": "fixed.vhdx", "gb": 8}]}
    world.hold_at("phase:storage-1")
    job = program.start(program.request(world.vm("fixed", disks=[disk])))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    world.clock(hold=False)
    assert program.over(job).state is JobState.DONE
    assert all(view.storage_done_bytes is None for view in program.views(job))


@pytest.mark.parametrize("state", ["Off", "Saved", "Paused"])
def test_vms_in_every_steady_state_move(program: Program, world: World, state: str) -> None:
    vm = world.vm(state=state)
    assert program.over(program.start(program.request(vm))).state is JobState.DONE
    assert world.hosts_of(vm) == ["HV02"]


def test_a_vm_with_checkpoints_moves_with_its_whole_chain(program: Program, world: World) -> None:
    chain = [{"file": "chain_1.avhdx", "gb": 1}, {"file": "chain.vhdx", "gb": 4}]
    vm = world.vm("chain", disks=[{"size_gb": 40, "chain": chain}], checkpoints=[{"name": "before"}])
    assert program.over(program.start(program.request(vm))).state is JobState.DONE
    assert world.hosts_of(vm) == ["HV02"]


HOSTILE = ["$(Remove-VM *)'\"", "tick ` and\nnewline; exit", "خادم \u202eemag\u202c الويب", "🚀 сервер 服务器"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_move_into_hostile_folders(program: Program, world: World, name: str) -> None:
    folder = "D:\\VMs\\it's $(x) `y` & 100% сервер"
    world.do(do="folder", host="HV02", path=folder)
    vm = world.vm(name, disks=[{"size_gb": 9, "chain": [{"file": "it's $(x) & `.vhdx", "gb": 2}]}])
    view = program.over(program.start(program.request(vm, folder)))
    assert (view.state, view.vm_name) == (JobState.DONE, name)
    assert world.hosts_of(vm) == ["HV02"]


def test_a_host_that_fails_the_move_is_quoted_and_nothing_is_left(program: Program, world: World) -> None:
    """The destination's volume fills up while the disks are copied."""
    world.hold_at("phase:storage-1")
    vm = world.vm()
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    world.do(do="free", host="HV02", volume="D:\\", gb=5)
    world.clock(hold=False)
    view = program.over(job)
    assert view.state is JobState.FAILED
    assert view.error is not None
    assert "0x80070070" in view.error.host_words
    assert "web is still on HV01." in view.error.what
    assert world.hosts_of(vm) == ["HV01"]
    assert world.planned(vm) == []
    assert world.count("Move-VM", vm) == 1


def test_a_vm_that_is_deleted_before_the_move_is_named(program: Program, world: World) -> None:
    vm = world.vm()
    prepared, outcome = program.prepare(program.request(vm))
    assert not outcome.get().blockers
    world.do(do="delete", host="HV01", vm=vm.id)
    view = program.over(prepared.start(frozenset()))
    assert view.state is JobState.FAILED
    assert view.error is not None
    assert (view.error.code, "web" in view.error.what) == ("vm.not_found", True)
    assert world.count("Move-VM", vm) == 0


def test_a_vm_that_is_deleted_during_the_move_is_on_neither_host(program: Program, world: World) -> None:
    world.hold_at("phase:storage-1")
    vm = world.vm()
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    world.do(do="delete", host="HV01", vm=vm.id)
    world.clock(hold=False)
    view = program.over(job)
    assert view.state is JobState.FAILED
    assert view.error is not None
    assert view.error.code == "move.vanished"


def test_a_vm_that_is_on_both_hosts_while_the_source_cleans_up_is_not_done_yet(program: Program, world: World) -> None:
    world.switch("source_lists_vm_in_clean_up", True)
    world.hold_at("phase:clean-up")
    vm = world.vm()
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.CLEAN_UP)
    assert world.hosts_of(vm) == ["HV01", "HV02"]
    world.clock(hold=False)
    assert program.over(job).state is JobState.DONE

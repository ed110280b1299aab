"""The ways a migration ends early: cancelled, killed with its program, its VM deleted."""

from __future__ import annotations

import pytest
from lab_world.worldhelp import FOLDER, Agent, Background, Failed, advance, command, stop_at, vm_id

from hvdesk.lab.world.timeline import ProgramKilledError
from hvdesk.lab.world.world import World


@pytest.fixture
def agent(world: World) -> Agent:
    return Agent(world, "HV01")


@pytest.fixture
def moving(world: World, agent: Agent) -> Background:
    return agent.start_move(vm_id(world, "web-01"))


def nothing_at_the_destination(world: World) -> bool:
    there = command(world, "show")["hosts"]["HV02"]
    return not there["planned"] and not [path for path in there["files"] if path.startswith(FOLDER)]


@pytest.mark.parametrize(("requested", "state"), [(4, 8), (5, 9)])
@pytest.mark.parametrize("phase", ["phase:storage-1", "phase:memory"])
def test_cancelled(world: World, agent: Agent, moving: Background, phase: str, requested: int, state: int) -> None:
    stop_at(world, phase)
    (job,) = agent.jobs()
    assert agent.cancel(job["instance_id"], requested) == 0
    assert [(entry["job_state"], entry["cancellable"]) for entry in agent.jobs()] == [(6, False)]
    assert moving.blocked
    advance(world, 1)
    with pytest.raises(Failed) as failure:
        moving.result()
    assert failure.value.codes == ["0x800704C7"]
    assert [entry["job_state"] for entry in agent.jobs()] == [state]
    here = agent.presence(vm_id(world, "web-01"))
    assert (here["present"], here["state"], here["operational"]) == (True, "Running", ["Ok"])
    assert nothing_at_the_destination(world)


@pytest.mark.parametrize("phase", ["phase:switch-over", "phase:clean-up"])
@pytest.mark.parametrize("requested", [4, 5])
def test_too_late_to_cancel(world: World, agent: Agent, moving: Background, phase: str, requested: int) -> None:
    stop_at(world, phase)
    (job,) = agent.jobs()
    assert job["cancellable"] is False
    assert agent.cancel(job["instance_id"], requested) == 32775
    stop_at(world, "move-ended")
    moving.result()
    assert agent.cancel(job["instance_id"], requested) == 32775


def test_cancel_may_need_the_harder_way(world: World, agent: Agent, moving: Background) -> None:
    command(world, "switch", name="cancel_needs_kill", value=True)
    (job,) = agent.jobs()
    assert agent.cancel(job["instance_id"], 4) == 0
    advance(world, 5)
    assert [entry["job_state"] for entry in agent.jobs()] == [4]
    assert agent.cancel(job["instance_id"], 5) == 0
    advance(world, 1)
    with pytest.raises(Failed):
        moving.result()


def test_wrong_requests(world: World, agent: Agent, moving: Background) -> None:
    (job,) = agent.jobs()
    assert agent.cancel(job["instance_id"], 3) == 32773
    with pytest.raises(Failed, match=r"HvDesk\.JobNotFound"):
        agent.cancel("FBA77E0F-5A9B-4F5E-AF0B-1F6B2C4D7E88")
    advance(world, 1000)
    moving.result()


def test_the_migration_outlives_its_program(world: World, agent: Agent, moving: Background) -> None:
    stop_at(world, "phase:storage-1")
    world.kill(moving.attachment)
    with pytest.raises(ProgramKilledError):
        moving.result()
    assert [entry["job_state"] for entry in agent.jobs()] == [4]
    stop_at(world, "move-ended")
    assert Agent(world, "HV02").presence(vm_id(world, "web-01"))["present"]


@pytest.mark.parametrize("leaves_planned", [False, True])
def test_or_dies_with_it(world: World, agent: Agent, moving: Background, leaves_planned: bool) -> None:
    command(world, "switch", name="move_dies_with_shell", value=True)
    command(world, "switch", name="dead_move_leaves_planned_vm", value=leaves_planned)
    stop_at(world, "phase:storage-1")
    advance(world, 3)
    world.kill(moving.attachment)
    assert [entry["job_state"] for entry in agent.jobs()] == [10]
    assert agent.presence(vm_id(world, "web-01"))["operational"] == ["Ok"]
    assert nothing_at_the_destination(world) is not leaves_planned
    with pytest.raises(ProgramKilledError):
        moving.result()


def test_dying_after_the_switch_over_leaves_the_vm_at_the_destination(world: World, moving: Background) -> None:
    command(world, "switch", name="move_dies_with_shell", value=True)
    stop_at(world, "phase:clean-up")
    world.kill(moving.attachment)
    web = vm_id(world, "web-01")
    assert not Agent(world, "HV01").presence(web)["present"]
    assert Agent(world, "HV02").presence(web)["operational"] == ["Ok"]


def test_a_vm_deleted_meanwhile(world: World, agent: Agent, moving: Background) -> None:
    web = vm_id(world, "web-01")
    stop_at(world, "phase:storage-1")
    command(world, "world", do="delete", host="HV01", vm=web)
    with pytest.raises(Failed) as failure:
        moving.result()
    assert failure.value.codes == ["0x80004004"]
    assert not agent.presence(web)["present"]
    assert nothing_at_the_destination(world)
    with pytest.raises(Failed, match=r"HvDesk\.VmNotFound"):
        agent.transfer("Move-VM", web)
    assert command(world, "show")["counts"]["HV01"] == {"Move-VM": 1}

"""Planned VMs: who leaves one behind, what it blocks, and that only an idle one can be destroyed."""

from __future__ import annotations

import pytest
from lab_world.worldhelp import Agent, Background, Failed, advance, command, stop_at, until, vm_id

from hvdesk.lab.world.world import World


def planned(world: World, host: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = command(world, "show")["hosts"][host]["planned"]
    return entries


def test_compare_vm_leaves_one_that_can_be_destroyed(quick: World) -> None:
    web = vm_id(quick, "web-01")
    source, destination = Agent(quick, "HV01"), Agent(quick, "HV02")
    source.transfer("Compare-VM", web)
    there = destination.presence(web)
    assert (there["planned"], there["planned_in_use"]) == (True, False)
    assert web not in [vm["id"] for vm in destination.ask("list_vms")["vms"]]
    assert destination.destroy(web) == 0
    assert not destination.presence(web)["planned"]
    with pytest.raises(Failed, match=r"HvDesk\.PlannedVmNotFound"):
        destination.destroy(web)


def test_compare_vm_may_leave_none(quick: World) -> None:
    command(quick, "switch", name="compare_leaves_planned_vm", value=False)
    Agent(quick, "HV01").transfer("Compare-VM", vm_id(quick, "web-01"))
    assert planned(quick, "HV02") == []


@pytest.mark.parametrize("cmdlet", ["Compare-VM", "Move-VM"])
def test_one_left_over_blocks_unless_switched_off(quick: World, cmdlet: str) -> None:
    command(quick, "world", do="plan", host="HV02", vm="web-01")
    agent, web = Agent(quick, "HV01"), vm_id(quick, "web-01")
    with pytest.raises(Failed) as failure:
        agent.transfer(cmdlet, web)
    assert failure.value.codes == ["0x800700B7"]
    command(quick, "switch", name="stale_planned_vm_blocks_move", value=False)
    agent.transfer(cmdlet, web)


def test_anothers_migration_between_check_and_clean_up_is_unharmed(world: World) -> None:
    web = vm_id(world, "web-01")
    source, destination = Agent(world, "HV01"), Agent(world, "HV02")
    foreign = {
        "cmd": "world",
        "do": "migrate",
        "host": "HV01",
        "vm": "web-01",
        "destination": "HV02",
        "folder": "D:\\X",
    }
    command(world, "world", do="when", event="compare-ended", host="HV01", then=foreign)
    check = Background(lambda: source.transfer("Compare-VM", web), source.attachment)
    until(lambda: bool(planned(world, "HV02")))
    advance(world, 1)
    assert check.result()["report"]["incompatibilities"] == []
    with pytest.raises(Failed, match=r"HvDesk\.PlannedVmInUse"):
        destination.destroy(web)
    stop_at(world, "phase:clean-up")
    with pytest.raises(Failed, match=r"HvDesk\.RealVmHere"):
        destination.destroy(web)
    stop_at(world, "move-ended")
    assert destination.presence(web)["present"]
    shown = command(world, "show")
    assert shown["trigger_errors"] == []
    assert shown["counts"] == {"HV01": {"Compare-VM": 1}}


def test_a_check_in_progress_is_a_job_of_the_source(world: World) -> None:
    source, other = Agent(world, "HV01"), Agent(world, "HV01")
    check = Background(lambda: source.transfer("Compare-VM", vm_id(world, "web-01")), source.attachment)
    until(lambda: bool(other.jobs()))
    (job,) = other.jobs()
    assert (job["job_type"], job["job_state"], job["cancellable"], job["percent"]) == (302, 4, False, 0)
    assert other.cancel(job["instance_id"]) == 32775
    advance(world, 1)
    check.result()
    assert [entry["job_state"] for entry in other.jobs()] == [7]

"""A migration goes through its phases on the clock, and both hosts show what Windows would show."""

from __future__ import annotations

import pytest
from lab_world.worldhelp import FOLDER, Agent, Failed, advance, command, stop_at, vm_id

from hvdesk.lab.world.world import World

GIB = 2**30


@pytest.fixture
def source(world: World) -> Agent:
    return Agent(world, "HV01")


@pytest.fixture
def destination(world: World) -> Agent:
    return Agent(world, "HV02")


def test_the_four_phases(world: World, source: Agent, destination: Agent) -> None:
    web = vm_id(world, "web-01")
    moving = source.start_move(web)
    (job,) = source.jobs()
    assert (job["vm_id"], job["destination"], job["job_type"]) == (web, "hv02.lab.test", 306)
    assert (job["percent"], job["job_state"], job["cancellable"]) == (0, 3, True)
    planned = destination.presence(web)
    assert (planned["present"], planned["planned"], planned["planned_in_use"]) == (False, True, True)

    stop_at(world, "phase:storage-1")
    assert source.presence(web)["operational"] == ["InService", "StorageMigrationPhaseOne"]
    percents = []
    for _ in range(5):
        advance(world, 2.0)
        percents.append(source.jobs()[0]["percent"])
    assert percents == sorted(set(percents))
    assert 0 < percents[-1] <= 70

    stop_at(world, "phase:storage-2")
    assert source.presence(web)["operational"] == ["InService", "StorageMigrationPhaseTwo"]
    stop_at(world, "phase:memory")
    assert source.presence(web)["operational"] == ["InService", "MigratingVirtualMachine"]
    assert not destination.presence(web)["present"]

    stop_at(world, "phase:clean-up")
    assert moving.blocked
    assert destination.presence(web)["present"]
    assert destination.presence(web)["state"] == "Running"
    assert source.presence(web)["present"]
    assert source.jobs()[0]["job_state"] == 4

    advance(world, 100.0)
    assert moving.result() == {"vm_id": web, "vm_type": "RealizedVirtualMachine"}
    assert not source.presence(web)["present"]
    assert destination.presence(web)["operational"] == ["Ok"]
    assert (source.jobs()[0]["percent"], source.jobs()[0]["job_state"]) == (100, 7)


def test_a_40_gb_vm_takes_about_20_seconds(world: World, source: Agent) -> None:
    moving = source.start_move(vm_id(world, "web-01"))
    stop_at(world, "move-ended")
    moving.result()
    assert 15.0 < command(world, "show")["clock"]["now"] < 25.0


def test_files_grow_on_the_destination_and_leave_the_source(world: World, source: Agent, destination: Agent) -> None:
    db = vm_id(world, "db-01")
    before = source.ask("vm_details", vm_id=db)
    free = destination.ask("list_folder", path="D:\\")["free_bytes"]
    target = f"{FOLDER}\\Virtual Hard Disks\\db-01.vhdx"
    moving = source.start_move(db)
    stop_at(world, "phase:storage-1")
    assert _length(destination, target) is None
    advance(world, 10.0)
    part = _length(destination, target)
    assert part is not None
    assert 0 < part < 44 * GIB
    stop_at(world, "move-ended")
    moving.result()
    after = destination.ask("vm_details", vm_id=db)
    assert _length(destination, target) == 44 * GIB
    assert [disk["file_bytes"] for disk in after["disks"]] == [disk["file_bytes"] for disk in before["disks"]]
    assert after["checkpoints"] == before["checkpoints"]
    assert after["config_path"] == FOLDER
    moved = before["disks"][0]["file_bytes"] + before["system_bytes"]
    assert destination.ask("list_folder", path="D:\\")["free_bytes"] == free - moved
    assert _length(source, before["disks"][0]["path"]) is None
    assert source.ask("list_folder", path="D:\\VMs\\db-01")["folders"], "Windows leaves the empty folders"


def test_the_parent_of_a_differencing_disk_stays_behind(quick: World) -> None:
    source = Agent(quick, "HV01")
    source.transfer("Move-VM", vm_id(quick, "diff-child"))
    parent = "D:\\Templates\\base-2022.vhdx"
    assert _length(source, parent) == 11 * GIB
    moved = Agent(quick, "HV02").ask("vm_details", vm_id=vm_id(quick, "diff-child"))
    assert moved["disks"][0]["parents"] == [f"{FOLDER}\\Virtual Hard Disks\\base-2022.vhdx"]


def test_disks_may_go_right_into_the_folder(quick: World) -> None:
    command(quick, "switch", name="disks_get_their_own_folder", value=False)
    web = vm_id(quick, "web-01")
    Agent(quick, "HV01").transfer("Move-VM", web)
    disks = Agent(quick, "HV02").ask("vm_details", vm_id=web)["disks"]
    assert [disk["path"] for disk in disks] == [f"{FOLDER}\\web-01.vhdx", f"{FOLDER}\\web-01-data.vhdx"]


@pytest.mark.parametrize("name", ["app-01", "test-saved", "test-paused"])
def test_vms_that_do_not_run_move_with_their_state(quick: World, name: str) -> None:
    wanted = vm_id(quick, name)
    state = Agent(quick, "HV01").presence(wanted)["state"]
    Agent(quick, "HV01").transfer("Move-VM", wanted)
    assert Agent(quick, "HV02").presence(wanted)["state"] == state


def test_a_full_volume_fails_the_move_in_the_middle(world: World, source: Agent, destination: Agent) -> None:
    web = vm_id(world, "web-01")
    command(world, "world", do="free", host="HV02", volume="D:\\", gb=10)
    moving = source.start_move(web)
    stop_at(world, "move-ended")
    with pytest.raises(Failed) as failure:
        moving.result()
    assert failure.value.codes == ["0x80070070"]
    (job,) = source.jobs()
    assert (job["job_state"], job["error_code"], job["percent"]) == (10, 32768, 100)
    assert "0x80070070" in job["error_text"]
    assert source.presence(web)["operational"] == ["Ok"]
    there = destination.presence(web)
    assert (there["present"], there["planned"]) == (False, False)
    assert destination.ask("list_folder", path="D:\\")["free_bytes"] == 10 * GIB


@pytest.mark.parametrize("incoming", [False, True])
def test_hosts_count_the_active_migrations(world: World, source: Agent, destination: Agent, incoming: bool) -> None:
    command(world, "switch", name="active_count_has_incoming", value=incoming)
    moving = source.start_move(vm_id(world, "app-01"))
    assert (_active(source), _active(destination)) == (1, int(incoming))
    assert destination.jobs() == []
    stop_at(world, "move-ended")
    moving.result()
    assert (_active(source), _active(destination)) == (0, 0)
    assert len(source.jobs()) == 1


@pytest.mark.parametrize("service", ["silent", "unreadable"])
def test_a_host_that_does_not_say_what_it_counts(world: World, source: Agent, service: str) -> None:
    command(world, "world", do="health", host="HV01", migration_service=service)
    moving = source.start_move(vm_id(world, "app-01"))
    assert _active(source) is None
    assert len(source.jobs()) == 1
    command(world, "world", do="heal")
    assert _active(source) == 1
    stop_at(world, "move-ended")
    moving.result()


def test_jobs_are_forgotten_after_five_minutes(world: World, source: Agent) -> None:
    moving = source.start_move(vm_id(world, "app-01"))
    stop_at(world, "move-ended")
    moving.result()
    advance(world, 299)
    assert len(source.jobs()) == 1
    advance(world, 2)
    assert source.jobs() == []


def test_the_source_may_drop_the_vm_at_the_switch_over(world: World, source: Agent) -> None:
    command(world, "switch", name="source_lists_vm_in_clean_up", value=False)
    web = vm_id(world, "web-01")
    moving = source.start_move(web)
    stop_at(world, "phase:clean-up")
    assert not source.presence(web)["present"]
    assert source.jobs()[0]["job_state"] == 4
    stop_at(world, "move-ended")
    moving.result()


def _active(agent: Agent) -> int | None:
    active: int | None = agent.ask("migration_jobs")["active_vm_migrations"]
    return active


def _length(agent: Agent, path: str) -> int | None:
    (entry,) = agent.ask("file_lengths", paths=[path])["files"]
    assert entry["path"] == path
    length: int | None = entry["length"]
    return length

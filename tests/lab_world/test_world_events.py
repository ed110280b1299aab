"""What the simulated hosts write into their event logs, and what an agent finds there."""

from __future__ import annotations

from typing import Any

import pytest
from lab_world.worldhelp import Agent, Failed, advance, command, vm_id

from hvdesk.lab.world.world import World

VMMS, WORKER, AVAILABILITY = (
    f"Microsoft-Windows-Hyper-V-{log}-Admin" for log in ("VMMS", "Worker", "High-Availability")
)
FULL, MEMORY = "0x80070070", "0x800705AA"


def events(world: World, host: str, vm: str, name: str, since: str = "2000-01-01T00:00:00Z") -> list[dict[str, Any]]:
    """What the host's agent tells of a machine."""
    found: list[dict[str, Any]] = Agent(world, host).ask("events", since=since, vm_id=vm, vm_name=name, most=20)[
        "events"
    ]
    return found


def fail_a_move(world: World, error: str, at: str = "vm-state") -> str:
    """A move of web-01 from HV01 to HV02 that fails; the id of the machine."""
    vm = vm_id(world, "web-01")
    command(world, "world", do="fail", operation="Move-VM", host="HV01", error=error, at=at)
    moving = Agent(world, "HV01").start_move(vm)
    advance(world, 100000)
    with pytest.raises(Failed):
        moving.result()
    return vm


@pytest.mark.parametrize(("error", "host", "log"), [(FULL, "HV01", VMMS), (MEMORY, "HV02", WORKER)])
def test_a_failed_move_is_told_by_the_source_and_its_cause_where_it_happened(
    world: World, error: str, host: str, log: str
) -> None:
    vm = fail_a_move(world, error)
    there = {name: events(world, name, vm, "web-01") for name in ("HV01", "HV02")}
    assert sum(map(len, there.values())) == 2
    assert there["HV01"][0]["id"] == 21024
    assert error not in there["HV01"][0]["message"], "the cause is another event's"
    cause = there[host][-1]
    assert (cause["id"], cause["level"], cause["log"]) == (21502, 2, log)
    assert error in cause["message"]
    assert vm.upper() in cause["message"]


def test_a_move_that_succeeds_writes_nothing(world: World) -> None:
    vm = vm_id(world, "web-01")
    moving = Agent(world, "HV01").start_move(vm)
    advance(world, 100000)
    moving.result()
    assert [events(world, host, vm, "web-01") for host in ("HV01", "HV02")] == [[], []]


def test_a_cmdlet_that_refuses_by_itself_writes_nothing(world: World) -> None:
    vm = vm_id(world, "web-01")
    with pytest.raises(Failed):
        Agent(world, "HV01").transfer("Move-VM", vm, "nowhere.lab.test")
    assert [events(world, host, vm, "web-01") for host in ("HV01", "HV02")] == [[], []]


def test_the_log_of_clusters_is_on_nodes_only(world: World) -> None:
    vm = vm_id(world, "web-01")
    hosts = command(world, "show")["hosts"]
    for host in hosts:
        command(world, "world", do="event", host=host, log="High-Availability", id=21111, message=f"It left: {vm}")
    with_it = {host for host in hosts if events(world, host, vm, "web-01")}
    with world.locked():
        nodes = {host.name for host in world.hosts.values() if host.spec.cluster and host.spec.hyperv}
    assert nodes
    assert with_it == nodes


def test_events_of_one_host_are_not_the_other_ones(world: World) -> None:
    vm = vm_id(world, "web-01")
    command(world, "world", do="event", host="HV02", log="VMMS", id=1001, level=3, message="", values=["web-01"])
    assert [event["id"] for event in events(world, "HV02", vm, "web-01")] == [1001]
    assert events(world, "HV01", vm, "web-01") == []


def test_only_the_latest_are_kept(world: World) -> None:
    vm = vm_id(world, "web-01")
    command(world, "world", do="event", host="HV01", log="VMMS", id=1, message=f"The oldest: {vm}")
    for number in range(2000):
        command(world, "world", do="event", host="HV02", log="VMMS", id=2, message=f"{number}: {vm}")
    assert events(world, "HV01", vm, "web-01") == []
    assert len(events(world, "HV02", vm, "web-01")) == 20

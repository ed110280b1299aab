"""The control line's world commands, and those that make no sense."""

from __future__ import annotations

import json

import pytest
from lab_world.worldhelp import Agent, advance, command, vm_id

from hvdesk.lab.world.world import World


def test_the_clock(world: World) -> None:
    assert command(world, "clock", advance=10)["now"] == pytest.approx(10, abs=1)
    assert command(world, "clock", hold=False)["held"] is False
    assert command(world, "clock", hold=True, speed=5)["held"] is True


def test_others_change_the_world(world: World) -> None:
    agent = Agent(world, "HV02")
    added = command(world, "world", do="add", host="HV02", vm={"name": "new", "state": "Off"})["id"]
    command(world, "world", do="rename", host="HV02", vm="new", name="newer")
    command(world, "world", do="state", host="HV02", vm="newer", state="Running")
    summary = agent.ask("vm_details", vm_id=added)["summary"]
    assert (summary["name"], summary["state"]) == ("newer", "Running")
    command(world, "world", do="delete", host="HV02", vm="newer")
    assert not agent.presence(added)["present"]
    command(world, "world", do="free", host="HV02", volume="d:\\", gb=3)
    assert agent.ask("list_folder", path="D:\\")["free_bytes"] == 3 * 2**30
    command(world, "world", do="folder", host="HV02", path="E:\\a\\b")
    assert agent.ask("list_folder", path="E:\\a")["folders"] == ["b"]


def test_a_foreign_migration_is_a_real_one(world: World) -> None:
    job = command(world, "world", do="migrate", host="HV02", vm="print-01", destination="HV01", folder="D:\\VMs\\p")[
        "job"
    ]
    (shown,) = Agent(world, "HV02").jobs()
    assert shown["instance_id"] == job
    advance(world, 1000)
    assert Agent(world, "HV01").presence(vm_id(world, "print-01"))["present"]
    assert command(world, "show")["counts"] == {}


def test_a_foreign_migration_can_be_cancelled_by_them(world: World) -> None:
    command(world, "world", do="migrate", host="HV02", vm="print-01", destination="HV01", folder="D:\\VMs\\p")
    command(world, "world", do="cancel", host="HV02", vm="print-01")
    advance(world, 10)
    assert [job["job_state"] for job in Agent(world, "HV02").jobs()] == [8]


@pytest.mark.parametrize(
    "request_body",
    [
        {},
        {"cmd": "nope"},
        {"cmd": "switch", "name": "nope"},
        {"cmd": "switch", "name": "cancel_needs_kill", "value": 1},
        {"cmd": "clock", "advance": -1},
        {"cmd": "clock", "speed": 0},
        {"cmd": "world", "do": "nope"},
        {"cmd": "world", "do": "delete", "host": "HV09", "vm": "web-01"},
        {"cmd": "world", "do": "delete", "host": "HV01", "vm": "twin"},
        {"cmd": "world", "do": "delete", "host": "HV01", "vm": "nope"},
        {"cmd": "world", "do": "settings", "host": "HV01", "authentification": "Kerberos"},
        {"cmd": "world", "do": "add", "host": "HV01", "vm": {"nam": "x"}},
        {"cmd": "world", "do": "free", "host": "HV01", "volume": "X:\\", "gb": 1},
        {"cmd": "world", "do": "cancel", "host": "HV01", "vm": "web-01"},
        {"cmd": "world", "do": "migrate", "host": "HV01", "vm": "web-01", "destination": "HV04", "folder": "C:\\x"},
        {"cmd": "world", "do": "when", "event": "x"},
        {"cmd": "world", "do": "fail", "operation": "Move-VM", "host": "HV01", "error": "0x1"},
        {"cmd": "world", "do": "fail", "operation": "Move-Vm", "host": "HV01", "error": "0x8007274D"},
        {"cmd": "world", "do": "fail", "operation": "Move-VM", "host": "HV01", "error": "0x8007274D", "at": "noon"},
        {"cmd": "world", "do": "health", "host": "HV01", "closed_port": [445]},
        {"cmd": "world", "do": "host", "host": "HV01", "cpu_features": "all"},
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_commands_that_make_no_sense(world: World, request_body: dict[str, object]) -> None:
    answer = world.command(request_body)
    assert answer["ok"] is False
    assert answer["error"]


def test_a_trigger_that_fails_is_reported(world: World) -> None:
    command(world, "world", do="when", event="move-ended", then={"cmd": "nope"})
    command(world, "world", do="migrate", host="HV02", vm="print-01", destination="HV01", folder="D:\\VMs\\p")
    advance(world, 1000)
    assert command(world, "show")["trigger_errors"] == ["at move-ended: there is no command 'nope'"]


def test_show_is_json(world: World) -> None:
    assert json.loads(json.dumps(command(world, "show")))["hosts"]["HV01"]["vms"]

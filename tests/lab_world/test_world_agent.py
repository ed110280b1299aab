"""The agent's protocol: nothing runs twice, nothing breaks on a line that makes no sense."""

from __future__ import annotations

import pytest
from lab_world.worldhelp import Agent, command, vm_id

from hvdesk.lab.world.world import World


@pytest.fixture
def agent(world: World) -> Agent:
    return Agent(world, "HV02")


def folder(number: int, path: str) -> dict[str, object]:
    parameters = [
        {"name": "Path", "kind": "text", "value": path},
        {"name": "ItemType", "kind": "text", "value": "Directory"},
    ]
    return {"id": number, "op": "call", "args": {"call": {"cmdlet": "New-Item", "parameters": parameters}}}


def test_an_id_is_executed_once(world: World, agent: Agent) -> None:
    first = agent.raw(folder(1, "D:\\once"))
    assert first[0]["ok"]
    assert agent.raw(folder(1, "D:\\once")) == first
    assert agent.raw(folder(1, "D:\\other")) == first
    assert command(world, "show")["counts"] == {"HV02": {"New-Item": 1}}


def test_again_replays_what_is_remembered(agent: Agent) -> None:
    answers = [agent.raw({"id": number, "op": "ping"})[0] for number in range(1, 41)]
    replayed = agent.raw({"id": 41, "op": "again", "args": {"from": 38}})
    assert replayed[:-1] == answers[37:]
    assert replayed[-1] == {"id": 41, "ok": True, "result": {"replayed": 3}}
    assert len(agent.raw({"id": 42, "op": "again", "args": {"from": 1}})) == 33


def test_forgotten(agent: Agent) -> None:
    for number in range(1, 40):
        agent.raw({"id": number, "op": "ping"})
    (answer,) = agent.raw({"id": 2, "op": "ping"})
    assert (answer["id"], answer["error"]["id"]) == (2, "HvDesk.Forgotten")
    assert agent.raw({"id": 39, "op": "ping"})[0]["ok"]


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b'{"op":"ping"}', b'{"id":0,"op":"ping"}', b'{"id":true,"op":"ping"}', b'{"id":1,"op":7}',
     b'{"id":1,"op":"ping","args":[]}', '{"id":1,"op":"ping","args":{"x":"ü"}}'.encode()],
)  # fmt: skip
def test_lines_that_are_no_request(agent: Agent, line: bytes) -> None:
    (answer,) = agent.simulated.answer_line(line)
    assert b'"id":null' in answer
    assert b'"HvDesk.BadRequest"' in answer
    assert agent.ask("ping")["computer"] == "HV02"


@pytest.mark.parametrize(
    ("op", "args", "error"),
    [
        ("reboot", {}, "HvDesk.UnknownOperation"),
        ("vm_details", {}, "HvDesk.BadRequest"),
        ("presence", {"vm_id": None}, "HvDesk.BadRequest"),
        ("again", {}, "HvDesk.BadRequest"),
        ("call", {"call": {"cmdlet": "Remove-VM", "parameters": []}}, "HvDesk.CallNotAllowed"),
        ("call", {"call": {"cmdlet": "move-vm", "parameters": []}}, "HvDesk.CallNotAllowed"),
        ("call", {"call": {"cmdlet": "New-Item", "parameters": [{"name": "Path", "kind": "script", "value": "x"}]}},
         "HvDesk.CallNotAllowed"),
    ],
)  # fmt: skip
def test_requests_that_are_refused(agent: Agent, op: str, args: dict[str, object], error: str) -> None:
    (answer,) = agent.raw({"id": 1, "op": op, "args": args})
    assert (answer["id"], answer["ok"], answer["error"]["id"]) == (1, False, error)


@pytest.mark.parametrize(
    ("leave_out", "error"),
    [
        ({"IncludeStorage", "DestinationStoragePath"}, "AmbiguousParameterSet"),
        ({"IncludeStorage"}, "NotInTheLab"),
        ({"DestinationStoragePath"}, "NotInTheLab"),
    ],
    ids=["fits several sets", "fits one that the lab does not play", "fits another"],
)
def test_other_parameters(world: World, agent: Agent, leave_out: set[str], error: str) -> None:
    parameters = [
        {"name": "VM", "kind": "vm", "value": vm_id(world, "print-01")},
        {"name": "DestinationHost", "kind": "text", "value": "HV01"},
        {"name": "IncludeStorage", "kind": "switch", "value": True},
        {"name": "DestinationStoragePath", "kind": "text", "value": "D:\\x"},
    ]
    kept = [entry for entry in parameters if entry["name"] not in leave_out]
    (answer,) = agent.raw({"id": 1, "op": "call", "args": {"call": {"cmdlet": "Move-VM", "parameters": kept}}})
    assert answer["error"]["id"] == f"{error},Microsoft.HyperV.PowerShell.Commands.MoveVM"


def test_bye(agent: Agent) -> None:
    assert agent.raw({"id": 1, "op": "bye"}) == [{"id": 1, "ok": True, "result": {}}]
    assert agent.simulated.ended

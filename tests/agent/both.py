"""The same requests to the simulated PowerShell and to the real agent in an engine, the world changed in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent import engine
from agent.contract_world import CALLER, HOST, build_world
from agent.test_contract import lasting
from needs import needs

from hvdesk.hyperv import bootstrap, messages
from hvdesk.lab.powershell.agent import SimulatedAgent
from hvdesk.lab.programs import Caller
from hvdesk.lab.world.world import World

Ask = tuple[str, dict[str, Any], bytes]
"""What it is about, what is done to the world before, and the request."""


def _one_after_the_other(world: World, asks: Sequence[Ask]) -> Iterator[bytes]:
    for _, command, line in asks:
        if command:
            assert world.command({"cmd": "world", **command})["ok"]
        yield line


def _simulated(world: World, asks: Sequence[Ask], caller: Caller) -> list[bytes]:
    agent = SimulatedAgent(world, HOST, caller)
    return [agent.answer_line(line)[-1] for line in _one_after_the_other(world, asks)]


def _real(world: World, asks: Sequence[Ask], caller: Caller) -> list[bytes]:
    lines: list[bytes | None] = []
    with TemporaryDirectory() as folder, engine.start(world, Path(folder), caller) as agent:
        agent.send(bootstrap.first_input())
        assert agent.next_line() == b"@hvdesk-mode FullLanguage\r\n"
        assert b'"ready"' in (agent.next_line() or b"")
        for line in _one_after_the_other(world, asks):
            agent.send(line)
            lines.append(agent.next_line())
        assert agent.end() == (0, b"")
    return [line or b"" for line in lines]


def both(windows: str, asks: Sequence[Ask], caller: Caller = CALLER, *, hyperv: bool = True) -> dict[str, list[Any]]:
    """What both must say alike, by what it is about: [the simulated PowerShell's, the engine's]."""
    needs("powershell engine")
    answers: dict[str, list[Any]] = {about: [] for about, _, _ in asks}
    for run in (_simulated, _real):
        world = build_world(windows, hyperv=hyperv)
        world.command({"cmd": "clock", "hold": False})
        for (about, _, _), line in zip(asks, run(world, asks, caller), strict=True):
            answer = messages.parse_line(line.decode("ascii"))
            assert isinstance(answer, messages.Answer)
            answers[about].append(lasting(answer))
    return answers


def numbered(rows: Sequence[tuple[str, dict[str, Any], str, dict[str, Any]]]) -> list[Ask]:
    """Requests with ids from one on: what each is about, the command before it, operation and arguments."""
    return [
        (about, command, messages.request_line(number, op, args))
        for number, (about, command, op, args) in enumerate(rows, 1)
    ]

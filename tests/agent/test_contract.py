"""One list of requests answered by the lab's PowerShell and by the real agent in an engine, as every Windows Server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from agent import contract_world, engine
from agent.event_steps import write_events
from agent.step import Step
from agent.steps import all_steps
from needs import needs

from hvdesk.hyperv import bootstrap, messages
from hvdesk.hyperv.agent.source import agent_source
from hvdesk.lab.powershell.agent import SimulatedAgent
from hvdesk.lab.windows import VERSIONS
from hvdesk.lab.world.world import World

STEPS = {step.name: step for step in all_steps()}


@dataclass(frozen=True)
class Run:
    """What one of the two wrote: its ready line and the lines of each step. `calls`: what the world carried out."""

    ready: bytes
    lines: dict[str, list[bytes]]
    calls: list[dict[str, str]]

    def answer(self, step: Step) -> messages.Answer:
        """The step's own answer, which is the last of its lines."""
        answer = messages.parse_line(self.lines[step.name][-1].decode("ascii"))
        assert isinstance(answer, messages.Answer)
        return answer


def _moving_world(windows: str) -> World:
    world = contract_world.build_world(windows)
    write_events(world)
    world.command({"cmd": "clock", "hold": False})
    return world


@cache
def simulated(windows: str) -> Run:
    """The lab's answers."""
    world = _moving_world(windows)
    agent = SimulatedAgent(world, contract_world.HOST, contract_world.CALLER)
    lines = {step.name: agent.answer_line(step.line) for step in STEPS.values()}
    return Run(agent.ready_line(), lines, world.command({"cmd": "show"})["calls"])


@cache
def real(windows: str) -> Run:
    """The real agent's answers, on proxies of this Windows' cmdlets and at its level of PowerShell."""
    world = _moving_world(windows)
    with TemporaryDirectory() as folder, engine.start(world, Path(folder)) as agent:
        agent.send(bootstrap.first_input())
        assert agent.next_line() == b"@hvdesk-mode FullLanguage\r\n"
        ready = agent.next_line()
        lines = {step.name: _ask(agent, step) for step in STEPS.values()}
        assert agent.next_line() is None
        assert agent.end() == (0, b"")
    assert ready is not None
    return Run(ready, lines, world.command({"cmd": "show"})["calls"])


def _ask(agent: engine.EngineAgent, step: Step) -> list[bytes]:
    agent.send(step.line)
    lines = [agent.next_line() for _ in range(step.extra + 1)]
    return [line for line in lines if line is not None]


RUNS: dict[str, Callable[[str], Run]] = {"simulated": simulated, "engine": real}


@pytest.fixture(params=[(who, windows) for who in RUNS for windows in VERSIONS], ids="-".join, scope="module")
def run(request: pytest.FixtureRequest) -> tuple[Run, str]:
    """Each of the twelve in turn."""
    who, windows = request.param
    if who == "engine":
        needs("powershell engine")
    return RUNS[who](windows), windows


def test_ready(run: tuple[Run, str]) -> None:
    answers, windows = run
    ready = messages.parse_line(answers.ready.decode("ascii"))
    assert isinstance(ready, messages.Ready)
    assert (ready.protocol, ready.computer) == (messages.PROTOCOL, "HV01")
    assert ready.powershell.startswith(contract_world.SYSTEMS[windows].powershell[:3])


@pytest.mark.parametrize("name", STEPS)
def test_answer(run: tuple[Run, str], name: str) -> None:
    answers, windows = run
    step = STEPS[name]
    for line in answers.lines[name]:
        assert re.fullmatch(rb"@hvdesk [\x20-\x7e]+\r\n", line)
    assert answers.answer(step).id == step.answer_id
    step.check(answers.answer(step), windows)
    if step.same_as is not None:
        assert answers.lines[name] == answers.lines[step.same_as]


def test_again_writes_what_was_written(run: tuple[Run, str]) -> None:
    answers, _ = run
    *repeated, _ = answers.lines["again"]
    assert repeated == [answers.lines[name][-1] for name in ("move unfit", "move without rights", "move", "moved away")]


def test_nothing_executed_twice(run: tuple[Run, str]) -> None:
    """The repeated steps above were answered from memory: the world's ledger has each call once."""
    answers, _ = run
    executed = [(call["cmdlet"], call["target"]) for call in answers.calls]
    assert executed.count(("DestroySystem", contract_world.LEFT_OVER)) == 1
    assert executed.count(("Move-VM", contract_world.HOSTILE)) == 2  # one of them refused
    assert [cmdlet for cmdlet, _ in executed].count("New-Item") == 9  # three on shares, then "illegal" to "nowhere"


@pytest.mark.parametrize("windows", VERSIONS)
@pytest.mark.parametrize("name", STEPS)
def test_both_answer_the_same(windows: str, name: str) -> None:
    needs("powershell engine")
    assert _lasting(real(windows), STEPS[name]) == _lasting(simulated(windows), STEPS[name])


@pytest.mark.parametrize("windows", VERSIONS)
def test_both_change_the_same(windows: str) -> None:
    needs("powershell engine")
    assert real(windows).calls == simulated(windows).calls


PASSING = frozenset({"now", "uptime_seconds", "powershell", "percent"})
"""Values that depend on the moment or on the program that answers."""


def _lasting(run: Run, step: Step) -> Any:
    return lasting(run.answer(step))


def lasting(answer: messages.Answer) -> Any:
    """What both must say alike of an answer."""
    if (fault := answer.fault) is not None:
        return fault.name, fault.category, fault.types, fault.hresult, fault.native, fault.codes, fault.message
    return _without_passing(answer.result)


def _without_passing(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_passing(item) for key, item in value.items() if key not in PASSING}
        if kept.get("instance_id", contract_world.JOB) != contract_world.JOB:
            del kept["instance_id"]  # made up anew for every job
        return kept
    return [_without_passing(item) for item in value] if isinstance(value, list) else value


def test_every_operation_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    source = agent_source()
    body = source[source.index("function Invoke-Operation") : source.index("function Get-Argument")]
    known = set(re.findall(r"^ +'(\w+)' \{ return", body, re.MULTILINE))
    asked = [json.loads(step.line)["op"] for step in STEPS.values() if step.answer_id is not None]
    assert known
    assert known <= set(asked)
    needs("powershell engine")
    with capsys.disabled():
        counted = f"{len(STEPS)} requests ({len(known)} operations) x {len(VERSIONS)} Windows x {len(RUNS)} engines"
        print(f"\ncontract: {counted} = {len(STEPS) * len(VERSIONS) * len(RUNS)} answers compared")

"""One list of requests answered by the lab's PowerShell and by the real agent in an engine, as 2012 and 2022."""

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
from agent.steps import Step, all_steps
from needs import needs

from hvdesk.hyperv import bootstrap, messages
from hvdesk.hyperv.agent.source import agent_source
from hvdesk.lab.powershell.agent import SimulatedAgent

STEPS = {step.name: step for step in all_steps()}
WINDOWS = ("2012", "2022")


@dataclass(frozen=True)
class Run:
    """What one of the two wrote: its ready line and the lines of each step."""

    ready: bytes
    lines: dict[str, list[bytes]]

    def answer(self, step: Step) -> messages.Answer:
        """The step's own answer, which is the last of its lines."""
        answer = messages.parse_line(self.lines[step.name][-1].decode("ascii"))
        assert isinstance(answer, messages.Answer)
        return answer


@cache
def simulated(windows: str) -> Run:
    """The lab's answers."""
    world = contract_world.build_world(windows)
    world.command({"cmd": "clock", "hold": False})
    agent = SimulatedAgent(world, contract_world.HOST, contract_world.CALLER)
    return Run(agent.ready_line(), {step.name: agent.answer_line(step.line) for step in STEPS.values()})


@cache
def real(windows: str) -> Run:
    """The real agent's answers, at the level of PowerShell that this Windows has."""
    world = contract_world.document(contract_world.build_world(windows), windows)
    with TemporaryDirectory() as folder, engine.start(world, windows, Path(folder)) as agent:
        agent.send(bootstrap.first_input())
        assert agent.next_line() == b"@hvdesk-mode FullLanguage\r\n"
        ready = agent.next_line()
        lines = {step.name: _ask(agent, step) for step in STEPS.values()}
        assert agent.next_line() is None
        assert agent.end() == (0, b"")
    assert ready is not None
    return Run(ready, lines)


def _ask(agent: engine.EngineAgent, step: Step) -> list[bytes]:
    agent.send(step.line)
    lines = [agent.next_line() for _ in range(step.extra + 1)]
    return [line for line in lines if line is not None]


RUNS: dict[str, Callable[[str], Run]] = {"simulated": simulated, "engine": real}


@pytest.fixture(params=[(who, windows) for who in RUNS for windows in WINDOWS], ids="-".join, scope="module")
def run(request: pytest.FixtureRequest) -> tuple[Run, str]:
    """Each of the four in turn."""
    who, windows = request.param
    if who == "engine":
        needs("powershell engine")
    return RUNS[who](windows), windows


def test_ready(run: tuple[Run, str]) -> None:
    answers, windows = run
    ready = messages.parse_line(answers.ready.decode("ascii"))
    assert isinstance(ready, messages.Ready)
    assert (ready.protocol, ready.computer) == (messages.PROTOCOL, "HV01")
    assert ready.powershell.startswith(engine.level_of(windows))


@pytest.mark.parametrize("name", STEPS)
def test_answer(run: tuple[Run, str], name: str) -> None:
    answers, windows = run
    step = STEPS[name]
    for line in answers.lines[name]:
        assert re.fullmatch(rb"@hvdesk [\x20-\x7e]+\r\n", line)
    assert answers.answer(step).id == step.answer_id
    step.check(answers.answer(step), windows == "2012")
    if step.same_as is not None:
        assert answers.lines[name] == answers.lines[step.same_as]


def test_again_writes_what_was_written(run: tuple[Run, str]) -> None:
    answers, _ = run
    *repeated, _ = answers.lines["again"]
    assert repeated == [answers.lines[name][-1] for name in ("move unfit", "move without rights", "move", "moved away")]


@pytest.mark.parametrize("windows", WINDOWS)
def test_nothing_executed_twice(windows: str) -> None:
    """The lab keeps a ledger; of the real agent the repeated steps above show it (a second New-Item would fail)."""
    world = contract_world.build_world(windows)
    world.command({"cmd": "clock", "hold": False})
    agent = SimulatedAgent(world, contract_world.HOST, contract_world.CALLER)
    for name in ("new folder", "new folder repeated", "destroy", "destroy repeated", "move", "move repeated"):
        agent.answer_line(STEPS[name].line)
    executed = [call["cmdlet"] for call in world.command({"cmd": "show"})["calls"]]
    assert sorted(executed) == ["DestroySystem", "Move-VM", "New-Item"]


@pytest.mark.parametrize("windows", WINDOWS)
@pytest.mark.parametrize("name", STEPS)
def test_both_answer_the_same(windows: str, name: str) -> None:
    needs("powershell engine")
    assert _lasting(real(windows), STEPS[name], windows) == _lasting(simulated(windows), STEPS[name], windows)


PASSING = frozenset({"now", "created", "uptime_seconds", "powershell", "percent"})
"""Values that depend on the moment or on the program that answers."""


def _lasting(run: Run, step: Step, windows: str) -> Any:
    answer = run.answer(step)
    if answer.fault is not None:
        return answer.fault.name, answer.fault.category, answer.fault.codes
    return _without_passing(answer.result, windows)


def _without_passing(value: Any, windows: str) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_passing(item, windows) for key, item in value.items() if key not in PASSING}
        if "vm_type" in kept and windows == "2012":
            del kept["vm_type"]  # the object of Move-VM has no such property there
        if "message_id" in kept:
            del kept["message"]  # the host's words
        if "jobs" in kept:  # the lab's own Compare-VM leaves a record too
            kept["jobs"] = [job for job in kept["jobs"] if job["instance_id"] == contract_world.JOB]
        return kept
    return [_without_passing(item, windows) for item in value] if isinstance(value, list) else value


def test_every_operation_is_asked() -> None:
    source = agent_source()
    body = source[source.index("function Invoke-Operation") : source.index("function Get-Argument")]
    known = set(re.findall(r"^ +'(\w+)' \{ return", body, re.MULTILINE))
    asked = {json.loads(step.line)["op"] for step in STEPS.values() if step.answer_id is not None}
    assert known
    assert known <= asked

"""A host whose policies constrain PowerShell: both engines tell so at the start, before anything of the agent runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agent.contract_world import CALLER, HOST, build_world
from contract.test_launcher import Output
from labhelp import Lab
from needs import engine, needs
from terminal import Terminal

from hvdesk.hyperv import bootstrap
from hvdesk.lab.engine.launcher import Engines
from hvdesk.lab.powershell.launcher import WorldLauncher
from hvdesk.lab.windows import VERSIONS
from hvdesk.lab.world.world import World

CONSTRAINED = "ConstrainedLanguage"
Launch = Callable[[World], WorldLauncher]


@pytest.fixture(params=["simulated", "engine"])
def launcher(request: pytest.FixtureRequest, nothing_left: None, tmp_path: Path) -> Iterator[Launch]:
    """Makes a launcher for a world: with the simulated PowerShell or with an engine."""
    engines: list[Engines] = []

    def make(world: World) -> WorldLauncher:
        if request.param == "simulated":
            return WorldLauncher(world)
        needs("powershell engine")
        program = engine()
        assert program is not None
        engines.append(Engines(world, program, tmp_path / "engine"))
        return WorldLauncher(world, engines[0].run)

    yield make
    for one in engines:
        one.close(60)


@pytest.mark.parametrize("windows", VERSIONS)
def test_the_mode_is_told_and_nothing_runs(windows: str, launcher: Launch) -> None:
    world, output = build_world(windows), Output()
    world.command({"cmd": "world", "do": "health", "host": HOST, "language_mode": CONSTRAINED})
    words = [*bootstrap.ARGUMENTS[:-1], f'"{bootstrap.SCRIPT}"']
    program = launcher(world).start(
        bootstrap.COMMAND, words, host=HOST, caller=CALLER, environment={}, codepage=437, output=output
    )
    program.write(bootstrap.first_input())
    code, out, errors = output.ended()
    assert (code, out) == (1, f"{bootstrap.MODE_MARK}{CONSTRAINED}\r\n".encode())
    assert b"MethodInvocationNotSupportedInConstrained" in errors
    assert world.command({"cmd": "show"})["calls"] == []


def test_the_user_is_told(lab: Lab, tmp_path: Path) -> None:
    lab.command({"cmd": "world", "do": "health", "host": "HV02", "language_mode": CONSTRAINED})
    done = Terminal(lab, tmp_path / "data").run("vms", "--host", "HV02", "--json")
    assert done.code == 3
    assert "[agent.constrained]" in done.err

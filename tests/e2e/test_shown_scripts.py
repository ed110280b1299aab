"""Every PowerShell text that the terminal shows passes the engine's check for the Windows Server that it is for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from agent.contract_world import SYSTEMS
from agent.test_check import STRICT, findings
from labhelp import Lab, running_lab
from needs import needs
from terminal import Terminal

from hvdesk.hyperv.agent.source import agent_source
from hvdesk.lab.windows import VERSIONS

FOLDER = "D:\\it's \u2018$(Stop-VM a)\u2019 `n --% \u00e4"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The standard scenario; nothing is moved in it."""
    needs("powershell engine")
    with running_lab("standard") as lab:
        yield lab


@pytest.fixture(params=VERSIONS)
def windows(request: pytest.FixtureRequest, lab: Lab) -> str:
    """Each Windows Server, which HV01 runs meanwhile."""
    system = SYSTEMS[request.param]
    told = {"os_version": system.version, "powershell": system.powershell}
    lab.command({"cmd": "world", "do": "host", "host": "HV01", **told})
    return str(request.param)


def test_the_script_of_a_move(lab: Lab, windows: str, tmp_path: Path) -> None:
    terminal = Terminal(lab, tmp_path / "data")
    words = ["move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--show-script"]
    shown = terminal.run(*words).out
    told = terminal.run(*words, "--json").out.splitlines()
    (script,) = (event["script"] for event in map(json.loads, told) if event["event"] == "check")
    assert script == shown
    assert shown.startswith("Move-VM -VM (Get-VM -Id '")
    path = tmp_path / "shown.ps1"
    path.write_text(STRICT + shown, encoding="utf-8-sig")
    assert findings(path, allow="non-ascii", server=windows) == ""
    calls = lab.command({"cmd": "show"})["calls"]
    assert "Move-VM" not in {call["cmdlet"] for call in calls}


def test_the_agents_script(windows: str, tmp_path: Path) -> None:
    shown = Terminal(None, tmp_path / "data").run("agent-script")
    assert (shown.code, shown.out) == (0, agent_source())
    path = tmp_path / "agent.ps1"
    path.write_text(shown.out, encoding="ascii")
    assert findings(path, server=windows) == ""


def test_the_check_finds_what_a_version_lacks(windows: str, tmp_path: Path) -> None:
    """Or the tests above could not fail."""
    path = tmp_path / "newer.ps1"
    path.write_text(STRICT + "Get-VMHostSupportedVersion\n", encoding="ascii")
    assert ("does not exist" in findings(path, server=windows)) is not SYSTEMS[windows].new

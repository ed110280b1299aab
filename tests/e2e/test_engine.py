"""Whole moves with the real agent's text in the hosts' shells: `hvdesk lab --powershell`, terminal and window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from labhelp import Lab, running_lab
from needs import engine, needs
from PySide6.QtWidgets import QApplication
from terminal import Terminal
from ui import driver
from ui.desk import opened_desk

from hvdesk.domain.move import JobState

FOLDER = "D:\\VMs"


@pytest.fixture
def engine_lab() -> Iterator[Lab]:
    """The standard scenario with PowerShell engines in its shells; migrations take a second."""
    needs("powershell engine")
    with running_lab("standard", "--powershell", str(engine())) as lab:
        lab.command({"cmd": "clock", "speed": 20})
        yield lab


@pytest.fixture
def terminal(engine_lab: Lab, tmp_path: Path) -> Terminal:
    """Commands on that lab."""
    return Terminal(engine_lab, tmp_path / "data")


def _shown(lab: Lab) -> dict[str, Any]:
    return lab.command({"cmd": "show"})


def _names_on(lab: Lab, host: str) -> list[str]:
    return [vm["name"] for vm in _shown(lab)["hosts"][host]["vms"]]


def _moves(lab: Lab) -> int:
    return sum(1 for call in _shown(lab)["calls"] if call["cmdlet"] == "Move-VM")


def _move(vm: str) -> list[str]:
    return ["move", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json", "--", vm]


def _engines_of(lab: Lab) -> list[int]:
    """The lab's child processes that are engines."""
    children = Path(f"/proc/{lab.pid}/task").glob("*/children")
    started = [int(pid) for path in children for pid in path.read_text().split()]
    return [pid for pid in started if _command(pid).startswith(str(engine()))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it has just ended


def test_a_move_from_the_terminal(terminal: Terminal, engine_lab: Lab) -> None:
    done = terminal.run(*_move("web-01"))
    assert done.code == 0, done.err
    assert (done.last["event"], done.last["vm"], done.last["error"]) == ("done", "web-01", None)
    assert {"queued", "done"} <= {event.get("state") for event in done.events}
    assert "web-01" in _names_on(engine_lab, "HV02")
    assert "web-01" not in _names_on(engine_lab, "HV01")
    assert _moves(engine_lab) == 1
    assert not any(host["planned"] for host in _shown(engine_lab)["hosts"].values())


def test_a_check_that_finds_something_from_the_terminal(terminal: Terminal, engine_lab: Lab) -> None:
    """An adapter whose switch the destination lacks: Compare-VM's report comes through the real agent."""
    done = terminal.run(*_move("dmz-proxy"))
    assert done.code == 4, done.out
    assert _moves(engine_lab) == 0
    assert "dmz-proxy" in _names_on(engine_lab, "HV01")


@pytest.mark.parametrize("dies", [False, True])
def test_a_killed_program_of_a_move(terminal: Terminal, engine_lab: Lab, dies: bool) -> None:
    """Whether a migration lives on without the shell that started it, the terminal tells the truth."""
    engine_lab.command({"cmd": "switch", "name": "move_dies_with_shell", "value": dies})
    hold = {"cmd": "clock", "hold": True}
    engine_lab.command({"cmd": "world", "do": "when", "event": "phase:memory", "then": hold})
    running = terminal.start(*_move("web-01"))
    running.until(lambda event: event.get("state") == "moving")
    engine_lab.until(lambda: _shown(engine_lab)["clock"]["held"])
    engine_lab.command({"cmd": "kill", "host": "HV01"})
    engine_lab.command({"cmd": "clock", "hold": False})
    done = running.wait()
    assert done.last["event"] == ("failed" if dies else "done"), done.out
    assert ("web-01" in _names_on(engine_lab, "HV02")) is not dies
    assert _moves(engine_lab) == 1


def test_engines_end_with_their_shells_and_with_the_lab(terminal: Terminal, engine_lab: Lab) -> None:
    assert terminal.run("vms", "--host", "HV01", "--json").code == 0
    engine_lab.until(lambda: not _engines_of(engine_lab))
    hold = {"cmd": "clock", "hold": True}
    engine_lab.command({"cmd": "world", "do": "when", "event": "phase:memory", "then": hold})
    running = terminal.start(*_move("web-01"))
    running.until(lambda event: event.get("state") == "moving")
    engines = _engines_of(engine_lab)
    assert engines
    running.kill()
    engine_lab.stop()
    assert not [pid for pid in engines if os.path.exists(f"/proc/{pid}")]


def test_a_move_from_the_window(qapp: QApplication, nothing_left: None, engine_lab: Lab, tmp_path: Path) -> None:
    with opened_desk(engine_lab, tmp_path / "data") as desk:
        wizard = desk.wizard("HV01", "web-01")
        wizard.to_check("HV02", FOLDER)
        assert not [finding for finding in wizard.findings() if not finding.startswith("Note")]
        wizard.press("Next")
        wizard.press("Finish")
        wizard.until_closed()
        desk.job(JobState.DONE)
        assert "web-01" in desk.vms_on("HV02").values()
        assert "web-01" not in desk.vms_on("HV01").values()
        desk.show_host("HV02")
        driver.until(lambda: "web-01" in desk.vm_names(), "the VM in the list of its destination")
        assert desk.calls("Move-VM") == 1

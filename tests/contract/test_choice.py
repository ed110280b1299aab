"""Which PowerShell runs in the lab's shells: the simulated one, unless `--powershell` asks for an engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from labhelp import running_lab
from terminal import Terminal

from hvdesk.lab.engine.probe import VARIABLE, EngineError, find

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that the variable names; it leaves a file beside itself when it is started, and is no engine."""
    program = tmp_path / "powershell"
    program.write_text(f"#!/bin/sh\n: > '{tmp_path / 'started'}'\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(program))
    return program


def test_the_variable_alone_switches_nothing(named: Path, tmp_path: Path) -> None:
    """It is set for whole runs of tests, most of which are about the simulated PowerShell."""
    with running_lab("standard") as lab:
        listed = Terminal(lab, tmp_path / "data").run("vms", "--host", "HV01", "--json")
    assert "web-01" in [row["name"] for row in listed.rows]
    assert not named.with_name("started").exists()


def test_auto_takes_what_the_variable_names(named: Path) -> None:
    words = [sys.executable, "-m", "hvdesk", "lab", "--powershell", "auto"]
    done = subprocess.run(words, capture_output=True, timeout=60, cwd=PROJECT, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert named.with_name("started").exists()


def test_auto_takes_what_is_on_the_path_else_nothing(named: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("PATH", str(named.parent))
    assert find("auto") == named
    monkeypatch.setenv("PATH", str(named.parent / "nowhere"))
    with pytest.raises(EngineError, match=f"{VARIABLE} is not set"):
        find("auto")

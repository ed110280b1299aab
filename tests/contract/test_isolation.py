"""An engine in the lab uses nothing of the machine: no module, no program, no command that could touch it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agent import contract_world
from agent.engine import started
from labhelp import running_lab
from needs import engine, needs
from terminal import Terminal

from hvdesk.hyperv.agent.source import agent_source
from hvdesk.lab.engine import line
from hvdesk.lab.engine.launcher import Engines
from hvdesk.lab.engine.values import Json
from hvdesk.lab.powershell import signatures

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture
def real_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A "real" Hyper-V module wherever a machine has its modules; the file that it writes when it is loaded."""
    needs("powershell engine")
    loaded = tmp_path / "loaded"
    homes = [tmp_path / ".local/share/powershell/Modules", tmp_path / "Documents/WindowsPowerShell/Modules"]
    names = [name for name in signatures.cmdlets("2022") if "-VM" in name]  # all that the agent could ask for first
    functions = "\n".join(f"function {name} {{ 'the real one' }}" for name in names)
    text = f"[IO.File]::WriteAllText('{loaded}', 'x')\n{functions}\n"
    for folder in [*homes, tmp_path / "modules"]:
        (folder / "Hyper-V").mkdir(parents=True)
        (folder / "Hyper-V" / "Hyper-V.psm1").write_text(text, encoding="ascii")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("PSModulePath", os.pathsep.join(map(str, [tmp_path / "modules", *homes])))
    return loaded


def test_the_machines_hyper_v_module_is_never_loaded(real_module: Path, tmp_path: Path) -> None:
    command = [str(engine()), "-NoProfile", "-Command", "Get-VM"]
    assert b"the real one" in subprocess.run(command, capture_output=True, check=False, timeout=60).stdout
    assert real_module.exists()  # an engine left to itself does load it
    real_module.unlink()
    with running_lab("standard", "--powershell", str(engine())) as lab:
        listed = Terminal(lab, tmp_path / "data").run("vms", "--host", "HV01", "--json")
        assert "web-01" in [row["name"] for row in listed.rows]
    assert not real_module.exists()


@pytest.mark.parametrize("statement", ["Get-VM", "Get-VMHost", "Hyper-V\\Get-VM", "Get-Command -Name Get-VMSwitch"])
def test_an_engine_finds_the_proxy_first_and_alone(real_module: Path, tmp_path: Path, statement: str) -> None:
    """Also where nobody looked for leaks before."""
    world = contract_world.build_world("2022")
    script = f"foreach ($found in @({statement})) {{ [string]$found.Name }}"
    with started(world, tmp_path, "-NoProfile", "-NonInteractive", "-Command", script) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out
    assert not real_module.exists()


def _lab(program: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "hvdesk", "lab", "--powershell", str(program)]
    return subprocess.run(words, capture_output=True, text=True, timeout=90, cwd=PROJECT, stdin=subprocess.DEVNULL)


def _program(folder: Path, text: str) -> Path:
    program = folder / "powershell"
    program.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('PSModulePath="$PSModulePath:MODULES" exec ENGINE "$@"', "Hyper-V"),  # as powershell.exe does by itself
        ('PATH="$PATH:/bin" exec ENGINE "$@"', "Application"),
        ('unset POWERSHELL_STANDIN_IMPORT; exec ENGINE "$@"', "does not load the lab's modules"),
        ("echo end of it; exit 1", "does not load the lab's modules"),
    ],
    ids=["module", "program", "no proxies", "no engine"],
)
def test_the_lab_refuses_an_engine_that_leaks(real_module: Path, tmp_path: Path, text: str, words: str) -> None:
    text = text.replace("ENGINE", str(engine())).replace("MODULES", str(tmp_path / "modules"))
    done = _lab(_program(tmp_path, text))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert not real_module.exists()


def test_the_lab_refuses_a_program_that_is_not_there(tmp_path: Path) -> None:
    done = _lab(tmp_path / "powershell")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a program" in done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "Remove-Item -Path x",
        "Get-Content -Path /etc/passwd",
        "rm x",
        "Invoke-Expression '1'",
        "Import-Module ./x.psm1",
        "Microsoft.PowerShell.Management\\Get-Process",
    ],
)
def test_commands_that_could_touch_the_machine_are_refused(statement: str, tmp_path: Path) -> None:
    needs("powershell engine")
    world = contract_world.build_world("2022")
    with started(world, tmp_path, "-NoProfile", "-NonInteractive", "-Command", statement) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert b"NotInTheLab" in err


def test_the_agent_names_no_command_with_its_module() -> None:
    assert "\\Get-" not in agent_source()
    assert "[IO." not in agent_source()
    assert "[System.IO." not in agent_source()


def test_a_client_does_not_steer_the_engine(tmp_path: Path) -> None:
    world = contract_world.build_world("2012")
    engines = Engines(world, Path("powershell"), tmp_path / "engine")
    given = {"PSModulePath": "x", "PATH": "x", "POWERSHELL_STANDIN_IMPORT": "x", "DOTNET_STARTUP_HOOKS": "x", "A": "b"}
    environment = engines.environment(world.hosts["HV01"], given, "cp850")
    assert "x" not in environment.values()
    assert environment["A"] == "b"
    assert (environment["POWERSHELL_STANDIN_VERSION"], environment["POWERSHELL_STANDIN_CODEPAGE"]) == ("3.0", "850")


def test_the_line_takes_nobody_without_the_token(nothing_left: None) -> None:
    asked: list[Json] = []

    def answer(question: Json) -> Iterator[Any]:
        asked.append(question)
        yield 7

    with line.opened(answer, "test") as way:
        address = ("127.0.0.1", int(way["HVDESK_LAB_PORT"]))
        with socket.create_connection(address, timeout=10) as stranger:
            stranger.sendall(b"guess\n{}\n")
            assert stranger.recv(100) == b""
        with socket.create_connection(address, timeout=10) as process, process.makefile("rwb") as stream:
            stream.write(way["HVDESK_LAB_TOKEN"].encode() + b'\n{"cmdlet": "Get-VM"}\n')
            stream.flush()
            assert stream.readline() == b'{"parts": [{"value": 7, "fault": null}], "fault": null}\n'
    assert asked == [{"cmdlet": "Get-VM"}]

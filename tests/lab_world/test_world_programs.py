"""Start commands are treated as cmd.exe and the C runtime would; programs run, read their input and can be killed."""

from __future__ import annotations

import base64
import json
import threading

import pytest
from lab_world.worldhelp import CREDSSP, SECONDS, command, until, vm_id

from hvdesk.lab.powershell.launcher import WorldLauncher
from hvdesk.lab.powershell.process import Process
from hvdesk.lab.powershell.startline import split_by_runtime
from hvdesk.lab.world.world import World

BOOTSTRAP = (
    "$ErrorActionPreference = 'Stop'; '@hvdesk-mode ' + $ExecutionContext.SessionState.LanguageMode; "
    "$s = @(while ($true) { $l = [Console]::In.ReadLine(); if ($null -eq $l) { exit 3 }; "
    "if ($l -ceq '#@hvdesk-end') { break }; $l }); . ([scriptblock]::Create($s -join [char]10))"
)
START = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"]
SOURCE = b"# an agent\nSet-StrictMode -Version 3.0\n#@hvdesk-end\n"


class Recorder:
    """Output of a program."""

    def __init__(self) -> None:
        self.streams = {"stdout": b"", "stderr": b""}
        self.codes: list[int] = []
        self._over = threading.Event()

    def write(self, stream: str, data: bytes) -> None:
        assert not self.codes, "output after the end"
        self.streams[stream] += data

    def done(self, exit_code: int) -> None:
        self.codes.append(exit_code)
        self._over.set()

    def exit_code(self) -> int:
        assert self._over.wait(SECONDS), self.streams
        return self.codes[0]


def start(world: World, line: str, *arguments: str, codepage: int = 437) -> tuple[Process, Recorder]:
    output = Recorder()
    environment = {"TEMP": "C:\\Temp"}
    program = WorldLauncher(world).start(
        line, arguments, host="HV01", caller=CREDSSP, environment=environment, codepage=codepage, output=output
    )
    return program, output


def run(world: World, line: str, *arguments: str, feed: bytes = b"") -> tuple[int, str, str]:
    program, output = start(world, line, *arguments)
    program.write(feed)
    program.close_input()
    code = output.exit_code()
    assert program.join(SECONDS)
    return code, output.streams["stdout"].decode("cp437"), output.streams["stderr"].decode("cp437")


def agent_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line.removeprefix("@hvdesk ")) for line in text.split("\r\n") if line.startswith("@hvdesk ")]


def test_the_bootstrap_becomes_the_agent(world: World) -> None:
    feed = SOURCE + b'{"id":1,"op":"ping","args":{}}\r\n{"id":2,"op":"bye"}\n{"id":3,"op":"ping"}\n'
    code, out, err = run(world, "powershell.exe", *START, BOOTSTRAP, feed=feed)
    assert (code, err) == (0, "")
    assert out.startswith("@hvdesk-mode FullLanguage\r\n@hvdesk ")
    ready, ping, _ = agent_lines(out)
    assert ready == {"event": "ready", "protocol": 1, "powershell": "5.1.20348.1", "computer": "HV01"}
    assert ping["id"] == 1


def test_end_of_input_ends_the_agent(world: World) -> None:
    assert run(world, "powershell.exe", *START, BOOTSTRAP, feed=SOURCE)[0] == 0
    assert run(world, "powershell.exe", *START, BOOTSTRAP, feed=SOURCE[:30])[0] == 3


@pytest.mark.parametrize("source", ["Set-StrictMode # ü\n", "{}\n", "MZ\n"])
def test_a_source_that_windows_would_not_run(world: World, source: str) -> None:
    feed = source.encode() + b"#@hvdesk-end\n"
    code, out, err = run(world, "powershell.exe", *START, BOOTSTRAP, feed=feed)
    assert (code, agent_lines(out)) == (1, [])
    assert "ParseException" in err


@pytest.mark.parametrize(
    "broken",
    [
        BOOTSTRAP.replace("'Stop'", "'Stop' | Out-Null"),
        BOOTSTRAP.replace("-ceq", "-ceq $x & "),
        BOOTSTRAP + " > C:\\out.txt",
        BOOTSTRAP.replace("; ", "\n", 1),
        BOOTSTRAP.replace("'#@hvdesk-end'", '"#@hvdesk-end"').replace("'@hvdesk-mode '", '"@hvdesk-mode \'"'),
        BOOTSTRAP.replace("break }", "break ^}^}^}"),
        BOOTSTRAP + " " * 100 + "# " + "x" * 8000,
        BOOTSTRAP.replace("'@hvdesk-mode '", "'@hvdesk-mode%TEMP% '"),
    ],
    ids=["pipe", "ampersand", "redirection", "line break", "double quotes", "caret", "too long", "percent"],
)
def test_a_bootstrap_that_breaks_the_rules_is_broken_here_too(world: World, broken: str) -> None:
    _, out, _ = run(world, "powershell.exe", *START, broken, feed=SOURCE)
    assert "@hvdesk" not in out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('a "b c" d', ["a", "b c", "d"]),
        ("a   b\tc ", ["a", "b", "c"]),
        ('a\\b c\\\\ "d\\\\" e\\"f', ["a\\b", "c\\\\", "d\\", 'e"f']),
        ('"" x""y', ["", "xy"]),
        ("", []),
    ],
)
def test_the_runtime_splits(line: str, words: list[str]) -> None:
    assert split_by_runtime(line) == words


def test_programs_for_other_clients(world: World) -> None:
    assert run(world, "hostname") == (0, "HV01\r\n", "")
    assert run(world, "whoami.exe") == (0, "lab\\admin\r\n", "")
    assert run(world, "echo", "%TEMP%", "a^&b") == (0, "C:\\Temp a&b\r\n", "")
    assert run(world, "more", feed=b"one\r\ntwo") == (0, "one\r\ntwo", "")
    code, _, err = run(world, "nosuch", "x")
    assert code == 1
    assert err.startswith("'nosuch' is not recognized as an internal or external command,\r\n")


def test_powershell_for_other_clients(world: World) -> None:
    def encoded(script: str) -> str:
        return base64.b64encode(script.encode("utf-16-le")).decode()

    script = "$ProgressPreference='SilentlyContinue';'a; b'\n$PSVersionTable.PSVersion.ToString(); exit 7"
    assert run(world, "powershell", "-encodedcommand", encoded(script)) == (7, "a; b\r\n5.1.20348.1\r\n", "")
    assert run(world, "PowerShell -NoProfile -ExecutionPolicy Bypass -c $env:COMPUTERNAME") == (0, "HV01\r\n", "")
    assert run(world, "powershell -Command [Console]::Error.WriteLine('oh')") == (0, "", "oh\r\n")
    code, _, err = run(world, "powershell", "-enc", encoded("Get-Nothing"))
    assert code == 1
    assert err.startswith("#< CLIXML\r\n<Objs")
    assert run(world, "powershell", "-enc", "???")[0] == 1


def test_a_killed_program_ends_at_once(world: World) -> None:
    program, output = start(world, "more")
    program.write(b"x")
    until(lambda: output.streams["stdout"] == b"x")
    program.kill()
    assert output.exit_code() == 0xC000013A
    program.kill()
    assert program.join(SECONDS)
    assert output.codes == [0xC000013A]


@pytest.mark.parametrize("dies", [False, True])
def test_a_program_killed_in_move_vm(world: World, dies: bool) -> None:
    command(world, "switch", name="move_dies_with_shell", value=dies)
    values = [
        {"name": "VM", "kind": "vm", "value": vm_id(world, "web-01")},
        {"name": "DestinationHost", "kind": "text", "value": "HV02"},
        {"name": "IncludeStorage", "kind": "switch", "value": True},
        {"name": "DestinationStoragePath", "kind": "text", "value": "D:\\x"},
    ]
    request = {"id": 1, "op": "call", "args": {"call": {"cmdlet": "Move-VM", "parameters": values}}}
    program, output = start(world, "powershell.exe", *START, BOOTSTRAP)
    program.write(SOURCE + json.dumps(request).encode() + b"\n")
    until(lambda: bool(command(world, "show")["hosts"]["HV01"]["jobs"]))
    program.kill()
    assert output.exit_code() == 0xC000013A
    assert program.join(SECONDS)
    (job,) = command(world, "show")["hosts"]["HV01"]["jobs"]
    assert job["job_state"] == (10 if dies else 3)
    assert len(agent_lines(output.streams["stdout"].decode())) == 1

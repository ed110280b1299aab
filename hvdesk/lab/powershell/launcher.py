"""Starts the programs of the simulated hosts: PowerShell, and a few of cmd.exe's for other clients."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hvdesk.lab.powershell import bootstrap, expressions, options, startline
from hvdesk.lab.powershell.process import Console, Process
from hvdesk.lab.programs import Caller, Output
from hvdesk.lab.world.world import World

NOT_FOUND = 1


@dataclass(frozen=True)
class _Start:
    """A program about to run: its argument text as cmd.exe left it, and as the C runtime splits it."""

    rest: str
    arguments: list[str]
    setting: expressions.Setting


PowerShell = Callable[[list[str], expressions.Setting, Console], int]
"""Is powershell.exe with these arguments until it ends; the exit code. Raises ProgramKilledError."""


class WorldLauncher:
    """The Launcher (hvdesk.lab.programs) of all hosts of a world. Thread-safe.

    `powershell` is what runs as powershell.exe: the simulated one unless another is given.
    """

    def __init__(self, world: World, powershell: PowerShell | None = None) -> None:
        self._world = world
        self._powershell = powershell or self._simulated
        self.powershell_start = 0.0
        """Seconds of real time that every powershell.exe takes to start; any thread may set it."""

    def start(
        self,
        command: str,
        arguments: Sequence[str],
        *,
        host: str,
        caller: Caller,
        environment: Mapping[str, str],
        codepage: int,
        output: Output,
    ) -> Process:
        """Start a command line as WinRS does, through cmd.exe; KeyError for a host that is not in the world."""
        found = self._world.hosts[host]
        known = {**environment, "COMPUTERNAME": host, "USERNAME": caller.user.rpartition("\\")[2]}
        encoding = _encoding(codepage)
        setting = expressions.Setting(found, caller, known, encoding)
        try:
            line = startline.read_by_cmd(command, arguments, known).strip()
            words = startline.split_by_runtime(line)
            name = words[0] if words else ""
            start = _Start(line[len(name) :].lstrip(), words[1:], setting)
            program = self._program(name)
            main = partial(program, start) if program else partial(_fail, startline.not_recognized(name), encoding)
        except startline.CmdError as error:
            name, main = "cmd", partial(_fail, str(error), encoding)
        return Process(self._world, f"{host} {name}", output, main)

    def _program(self, name: str) -> Callable[[_Start, Console], int] | None:
        programs = {
            "powershell": self._start_powershell,
            "hostname": _hostname,
            "whoami": _whoami,
            "echo": _echo,
            "more": _more,
        }
        return programs.get(name.lower().rpartition("\\")[2].removesuffix(".exe"))

    def _start_powershell(self, start: _Start, console: Console) -> int:
        console.pause(self.powershell_start)
        return self._powershell(start.arguments, start.setting, console)

    def _simulated(self, arguments: list[str], setting: expressions.Setting, console: Console) -> int:
        try:
            wanted = options.parse(arguments)
        except options.OptionsError as error:
            return _fail(str(error), setting.codepage, console)
        if not bootstrap.is_bootstrap(wanted.script):
            return expressions.run(wanted.script, encoded=wanted.encoded, setting=setting, console=console)
        error_text = bootstrap.parse_error(wanted.script)
        if error_text is not None:
            return _fail(error_text, setting.codepage, console)
        return bootstrap.run(self._world, setting.host.name, setting.caller, console)


def _encoding(codepage: int) -> str:
    name = "utf-8" if codepage == 65001 else f"cp{codepage}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp437"  # what a Windows host falls back to for a code page it does not have


def _fail(text: str, encoding: str, console: Console) -> int:
    console.err(f"{text}\r\n".encode(encoding, "replace"))
    return NOT_FOUND


def _say(text: str, start: _Start, console: Console) -> int:
    console.out(f"{text}\r\n".encode(start.setting.codepage, "replace"))
    return 0


def _hostname(start: _Start, console: Console) -> int:
    return _say(start.setting.host.name, start, console)


def _whoami(start: _Start, console: Console) -> int:
    return _say(start.setting.caller.user.lower(), start, console)


def _echo(start: _Start, console: Console) -> int:
    return _say(start.rest, start, console)


def _more(start: _Start, console: Console) -> int:
    while (data := console.read_some()) is not None:
        console.out(data)
    return 0

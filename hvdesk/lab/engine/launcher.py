"""Starts a PowerShell engine for each powershell.exe of a simulated host: the real agent on proxies of cmdlets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from hvdesk.lab.engine import line, played, proxies
from hvdesk.lab.engine.values import Json
from hvdesk.lab.powershell.expressions import Setting
from hvdesk.lab.powershell.process import Console
from hvdesk.lab.windows import powershell_level
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.timeline import ProgramKilledError
from hvdesk.lab.world.world import World

_STEERING = ("DOTNET_", "COMPLUS_", "CORECLR_", "LD_", "POWERSHELL_", "HVDESK_")
"""Beginnings of variables that steer the engine itself; a client's are not passed on."""


class Engines:
    """Runs a PowerShell engine in the shells of a world's hosts. Thread-safe.

    `program` is the engine and `folder` a folder for the proxies, which outlives all processes.
    """

    def __init__(self, world: World, program: Path, folder: Path) -> None:
        self._world = world
        self._program = program
        self._folder = folder
        for host in world.hosts.values():
            proxies.write(self._modules(host), host.windows, hyperv=host.spec.hyperv)
        for name in ("home", "programs"):
            (folder / name).mkdir()
        self._running = 0
        self._changed = threading.Condition()

    def run(self, arguments: list[str], setting: Setting, console: Console) -> NoReturn:
        """Be powershell.exe with these arguments; raises ProgramKilledError when it is over, however that came."""
        shell = Shell(self._world, setting.host, setting.caller, console.attachment)
        environment = self.environment(setting.host, setting.environment, setting.codepage)
        with self._counted(), line.opened(partial(_answer, shell), setting.host.name) as way:
            process = Process(self.start(arguments, {**environment, **way}), console)
            try:
                console.until_over()
            finally:
                process.end()
                self._world.kill(console.attachment)  # frees a cmdlet that still waits, and with it the line

    def close(self, seconds: float) -> None:
        """Wait until all engines are gone; whoever owns the programs has killed them. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._running == 0, seconds):
                raise TimeoutError(f"{self._running} PowerShell engines did not end within {seconds:g} seconds")

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._changed:
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def start(self, arguments: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start the engine, in a process group of its own."""
        return subprocess.Popen(
            [str(self._program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self._folder / "home",
            start_new_session=True,
        )

    def environment(self, host: Host, variables: Mapping[str, str], codepage: str) -> dict[str, str]:
        """All that an engine on `host` gets to see: `variables` and ours, nothing of this process's own.

        No program is on its PATH and no module but the proxies on its PSModulePath.
        """
        modules, home = self._modules(host), str(self._folder / "home")
        given = {name: value for name, value in variables.items() if not name.upper().startswith(_STEERING)}
        system = {
            name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ
        }  # Windows starts none without
        return {
            **system,
            **given,
            **dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), home),
            "PATH": str(self._folder / "programs"),  # which stays empty
            "PSModulePath": str(modules),
            "HVDESK_LAB_LANGUAGE": host.health.language_mode,
            "POWERSHELL_STANDIN_VERSION": powershell_level(host.windows),
            "POWERSHELL_STANDIN_CODEPAGE": "65001" if codepage == "utf-8" else codepage.removeprefix("cp"),
            "POWERSHELL_STANDIN_IMPORT": os.pathsep.join(str(modules / name) for name in proxies.IMPORTED),
        }

    def _modules(self, host: Host) -> Path:
        return self._folder / f"{host.windows}{'' if host.spec.hyperv else '-bare'}"


def _answer(shell: Shell, question: Json) -> Iterator[Any]:
    return played.answer(shell, question)


class Process:
    """An engine whose input and output are a console's; when it ends, so does the console's program."""

    def __init__(self, process: subprocess.Popen[bytes], console: Console) -> None:
        self._process = process
        self._console = console
        bodies = {"input": self._feed, "errors": self._read_errors, "output": self._read_output}
        self._threads = {
            name: threading.Thread(target=body, name=f"lab engine {name}", daemon=True) for name, body in bodies.items()
        }
        for thread in self._threads.values():
            thread.start()

    def end(self) -> None:
        """Kill it with all it started, unless it is over, and let go of it. The console's program must be over."""
        if self._process.poll() is None:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for thread in self._threads.values():
            thread.join()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _feed(self) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            with stream:
                while (data := self._console.read_some()) is not None:
                    stream.write(data)
                    stream.flush()
        except (BrokenPipeError, ProgramKilledError):
            pass  # nobody reads any more

    def _read_errors(self) -> None:
        _pump(self._process.stderr, self._console.err)

    def _read_output(self) -> None:
        _pump(self._process.stdout, self._console.out)
        self._threads["errors"].join()
        self._console.end(self._process.wait())


def _pump(stream: IO[bytes] | None, write: Callable[[bytes], None]) -> None:
    assert stream is not None
    while data := os.read(stream.fileno(), 65536):
        write(data)

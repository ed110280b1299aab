"""A PowerShell engine that runs the real agent: started as a host starts it, fed line by line."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent.contract_world import CALLER, HOST
from needs import engine

from hvdesk.hyperv import bootstrap
from hvdesk.lab.engine import line, played
from hvdesk.lab.engine.launcher import Engines
from hvdesk.lab.engine.values import Json
from hvdesk.lab.programs import Caller
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.timeline import Attachment
from hvdesk.lab.world.world import World

PATIENCE = 60.0


class EngineAgent:
    """The agent in an engine, with all that it wrote so far. Belongs to one thread."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            self._lines.put(text)
        self._lines.put(None)

    def next_line(self) -> bytes | None:
        """The next line of standard output as it came; None at its end. Fails after a minute without one."""
        return self._lines.get(timeout=PATIENCE)

    def send(self, data: bytes) -> None:
        """Write to standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def end(self) -> tuple[int, bytes]:
        """Close standard input and wait: exit code and standard error."""
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._process.stdin.close()
        code, errors = self._process.wait(PATIENCE), self._process.stderr.read()
        self._reader.join(PATIENCE)
        return code, errors


@contextmanager
def start(world: World, folder: Path, caller: Caller = CALLER, **console: str) -> Iterator[EngineAgent]:
    """Start the bootstrap's command line on HV01 of a world; the source is not sent yet.

    `console`: CODEPAGE, CULTURE, WIDTH, BOM of the console that the engine plays.
    """
    with started(world, folder, *bootstrap.ARGUMENTS, caller=caller, **console) as process:
        yield EngineAgent(process)


@contextmanager
def started(
    world: World, folder: Path, *arguments: str, caller: Caller = CALLER, **console: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start powershell.exe on HV01 with these arguments."""
    program = engine()
    assert program is not None
    engines, host = Engines(world, program, folder / "engine"), world.hosts[HOST]
    shell = Shell(world, host, caller, Attachment())

    def answer(question: Json) -> Iterator[Any]:
        return played.answer(shell, question)

    with line.opened(answer, "test") as way:
        environment = {**engines.environment(host, {"COMPUTERNAME": HOST}, "cp437"), **way}
        environment |= {f"POWERSHELL_STANDIN_{name}": value for name, value in console.items()}
        with engines.start(list(arguments), environment) as process:
            try:
                yield process
            finally:
                process.kill()
                world.kill(shell.attachment)


@contextmanager
def bare(level: str, folder: Path) -> Iterator[EngineAgent]:
    """The bootstrap's command line in an engine without anything of the lab."""
    program = engine()
    assert program is not None
    process = subprocess.Popen(
        [program, *bootstrap.ARGUMENTS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "POWERSHELL_STANDIN_VERSION": level},
        cwd=folder,
    )
    with process:
        try:
            yield EngineAgent(process)
        finally:
            process.kill()

"""A PowerShell engine that runs the real agent: started as a host starts it, fed line by line."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from needs import engine

from hvdesk.hyperv import bootstrap

PROXIES = Path(__file__).with_name("proxies")
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
        for line in self._process.stdout:
            self._lines.put(line)
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


def level_of(windows: str) -> str:
    """The PowerShell that a Windows Server has."""
    return "3.0" if windows == "2012" else "5.1"


@contextmanager
def start(world: dict[str, Any] | None, windows: str, folder: Path, **console: str) -> Iterator[EngineAgent]:
    """Start powershell.exe's stand-in with the bootstrap's command line; the source is not sent yet.

    `world` is what the proxies play, None for a host without Hyper-V. `console`: CODEPAGE, CULTURE, WIDTH, BOM.
    """
    environment = {"PATH": os.environ["PATH"], "COMPUTERNAME": "HV01", "POWERSHELL_STANDIN_VERSION": level_of(windows)}
    environment |= {f"POWERSHELL_STANDIN_{name}": value for name, value in console.items()}
    if world is not None:
        file = folder / "world.json"
        file.write_text(json.dumps(world), encoding="ascii")
        modules = ":".join(str(PROXIES / name) for name in ("World.psm1", "Files.psm1", "Cim.psm1"))
        environment |= {"HVDESK_TEST_WORLD": str(file), "PSModulePath": str(PROXIES)}
        environment |= {"POWERSHELL_STANDIN_IMPORT": modules}
    program = engine()
    assert program is not None
    process = subprocess.Popen(
        [program, *bootstrap.ARGUMENTS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=folder,
    )
    with process:
        try:
            yield EngineAgent(process)
        finally:
            process.kill()

"""The terminal front end as its users run it: a process with a lab's state file and a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from labhelp import Lab

SECONDS = 90.0
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table it printed with --json."""
        rows: list[dict[str, Any]] = json.loads(self.out)
        return rows

    @property
    def events(self) -> list[dict[str, Any]]:
        """The objects it printed with --json, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        """The object that says how it ended."""
        return self.events[-1]


class Running:
    """A command that goes on; what it puts out is read as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._out: list[str] = []
        self._err: list[str] = []

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read objects from standard output until one fulfils the condition."""
        line = self._line(self._process.stdout, self._out, lambda line: condition(json.loads(line)))
        event: dict[str, Any] = json.loads(line)
        return event

    def hear(self, words: str) -> None:
        """Read standard error until it says the words."""
        self._line(self._process.stderr, self._err, lambda line: words in line)

    def interrupt(self) -> None:
        """Ctrl+C."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.communicate(timeout=SECONDS)

    def wait(self) -> Done:
        """Wait for its end."""
        out, err = self._process.communicate(timeout=SECONDS)
        return Done(self._process.returncode, "".join(self._out) + out, "".join(self._err) + err)

    def _line(self, stream: IO[str] | None, seen: list[str], wanted: Callable[[str], bool]) -> str:
        """The first line that is wanted; a command that takes too long is killed."""
        assert stream is not None
        watchdog = threading.Timer(SECONDS, self._process.kill)
        watchdog.start()
        try:
            while line := stream.readline():
                seen.append(line)
                if wanted(line):
                    return line
        finally:
            watchdog.cancel()
            watchdog.join()
        raise AssertionError(f"the command ended before that: {seen} {self.wait()}")


class Terminal:
    """Runs `python -m hvdesk --lab=FILE ...`, or without a lab."""

    def __init__(self, lab: Lab | None, data: Path, *, without: str | None = None) -> None:
        """`without`: a module that cannot be imported."""
        self.data = data
        self._lab = lab
        start = f"import sys; sys.modules[{without!r}] = None; from hvdesk.__main__ import main; sys.exit(main())"
        program = ["-c", start] if without else ["-m", "hvdesk"]
        mode = [f"--lab={lab.state_file}"] if lab else []
        self._words = [sys.executable, *program, *mode, "--data-dir", str(data)]

    def without(self, module: str) -> Terminal:
        """The same on a machine that lacks a module."""
        return Terminal(self._lab, self.data, without=module)

    def run(self, *words: str, stdin: str = "", errors: str = "strict") -> Done:
        """Run a command to its end. `errors`: how `stdin` is encoded where it is no text."""
        done = subprocess.run(
            [*self._words, *words],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors=errors,
            timeout=SECONDS,
            check=False,
            cwd=ROOT,
            env=_environment(),
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> Running:
        """Start a command that goes on; give it --json."""
        process = subprocess.Popen(
            [*self._words, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=_environment(),
        )
        return Running(process)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1"}

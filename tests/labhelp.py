"""A lab for tests: `hvdesk lab` as a child process with its control line, and proof that it ended clean."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START_SECONDS = 30.0
ANSWER_SECONDS = 30.0
END_SECONDS = 15.0


@dataclass(frozen=True)
class LabHost:
    """Where a simulated host listens."""

    name: str
    fqdn: str
    address: str
    http_port: int
    https_port: int


@dataclass(frozen=True)
class LabAccount:
    """Somebody who can log on; `kind` is the scenario's word, such as domain-admin or no-rights."""

    user: str
    kind: str
    password: str = field(repr=False)
    principal: str | None = None
    certificate: str | None = None


class Lab:
    """A running lab; `running_lab` starts one for a block."""

    def __init__(self, scenario: str = "standard", *arguments: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hvdesk-test-lab-")
        self.state_file = Path(self._folder.name, "state.json")
        self._answers: queue.Queue[str | None] = queue.Queue()
        words = ["lab", "--scenario", scenario, "--state", str(self.state_file), *arguments]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hvdesk", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env={**os.environ, "TMPDIR": self._folder.name, "TEMP": self._folder.name},
            cwd=Path(__file__).parent.parent,
        )
        self._errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_answers, name="lab answers", daemon=True),
            threading.Thread(target=self._read_errors, name="lab errors", daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        try:
            ready = self._answer(START_SECONDS)
            assert ready.get("event") == "ready", ready
            self.state: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        except BaseException:
            self._process.kill()
            self._close()
            raise

    @property
    def pid(self) -> int:
        """The lab's process id."""
        return self._process.pid

    @property
    def ca_file(self) -> str:
        """The authority that signed the listeners' certificates."""
        return str(self.state["ca_file"])

    def command(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send a command and give its answer, which must be ok."""
        answer = self.try_command(command)
        assert answer["ok"], f"{command} -> {answer}"
        return answer

    def try_command(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send a command and give its answer, whatever it is."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer(ANSWER_SECONDS)

    def host(self, name: str) -> LabHost:
        """The host of that name."""
        return next(LabHost(**one) for one in self.state["hosts"] if one["name"] == name)

    def account(self, kind: str) -> LabAccount:
        """The first account of that kind."""
        return next(LabAccount(**one) for one in self.state["accounts"] if one["kind"] == kind)

    def default_account(self) -> LabAccount:
        """The account that a demo logs on with."""
        wanted = self.state["default_account"]
        return next(LabAccount(**one) for one in self.state["accounts"] if one["user"] == wanted)

    def log(self, host: str) -> dict[str, Any]:
        """What a host counted so far, and what is open there now."""
        counts: dict[str, Any] = self.command({"cmd": "log"})["hosts"][host]
        return counts

    def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until a condition holds; fails when it does not in time."""
        deadline = time.monotonic() + seconds
        turn = threading.Event()
        while not condition():
            assert time.monotonic() < deadline, "the condition did not become true in time"
            turn.wait(0.02)

    def stop(self) -> None:
        """End the lab and assert that it ended well, said nothing on stderr and left no file."""
        if self._closed():
            return
        if self._process.poll() is None:
            self.command({"cmd": "quit"})
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._close()
            raise AssertionError("the lab did not end: " + "".join(self._errors)) from None
        left = os.listdir(self._folder.name)
        self._close()
        assert (code, "".join(self._errors)) == (0, "")
        assert not left, f"the lab left {left}"

    def kill(self) -> None:
        """End the lab at once, for tests that want that; `stop` has nothing more to do then."""
        if not self._closed():
            self._process.kill()
            self._close()

    def _closed(self) -> bool:
        return not os.path.exists(self._folder.name)

    def _close(self) -> None:
        self._process.wait(END_SECONDS)
        for reader in self._readers:
            reader.join(END_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        self._folder.cleanup()

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError("the lab does not answer: " + "".join(self._errors)) from None
        if line is None:
            self._readers[1].join(END_SECONDS)
            raise AssertionError("the lab has ended: " + "".join(self._errors))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _read_answers(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        self._errors.extend(self._process.stderr)


@contextmanager
def running_lab(scenario: str = "standard", *arguments: str) -> Iterator[Lab]:
    """A lab for a block, after which it must have ended well (unless the block failed or killed it)."""
    lab = Lab(scenario, *arguments)
    try:
        yield lab
    except BaseException:
        lab.kill()
        raise
    lab.stop()

"""A running program of a simulated host: a thread with standard input and output, which can be killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NoReturn

from hvdesk.lab.programs import Output
from hvdesk.lab.world.timeline import Attachment, ProgramKilledError
from hvdesk.lab.world.world import World

KILLED = 0xC000013A
CRASHED = 0xE0434352
"""Exit code of a program that died of an exception, as .NET ends one."""


class Console:
    """Standard input and output for the program's own thread; reading raises ProgramKilledError when killed."""

    def __init__(self, output: Output) -> None:
        self.attachment = Attachment()
        self._output = output
        self._changed = threading.Condition()
        self._input = bytearray()
        self._closed = False
        self._over = False

    def out(self, data: bytes) -> None:
        """Write to standard output; nothing gets out of a program that is over."""
        self._write("stdout", data)

    def err(self, data: bytes) -> None:
        """Write to standard error."""
        self._write("stderr", data)

    def read_line(self) -> bytes | None:
        """The next line without its end, or what is left before the end of input; None at the end. Blocks."""
        with self._changed:
            while b"\n" not in self._input and not self._closed:
                self._wait(None)
            line, newline, rest = bytes(self._input).partition(b"\n")
            self._input[:] = rest
            return line.rstrip(b"\r") if line or newline else None

    def read_some(self) -> bytes | None:
        """Whatever has come in; None at the end. Blocks."""
        with self._changed:
            while not self._input and not self._closed:
                self._wait(None)
            data = bytes(self._input)
            self._input.clear()
            return data or None

    def pause(self, seconds: float) -> None:
        """Let real time pass."""
        until = time.monotonic() + seconds
        with self._changed:
            while (left := until - time.monotonic()) > 0:
                self._wait(left)

    def until_over(self) -> NoReturn:
        """Block until the program is over, which raises ProgramKilledError; for a thread that only looks after it."""
        with self._changed:
            while True:
                self._wait(None)

    def feed(self, data: bytes) -> None:
        """Take input. Any thread."""
        with self._changed:
            self._input += data
            self._changed.notify_all()

    def close_input(self) -> None:
        """No more input. Any thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def end(self, exit_code: int) -> None:
        """The program is over; only the first call counts. Any thread."""
        with self._changed:
            if self._over:
                return
            self._over = True
            self._changed.notify_all()
            self._output.done(exit_code)

    def _write(self, stream: str, data: bytes) -> None:
        with self._changed:
            if not self._over:
                self._output.write(stream, data)

    def _wait(self, seconds: float | None) -> None:
        if self._over:
            raise ProgramKilledError
        self._changed.wait(seconds)


class Process:
    """A Program (hvdesk.lab.programs) whose `main` runs in a daemon thread of its own and gives the exit code."""

    def __init__(self, world: World, name: str, output: Output, main: Callable[[Console], int]) -> None:
        self._world = world
        self._console = Console(output)
        self._thread = threading.Thread(target=self._run, args=(main,), name=f"lab {name}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Give bytes to its standard input. Any thread."""
        self._console.feed(data)

    def close_input(self) -> None:
        """End its standard input. Any thread."""
        self._console.close_input()

    def kill(self) -> None:
        """End it at once, whatever its cmdlet waits for. Any thread."""
        self._console.end(KILLED)
        self._world.kill(self._console.attachment)

    def join(self, seconds: float) -> bool:
        """Wait for its thread to end; False when it did not. Any other thread."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self, main: Callable[[Console], int]) -> None:
        exit_code = CRASHED
        try:
            exit_code = main(self._console)
        except ProgramKilledError:
            exit_code = KILLED
        finally:
            self._console.end(exit_code)

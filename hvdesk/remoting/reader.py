"""The thread that always holds a Receive: output of a remote process as lines, on its own logon."""

from __future__ import annotations

import logging
import threading
import time
from queue import SimpleQueue

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Timing
from hvdesk.remoting.events import Down, Ended, Event, Gap, Line
from hvdesk.remoting.trouble import LinkDown
from hvdesk.remoting.wire import Output, Wire

log = logging.getLogger(__name__)

STDERR_KEPT = 4_000


class Reader:
    """Reads one process until it is over, `stop` is called, or the host cannot be reached for as long as its shell
    would live. Made and stopped by the session's owner; everything between runs in a daemon thread of its own."""

    def __init__(self, wire: Wire, shell: str, process: str, timing: Timing, name: str) -> None:
        self.events: SimpleQueue[Event] = SimpleQueue()
        self._wire = wire
        self._shell = shell
        self._process = process
        self._timing = timing
        self._name = name
        self._stopping = threading.Event()
        self._over = threading.Event()
        self._partial = b""
        self._stderr = b""
        self._pause = 0.0
        self._thread = threading.Thread(target=self._run, name=f"reader {name}", daemon=True)

    def start(self) -> None:
        """Log on and begin to read, in the thread."""
        self._thread.start()

    @property
    def over(self) -> bool:
        """True when nothing more will come. Any thread."""
        return self._over.is_set()

    def expect_end(self) -> None:
        """From now on a lost connection is the end, not a reason to log on anew. Owner only."""
        self._stopping.set()

    def stop(self) -> None:
        """End the Receive and the thread; the process itself is not touched. Owner only."""
        self._stopping.set()
        self._wire.wake()
        self._thread.join(self._timing.connect)
        if self._thread.is_alive():
            log.warning("%s: the reader is still waiting for its turn to log on; it ends after that", self._name)

    def _run(self) -> None:
        end = Ended()
        try:
            end = self._read()
        except HvError as error:
            end = Ended(error=error, words=self._words())
        finally:
            self._wire.renew()
            self.events.put(end)
            self._over.set()

    def _read(self) -> Ended:
        heard = time.monotonic()
        while not self._stopping.is_set():
            try:
                output = self._wire.receive(self._shell, self._process)
            except LinkDown as down:
                self.events.put(Down(down))
                if not self._reach_again(down, until=heard + self._timing.idle):
                    return Ended(error=down)
                self._partial = b""
                self.events.put(Gap())
            else:
                heard = time.monotonic()
                self._pause = 0.0
                if output is not None and (end := self._take(output)) is not None:
                    return end
        return Ended()

    def _take(self, output: Output) -> Ended | None:
        self._stderr = (self._stderr + output.stderr)[-STDERR_KEPT:]
        *lines, self._partial = (self._partial + output.stdout).split(b"\n")
        for line in lines:
            self.events.put(Line(line.rstrip(b"\r").decode("ascii", errors="replace")))
        if output.exit_code is None:
            return None
        return Ended(exit_code=output.exit_code, words=self._words())

    def _reach_again(self, down: LinkDown, until: float) -> bool:
        """Log on anew until it works, the shell must be gone, or the reader is stopped. Any other error passes."""
        while not self._stopping.wait(self._pause) and time.monotonic() < until:
            log.info("%s: connection lost (%s), logging on anew", self._name, down.code)
            self._pause = min(max(self._pause * 2, self._timing.pause), self._timing.pause * 10)
            self._wire.renew()
            try:
                self._wire.log_on()
            except LinkDown as still:
                down = still
            else:
                return True
        return False

    def _words(self) -> str:
        return self._stderr.decode("utf-8", errors="replace").strip()

"""One long-lived process in a remote shell: one connection to send on, one that always receives."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from queue import Empty

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.events import Ended, Event
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon
from hvdesk.remoting.reader import Reader
from hvdesk.remoting.trouble import InputBusy, LinkDown, SessionTrouble
from hvdesk.remoting.wire import Wire

log = logging.getLogger(__name__)

PIECE = 64 * 1024
"""Bytes in one Send: with Base64 and the envelope far below the 150 KB that the oldest servers take."""
BUSY_PAUSE = 0.25


class RemoteProcess:
    """Opened, used and closed by one thread, `interrupt` excepted. Every method raises HvError.

    Two pywinrm Protocols work on the same shell and process: the sender's belongs to the opening thread, the reader's
    to its own. Each has its own logon, the reader's after the sender's has succeeded.
    """

    def __init__(self, endpoint: Endpoint, logon: Logon, gate: LogonGate, timing: Timing | None = None) -> None:
        self._endpoint = endpoint
        self._timing = timing or Timing()
        self._new_wire = partial(Wire, endpoint, logon, gate, self._timing)
        self._sender = self._new_wire()
        self._receiver = self._new_wire()
        self._reader: Reader | None = None
        self._owner = threading.get_ident()
        self._shell = ""
        self._process = ""
        self._used = time.monotonic()
        self._interrupted = threading.Event()
        self._guard = threading.Lock()
        self._asking = False
        self._woken = False
        self.perhaps_sent = False
        """After an error of `send_line`: the line may have reached the process all the same."""

    @property
    def over(self) -> bool:
        """True when it is known that the process is over or out of reach for good. Any thread."""
        reader = self._reader
        return reader is not None and reader.over

    @property
    def timing(self) -> Timing:
        """How patient this process is."""
        return self._timing

    def open(self, command: str, arguments: Sequence[str]) -> None:
        """Log on, open a shell, start the command in it and begin to read. Leaves nothing behind when it fails."""
        self._owned()
        try:
            with self._wakeable():
                self._sender.log_on()
                self._shell = self._sender.create_shell()
                self._process = self._sender.start(self._shell, command, arguments)
            name = self._endpoint.label
            self._reader = Reader(self._receiver, self._shell, self._process, self._timing, name)
            self._reader.start()
            self._used = time.monotonic()
        except BaseException:
            self.close()
            raise

    def feed(self, data: bytes) -> None:
        """Put bytes into the process's input, once. Waits while it has not taken the earlier ones."""
        self._owned()
        until = time.monotonic() + self._timing.start
        for begin in range(0, len(data), PIECE):
            self._send(data[begin : begin + PIECE], until)

    def send_line(self, line: bytes, *, deadline: float, patience: float) -> None:
        """Put a line, its line feed at the end, into the process's input; it may arrive more than once.

        When the connection is lost on the way, the sender logs on anew on the same shell and repeats the line, for
        `patience` seconds, but not beyond `deadline` (time.monotonic). A repetition begins with a line feed, which ends
        whatever piece of the line came through before. The program must take lines of which it has seen the like,
        empty ones and broken ones.
        After an error `perhaps_sent` tells whether the line may have arrived.
        """
        self._owned()
        self.perhaps_sent = False
        data, pause, until = line, 0.0, math.inf
        while True:
            try:
                for begin in range(0, len(data), PIECE):
                    self._send(data[begin : begin + PIECE], min(deadline, time.monotonic() + patience))
                return
            except LinkDown as down:
                self._sender.renew()
                until = min(until, deadline, time.monotonic() + patience)
                if time.monotonic() + pause >= until:
                    raise
                log.info("%s: input may be lost (%s), sending it again", self._endpoint.label, down.code)
                data = b"\n" + line
            if self._interrupted.wait(pause):
                raise self._was_interrupted()
            pause = min(max(pause * 2, self._timing.pause), self._timing.pause * 10)

    def next_event(self, timeout: float) -> Event | None:
        """The next line, gap or end; None when none came within `timeout` seconds. An end is given again and again."""
        self._owned()
        if self._interrupted.is_set():
            raise self._was_interrupted()
        if self._reader is None:
            return Ended()
        try:
            event = self._reader.events.get(timeout=max(timeout, 0))
        except Empty:
            return None
        if isinstance(event, Ended):
            self._reader.events.put(event)
        if self._interrupted.is_set():
            raise self._was_interrupted()
        return event

    def interrupt(self) -> None:
        """Make the owner's running and later calls, `close` excepted, end with HvError `agent.interrupted`.

        Any thread. The process on the host is not touched. A request that waits for the host is given up, and whether
        it arrived is not known; a connection that is being made is waited for.
        """
        with self._guard:
            self._interrupted.set()
            self._woken = self._woken or self._asking
            if self._asking:
                self._sender.wake()
        reader = self._reader
        if reader is not None:
            reader.events.put(Ended())

    def close(self, *, delete_shell: bool = True) -> None:
        """End it, never raising for a host that is away: its shell then ends itself after `Timing.idle` seconds.

        `delete_shell` False lets go of shell and process without ending them.
        """
        self._owned()
        shell, self._shell = self._shell, ""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.expect_end()
        if self._woken:
            self._sender.renew()
            self._sender = self._new_wire()  # the other is awake for good
        if shell and delete_shell:
            self._delete(shell)
        self._sender.renew()
        if reader is not None:
            reader.stop()

    def _delete(self, shell: str) -> None:
        for _ in range(2):
            with contextlib.suppress(LinkDown):
                self._refresh()
                try:
                    self._sender.delete_shell(shell)
                except LinkDown:
                    self._sender.renew()
                    raise
                except HvError as error:
                    log.info("%s: shell not deleted (%s)", self._endpoint.label, error.code)
                return
        log.info("%s: shell not deleted, the host is away", self._endpoint.label)

    def _send(self, data: bytes, until: float) -> None:
        while True:
            self._refresh()
            with self._wakeable():
                self._sender.log_on()  # apart from the rest: what fails here has sent nothing
            try:
                with self._wakeable():
                    self._sender.send(self._shell, self._process, data)
            except InputBusy:
                if time.monotonic() + BUSY_PAUSE >= until:
                    raise
            except SessionTrouble as trouble:
                self.perhaps_sent = self.perhaps_sent or trouble.sent
                raise
            except HvError:
                self.perhaps_sent = True
                raise
            else:
                self._used = time.monotonic()
                return
            self._interrupted.wait(BUSY_PAUSE)

    @contextlib.contextmanager
    def _wakeable(self) -> Iterator[None]:
        """For the owner's requests, which `interrupt` ends, or lets not even begin."""
        with self._guard:
            if self._interrupted.is_set():
                raise self._was_interrupted().unsent()
            self._asking = True
        try:
            yield
        finally:
            with self._guard:
                self._asking = False

    def _refresh(self) -> None:
        if time.monotonic() - self._used > self._timing.silence:
            self._sender.renew()
            self._used = time.monotonic()

    def _was_interrupted(self) -> SessionTrouble:
        return SessionTrouble("agent.interrupted", host=self._endpoint.label)

    def _owned(self) -> None:
        if threading.get_ident() != self._owner:
            raise RuntimeError("a session belongs to the thread that opened it")

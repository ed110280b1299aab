"""Shells and the commands in them: output queues, the waiting Receive, quotas and expiry."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hvdesk.lab.programs import Program
from hvdesk.lab.winrm import faults
from hvdesk.lab.winrm.faults import SoapFaultError

_PEEK_EVERY = 0.25  # seconds between looks whether the client of a waiting Receive is still there


class ClientGoneError(Exception):
    """The client of a waiting Receive hung up; nothing was taken from the queue for it."""


@dataclass(frozen=True, slots=True)
class Output:
    """What one Receive takes: pieces of output, and the exit code when the program is over and its output at an end."""

    pieces: tuple[tuple[str, bytes], ...]
    exit_code: int | None


class Command:
    """One program in a shell, its output waiting to be received. Thread-safe."""

    def __init__(self, command_id: str, megabytes: int = 0) -> None:
        """`megabytes`: what the program is reckoned to need of its shell's memory."""
        self.id = command_id
        self.megabytes = megabytes
        self._program: Program | None = None
        self._changed = threading.Condition()
        self._queue: deque[tuple[str, bytes]] = deque()
        self._exit_code: int | None = None
        self._told = False  # the exit code was given to a client
        self._closed = False
        self._input_ended = False
        self._receiver = 0
        self._waiting = 0

    def attach(self, program: Program) -> None:
        """Tell which program writes here; one that was started for a shell that ended meanwhile is killed."""
        with self._changed:
            self._program = program
            closed = self._closed
        if closed:
            program.kill()

    def send(self, data: bytes, *, end: bool) -> None:
        """Input for the program; faults when the program or its input has ended."""
        with self._changed:
            program = self._program
            if program is None or self._exit_code is not None or self._input_ended:
                raise SoapFaultError(faults.STDIN_CLOSED)
            self._input_ended = end
        if data:
            program.write(data)
        if end:
            program.close_input()

    def write(self, stream: str, data: bytes) -> None:
        """Output of the program (programs.Output)."""
        with self._changed:
            if data and self._exit_code is None:
                self._queue.append((stream, data))
                self._changed.notify_all()

    def done(self, exit_code: int) -> None:
        """The program is over (programs.Output)."""
        with self._changed:
            if self._exit_code is None:
                self._exit_code = exit_code
                self._changed.notify_all()

    @property
    def running(self) -> bool:
        """Whether the program has not ended."""
        with self._changed:
            return self._exit_code is None and not self._closed

    def receive(self, timeout: float, limit: int, alive: Callable[[], bool], *, older_wins: bool = False) -> Output:
        """Wait for output, at most `limit` bytes of it.

        A newer Receive for the same command ends an older one that still waits (fault 995), or with `older_wins` is
        ended by it. Faults: timed out, command over. ClientGoneError when `alive` says so while waiting.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            if self._closed:
                raise SoapFaultError(faults.NO_COMMAND)
            if older_wins and self._waiting:
                raise SoapFaultError(faults.CANCELLED)
            self._waiting += 1
            try:
                return self._wait_for_output(deadline, limit, alive)
            finally:
                self._waiting -= 1

    def _wait_for_output(self, deadline: float, limit: int, alive: Callable[[], bool]) -> Output:
        """Body of `receive`, with the lock held."""
        self._receiver += 1
        mine = self._receiver
        self._changed.notify_all()
        while True:
            if self._closed or mine != self._receiver:
                raise SoapFaultError(faults.CANCELLED)
            if self._told:
                raise SoapFaultError(faults.NO_COMMAND)
            if (self._queue or self._exit_code is not None) and alive():
                return self._take(limit)
            left = deadline - time.monotonic()
            if left <= 0:
                raise SoapFaultError(faults.TIMED_OUT)
            self._changed.wait(min(left, _PEEK_EVERY))
            if not alive():
                raise ClientGoneError

    def give_back(self, output: Output) -> None:
        """Put what a Receive took back in front: its answer could not be delivered."""
        with self._changed:
            self._queue.extendleft(reversed(output.pieces))
            self._told = self._told and output.exit_code is None
            self._changed.notify_all()

    def close(self) -> None:
        """End the program and every waiting Receive; the command is no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.kill()

    def kill(self) -> None:
        """End the program if it runs; its exit code can still be received."""
        with self._changed:
            program = self._program if self._exit_code is None else None
        if program is not None:
            program.kill()

    def _take(self, limit: int) -> Output:
        pieces = []
        while self._queue and limit > 0:
            stream, data = self._queue.popleft()
            if len(data) > limit:
                self._queue.appendleft((stream, data[limit:]))
                data = data[:limit]
            limit -= len(data)
            pieces.append((stream, data))
        over = self._exit_code if not self._queue else None
        self._told = over is not None
        return Output(tuple(pieces), over)


@dataclass(slots=True)
class Shell:
    """A shell of one user on one host; its store's lock guards the mutable part."""

    id: str
    owner: str
    resource: str
    idle_timeout: float  # seconds
    environment: Mapping[str, str]
    working_directory: str
    codepage: int
    client_ip: str
    created: float
    last_used: float
    operations: int = 0  # requests being handled; the shell is not idle meanwhile
    commands: dict[str, Command] = field(default_factory=dict)

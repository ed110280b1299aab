"""The world's lock, its clock and what is due when: everything that takes time is an event here, run by whoever looks.

No thread of its own: each locked look first runs the events that are due, in order, so a held clock is exact.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hvdesk.lab.world.clock import Clock


class ProgramKilledError(Exception):
    """The program that waited was killed."""


class Attachment:
    """What ties a blocked cmdlet to the program it runs in."""

    def __init__(self) -> None:
        self.killed = False


class Timeline:
    """Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._condition = threading.Condition(threading.RLock())
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._running: float | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock, after all that is due has happened."""
        with self._condition:
            self.settle()
            yield

    def now(self) -> float:
        """The moment of the event being run, else the clock's. Needs the lock."""
        return self.clock.now() if self._running is None else self._running

    def date(self) -> str:
        """`now` as ISO-8601 in UTC."""
        return self.clock.date(self.now())

    def call_at(self, moment: float, action: Callable[[], None]) -> None:
        """Run `action` under the lock when the world reaches `moment`. Needs the lock."""
        heapq.heappush(self._events, (moment, next(self._order), action))
        self._condition.notify_all()

    def changed(self) -> None:
        """Let all that wait look again. Needs the lock."""
        self._condition.notify_all()

    def wait(self, done: Callable[[], bool], attachment: Attachment) -> None:
        """Wait until `done()`; raises ProgramKilledError. Needs the lock, which others get meanwhile."""
        while True:
            self.settle()
            if attachment.killed:
                raise ProgramKilledError
            if done():
                return
            self._condition.wait(self.clock.real_seconds_until(self._events[0][0]) if self._events else None)

    def settle(self) -> None:
        """Run what is due, unless that is just being done. Needs the lock."""
        if self._running is not None:
            return
        while self._events and self._events[0][0] <= self.clock.now():
            self._running, _, action = heapq.heappop(self._events)
            try:
                action()
            finally:
                self._running = None
            self._condition.notify_all()

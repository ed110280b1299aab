"""Ends, from another thread, whatever a thread does with its sessions: also while it opens one."""

from __future__ import annotations

import threading
from typing import Protocol


class Interruptible(Protocol):
    """What can be woken."""

    def interrupt(self) -> None:
        """Make the owner's running and later requests end with an error. Any thread."""


class Interrupt:
    """One for each owner of sessions, one session at a time; thread-safe. Once called it stays called: a session that
    is opened afterwards ends before anything is sent."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._called = False
        self._session: Interruptible | None = None

    @property
    def called(self) -> bool:
        """True from the call on."""
        return self._called

    def call(self) -> None:
        """End what the owner does now and will do."""
        with self._lock:
            self._called = True
            if self._session is not None:
                self._session.interrupt()

    def reaches(self, session: Interruptible) -> None:
        """The session that is being opened, in the place of the last one."""
        with self._lock:
            self._session = session
            if self._called:
                session.interrupt()

"""Lets the logons of one credential pass, and stops them all after the first refusal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hvdesk.domain.errors import HvError

PROVEN_SECONDS = 60.0
"""For so long a successful logon shows that the password is good."""
SIDE_BY_SIDE = 4
"""Logons at once with a proven password: the most that can fail when it was changed in the directory meanwhile."""


class LogonRefused(HvError):
    """The host refused the credential, or may have counted a failed logon: never repeated without the user's word."""


class LogonGate:
    """One for each stored credential, shared by every session that uses it; any thread.

    One logon at a time until one has succeeded within the last minute, then up to four. The first refusal closes the
    gate for every host until `reopen`: a wrong password costs one failed logon, whatever number of hosts share it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turn = threading.Condition()
        self._inside = 0
        self._proven_at: float | None = None
        self._refused_by: str | None = None

    @property
    def closed(self) -> bool:
        """True after a refusal, until `reopen`."""
        with self._turn:
            return self._refused_by is not None

    def reopen(self) -> None:
        """The user changed or confirmed the credential: it counts as not proven again."""
        with self._turn:
            self._refused_by = None
            self._proven_at = None
            self._turn.notify_all()

    @contextmanager
    def passing(self, label: str) -> Iterator[None]:
        """Hold the gate for one logon at host `label`; waits for its turn.

        Raises HvError `logon.stopped` without letting anything be sent when the gate is closed. A LogonRefused from
        the block closes it; any other error says nothing about the credential.
        """
        self._enter(label)
        try:
            yield
        except LogonRefused:
            self._leave(refused_by=label)
            raise
        except BaseException:
            self._leave()
            raise
        self._leave(proven=True)

    def _enter(self, label: str) -> None:
        with self._turn:
            while self._refused_by is None and self._inside >= self._places():
                self._turn.wait()
            if self._refused_by is not None:
                raise HvError("logon.stopped", host=label, facts={"refused_by": self._refused_by})
            self._inside += 1

    def _places(self) -> int:
        proven = self._proven_at is not None and self._clock() - self._proven_at < PROVEN_SECONDS
        return SIDE_BY_SIDE if proven else 1

    def _leave(self, *, proven: bool = False, refused_by: str | None = None) -> None:
        with self._turn:
            self._inside -= 1
            if proven:
                self._proven_at = self._clock()
            if refused_by is not None and self._refused_by is None:
                self._refused_by = refused_by
            self._turn.notify_all()

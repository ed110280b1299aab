"""What users and other threads want of a running move, and what its own thread waits for."""

from __future__ import annotations

import threading
import time

from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.messages import Moved


class Wishes:
    """Thread-safe: one thread drives the move and waits here, others come with wishes and with Move-VM's answer."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._news = False
        self._outcome: Outcome[Moved] | None = None
        self._leave = False
        self._cancel = False
        self._harder = False
        self._asked_at: float | None = None

    def answered(self, outcome: Outcome[Moved]) -> None:
        """Move-VM is over, or its answer is lost."""
        with self._changed:
            self._outcome = outcome
            self._tell()

    def cancel(self, *, harder: bool) -> None:
        """The user wants the move to end."""
        with self._changed:
            self._cancel, self._harder = True, harder
            self._tell()

    def leave(self) -> None:
        """The program ends: let the move go on without us."""
        with self._changed:
            self._leave = True
            self._tell()

    @property
    def outcome(self) -> Outcome[Moved] | None:
        """Move-VM's outcome, once there is one."""
        with self._changed:
            return self._outcome

    @property
    def leaving(self) -> bool:
        """True once the move is to be left."""
        with self._changed:
            return self._leave

    @property
    def cancelling(self) -> bool:
        """True while a wish to cancel has not been passed on to the host."""
        with self._changed:
            return self._cancel

    def take_cancel(self) -> bool:
        """Pass the wish on now: True for the harder way. Whether the host takes it is said by `accepted`."""
        with self._changed:
            self._cancel = False
            return self._harder

    def keep_cancel(self) -> None:
        """The wish taken could not be passed on: it stands, and is to be tried again at the next look."""
        with self._changed:
            self._cancel = True

    def accepted(self) -> None:
        """The host took the wish to cancel."""
        with self._changed:
            if self._asked_at is None:
                self._asked_at = time.monotonic()

    def seconds_since_accepted(self) -> float | None:
        """How long ago the host first took the wish to cancel; None when it has not."""
        with self._changed:
            return None if self._asked_at is None else time.monotonic() - self._asked_at

    def wait(self, seconds: float) -> None:
        """Wait for news, or for `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._news, seconds)
            self._news = False

    def _tell(self) -> None:
        self._news = True
        self._changed.notify_all()

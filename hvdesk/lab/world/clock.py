"""The world's clock: real time times a speed, which can be held and moved by hand so that tests are exact."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Seconds since the world began (default: now). Not locked: the world's lock guards it."""

    def __init__(self, speed: float = 1.0, began: datetime | None = None) -> None:
        self._began = began or datetime.now(UTC)
        self._speed = speed
        self._base = 0.0
        self._since: float | None = time.monotonic()

    @property
    def held(self) -> bool:
        """True while time stands still."""
        return self._since is None

    @property
    def speed(self) -> float:
        """World seconds per real second while it runs."""
        return self._speed

    def now(self) -> float:
        """Seconds of the world."""
        if self._since is None:
            return self._base
        return self._base + (time.monotonic() - self._since) * self._speed

    def date(self, at: float | None = None) -> str:
        """A moment (default: now) on the hosts' clocks: UTC, as PowerShell's format "o" writes it."""
        moment = self._began + timedelta(seconds=self.now() if at is None else at)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"

    def hold(self, at: float | None = None) -> None:
        """Stop, now or at the moment `at`, which may lie a little back when that is where something happened."""
        self._base = self.now() if at is None else at
        self._since = None

    def release(self) -> None:
        """Go on from where it stands."""
        self._base, self._since = self.now(), time.monotonic()

    def set_speed(self, speed: float) -> None:
        """World seconds per real second, more than 0; raises ValueError."""
        if not speed > 0:
            raise ValueError("the speed must be more than 0; use hold to stop the clock")
        self._base = self.now()
        self._speed = speed
        if self._since is not None:
            self._since = time.monotonic()

    def advance(self, seconds: float) -> None:
        """Jump forward, held or not; raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError("the clock only goes forward")
        self._base += seconds

    def real_seconds_until(self, moment: float) -> float | None:
        """How long to wait for a moment of the world; None while held."""
        if self._since is None:
            return None
        return max(0.0, (moment - self.now()) / self._speed)

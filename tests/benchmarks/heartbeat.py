"""Measures how long a thread with an event loop of Qt is deaf: a timer that should fire every few milliseconds."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

BEAT_MS = 4


@dataclass(frozen=True)
class Delays:
    """How many milliseconds events had to wait, one figure for each moment at which one might have come."""

    percentile_99: float
    longest: float


class Heartbeat(QObject):
    """Beats on the thread that made it."""

    def __init__(self) -> None:
        super().__init__()
        self._beats: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def listen(self, seconds: float) -> Delays:
        """Run the event loop for so long and tell how deaf it was."""
        loop = QEventLoop()
        self._beats = [time.perf_counter()]
        self._timer.start(BEAT_MS)
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        self._timer.stop()
        return delays(self._beats)

    def _beat(self) -> None:
        self._beats.append(time.perf_counter())


def delays(beats: Sequence[float]) -> Delays:
    """What the moments of the beats, in seconds, tell.

    A stall swallows the beats that were due in it. They are put back, each with what was left of the stall when it was
    due: otherwise a long stall would count as a single late beat, and the percentile would not see it.
    """
    waited = [0.0]
    for before, after in itertools.pairwise(beats):
        late = (after - before) * 1000 - BEAT_MS
        waited.append(max(late, 0.0))
        while (late := late - BEAT_MS) > 0:
            waited.append(late)
    waited.sort()
    return Delays(percentile_99=waited[int(0.99 * (len(waited) - 1))], longest=waited[-1])

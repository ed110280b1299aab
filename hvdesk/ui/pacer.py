"""Spreads questions to many hosts over time, so that their answers do not all come in the same moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

PACE_MS = 40
"""Between two questions. While the answers of twenty hosts are read and decoded at once, the window's thread waits for
its turn at the interpreter like every other thread, and stalls for longer than a user overlooks (`dev.py bench`)."""


class Pacer(QObject):
    """The window's thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PACE_MS)
        self._timer.timeout.connect(self._next)

    def ask(self, question: Callable[[], None], *, first: bool = False) -> None:
        """Call `question` now, or when its turn comes; `first`: before all that wait."""
        (self._waiting.appendleft if first else self._waiting.append)(question)
        if not self._timer.isActive():
            self._next()

    def close(self) -> None:
        """Ask nothing any more, what waits included."""
        self._timer.stop()
        self._waiting.clear()

    def _next(self) -> None:
        if self._waiting:
            self._timer.start()
            self._waiting.popleft()()

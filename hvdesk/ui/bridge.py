"""The only way from a worker thread into the window: a queue, one signal, and a door that is closed before the end."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")

TURN_SECONDS = 0.008
"""How long deliveries may hold up one turn of the event loop; the rest waits for the next turn."""


class Bridge(QObject):
    """Lives on the window's thread. `post` and what `to` returns may be called on any thread, at any time.

    After `close` nothing is delivered any more: closing takes the lock that posting takes, so no worker can be inside
    Qt while the application goes away (without the lock that ends in crashes at exit).
    """

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._queue: deque[Callable[[], None]] = deque()
        self._open = True
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def post(self, delivery: Callable[[], None]) -> None:
        """Have `delivery` called on the window's thread, in the order of posting; dropped when closed."""
        with self._lock:
            if not self._open:
                return
            self._queue.append(delivery)
            if len(self._queue) == 1:
                self._woken.emit()

    def to(self, owner: QObject, slot: Callable[[T], None]) -> Callable[[T], None]:
        """A callback for Core: calls `slot` on the window's thread, unless `owner` is gone by then."""

        def callback(value: T) -> None:
            def deliver() -> None:
                if shiboken6.isValid(owner):
                    slot(value)

            self.post(deliver)

        return callback

    def close(self) -> None:
        """Deliver nothing from now on. The window's thread, before the application ends."""
        with self._lock:
            self._open = False
            self._queue.clear()

    def _drain(self) -> None:
        deadline = time.monotonic() + TURN_SECONDS
        try:
            while delivery := self._first():
                delivery()
                if time.monotonic() > deadline:
                    break
        finally:  # also when a delivery raised: the others still come
            with self._lock:
                if self._queue and self._open:
                    self._woken.emit()

    def _first(self) -> Callable[[], None] | None:
        with self._lock:
            return self._queue.popleft() if self._queue else None

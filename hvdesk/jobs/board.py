"""The board: the latest view of every job, and who wants to hear when one changes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hvdesk.domain.move import JobView
from hvdesk.jobs.threads import safely


class Board:
    """Thread-safe. Subscribers are called on the thread that puts a view up; views of one job are put up by one thread
    at a time, so each subscriber sees them in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._views: dict[str, JobView] = {}
        self._subscribers: dict[object, Callable[[JobView], None]] = {}

    def put(self, view: JobView) -> None:
        """Replace the view of this job and tell the subscribers; nothing happens when nothing changed."""
        with self._lock:
            if self._views.get(view.id) == view:
                return
            self._views[view.id] = view
            subscribers = list(self._subscribers.values())
        for tell in subscribers:
            safely(tell, view)

    def views(self) -> tuple[JobView, ...]:
        """The latest view of every job, in the order in which they came up."""
        with self._lock:
            return tuple(self._views.values())

    def subscribe(self, tell: Callable[[JobView], None]) -> Callable[[], None]:
        """Call `tell` with every new view; gives back the undo."""
        key = object()
        with self._lock:
            self._subscribers[key] = tell

        def undo() -> None:
            with self._lock:
                self._subscribers.pop(key, None)

        return undo

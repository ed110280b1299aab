"""The runner: each job has a thread of its own, known by name, that can be waited for when the program ends."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hvdesk.jobs.threads import Deadline, start


class Runner:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()

    def start(self, name: str, work: Callable[[], object]) -> threading.Thread:
        """Run a job; an exception that leaves `work` goes to `threading.excepthook`."""
        thread = start(name, work)
        with self._lock:
            self._threads = {known for known in self._threads if known.is_alive()} | {thread}
        return thread

    def join(self, seconds: float) -> tuple[str, ...]:
        """Wait for every job within `seconds`; the names of those that still run. They must have been told to end."""
        deadline = Deadline(seconds)
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(deadline.left())
        return tuple(thread.name for thread in threads if thread.is_alive())

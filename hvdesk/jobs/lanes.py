"""A lane: one thread that runs short operations one after the other, in the order they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from hvdesk.domain.errors import HvError
from hvdesk.domain.outcome import Outcome
from hvdesk.jobs.threads import report_exception, safely, start

T = TypeVar("T")
_Task = tuple[Callable[[], Any], Callable[[Outcome[Any]], None]]


class Lane:
    """Thread-safe. Every `deliver` is called exactly once, on the lane's thread (or on the one that closes the lane).

    `at_rest` is called on the lane's thread when nothing came for `rest_seconds`, and once more at the end: what the
    operations share, a session, belongs to that thread and is put away there.
    """

    def __init__(self, name: str, *, at_rest: Callable[[], None], rest_seconds: float | None = None) -> None:
        self._at_rest = at_rest
        self._rest_seconds = rest_seconds
        self._tasks: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = start(f"lane {name}", self._run)

    def submit(self, work: Callable[[], T], deliver: Callable[[Outcome[T]], None]) -> None:
        """Run `work` when its turn comes and hand its result or error to `deliver`; after `close` at once an error."""
        with self._changed:
            if not self._closing:
                self._tasks.append((work, deliver))
                self._changed.notify()
                return
        deliver(Outcome(error=HvError("program.closing")))

    def stop(self) -> None:
        """Take nothing more; what waits gets the error `program.closing`, what runs goes on. Does not wait."""
        with self._changed:
            self._closing = True
            waiting = list(self._tasks)
            self._tasks.clear()
            self._changed.notify()
        closing: Outcome[Any] = Outcome(error=HvError("program.closing"))
        for _, deliver in waiting:
            safely(deliver, closing)

    def join(self, seconds: float) -> bool:
        """After `stop`: wait for the thread; False when an operation still holds it."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            work, deliver = task
            safely(deliver, outcome_of(work))
            del task, work, deliver  # what they hold must not live until the next task comes
        safely(self._at_rest)

    def _next(self) -> _Task | None:
        """The next task; None when the lane is to end. Waiting and looking are one under the condition: no task that
        is submitted meanwhile is missed."""
        rested = False
        while True:
            with self._changed:
                arrived = self._changed.wait_for(
                    lambda: self._tasks or self._closing, None if rested else self._rest_seconds
                )
                if arrived:
                    return self._tasks.popleft() if self._tasks else None
            safely(self._at_rest)
            rested = True


def outcome_of(work: Callable[[], T]) -> Outcome[T]:
    """Run `work` now; any exception becomes the outcome's error. One that is no HvError is a defect of ours: it is
    reported as well, and the outcome says `program.defect`."""
    try:
        return Outcome(value=work())
    except HvError as error:
        return Outcome(error=error)
    except Exception as error:  # noqa: BLE001 - not swallowed: reported and handed over
        report_exception()
        return Outcome(error=HvError("program.defect", facts={"detail": repr(error)}))

"""Waiting in the main thread for what worker threads deliver, in a way that Ctrl+C can always end."""

from __future__ import annotations

import queue
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Generic, TypeVar

from hvdesk.app.core import Core
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.host import HyperVHost
from hvdesk.settings.schema import HostEntry

T = TypeVar("T")

_TURN_SECONDS = 0.2
"""On Windows a wait without end cannot be interrupted, so none is longer than this."""


class Interrupt:
    """Stands in the inbox for one Ctrl+C."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came for the time asked for."""


class Inbox(Generic[T]):
    """What workers deliver, in order. `put` may be called on any thread and by a signal handler.

    As a context it takes Ctrl+C: instead of KeyboardInterrupt an `Interrupt` comes.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[T | Interrupt] = queue.SimpleQueue()
        self._before: Any = None

    def put(self, item: T) -> None:
        """Deliver one item."""
        self._queue.put(item)

    def next(self, seconds: float | None = None) -> T | Interrupt | Silence:
        """Wait for the next item; `Silence` when none came within `seconds`. Main thread."""
        waited = 0.0
        while True:
            try:
                return self._queue.get(timeout=_TURN_SECONDS)
            except queue.Empty:
                waited += _TURN_SECONDS
                if seconds is not None and waited >= seconds:
                    return Silence()

    def __enter__(self) -> Inbox[T]:
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self._queue.put(Interrupt())


class Answer(Generic[T]):
    """One answer that a worker delivers."""

    def __init__(self) -> None:
        self._inbox: Inbox[Outcome[T]] = Inbox()

    def deliver(self, outcome: Outcome[T]) -> None:
        """The answer has come. Any thread."""
        self._inbox.put(outcome)

    def get(self) -> T:
        """Wait for it; raises its error, or KeyboardInterrupt for Ctrl+C. Main thread."""
        outcome = self._inbox.next()
        assert isinstance(outcome, Outcome)
        return outcome.get()


def ask_all(
    core: Core, entries: Sequence[HostEntry], op: Callable[[HyperVHost], T]
) -> list[tuple[HostEntry, Outcome[T]]]:
    """Ask all hosts side by side; the answers in the order of `entries`."""
    inbox: Inbox[tuple[str, Outcome[T]]] = Inbox()
    for entry in entries:
        core.ask(entry.id, op, lambda outcome, host_id=entry.id: inbox.put((host_id, outcome)))  # type: ignore[misc]
    answers: dict[str, Outcome[T]] = {}
    while len(answers) < len(entries):
        answer = inbox.next()
        assert isinstance(answer, tuple)
        answers[answer[0]] = answer[1]
    return [(entry, answers[entry.id]) for entry in entries]

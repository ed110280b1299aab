"""Commands that wait for something to happen in the world: the exact moment for what tests let others do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class _Trigger:
    event: str
    host: str | None
    then: dict[str, Any]


class Triggers:
    """Guarded by the world's lock. `errors` collects what commands that ran answered when they failed."""

    def __init__(self, run: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self._run = run
        self._waiting: list[_Trigger] = []
        self.errors: list[str] = []

    def add(self, event: str, host: str | None, then: dict[str, Any]) -> None:
        """Run `then` once, at the next `event` (on `host`, when one is given)."""
        self._waiting.append(_Trigger(event, host, then))

    def tell(self, event: str, host: str) -> None:
        """`event` has just happened on `host`."""
        due = [trigger for trigger in self._waiting if trigger.event == event and trigger.host in (None, host)]
        self._waiting = [trigger for trigger in self._waiting if trigger not in due]
        for trigger in due:
            answer = self._run(trigger.then)
            if not answer["ok"]:
                self.errors.append(f"at {event}: {answer['error']}")

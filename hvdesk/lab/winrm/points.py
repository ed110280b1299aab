"""Fault points: rules given over the control line that make a host misbehave at a chosen moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hvdesk.lab.winrm import faults

_WIRE = frozenset({"delay", "drop", "reset", "hang"})
_SHELL = frozenset({"status", "fault", "garbage", "bad_seal", "expire_shell", "kill_process"})
_ACTIONS = {
    "connect": _WIRE | {"refuse"},
    "auth": _WIRE | {"refuse", "status"},
    "before": _WIRE | _SHELL,
    "after": _WIRE | _SHELL,
    "answer": _WIRE | {"garbage", "bad_seal", "slow", "short_length", "long_length"},
}
_VERBS = frozenset({"Create", "Command", "Send", "Receive", "Signal", "Delete", "Get", "*"})
_PEEK_EVERY = 0.1  # seconds


class RuleError(ValueError):
    """The rule names a point, verb or action that does not exist, or an action that its point cannot do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens at a point. `seconds` belongs to delay, slow and hang (0: until cleared), `code` to status and
    fault, which may go by its `name` instead."""

    host: str
    point: str
    verb: str
    action: str
    seconds: float
    code: int
    name: str = ""


class FaultPlan:
    """The rules in force, in the order in which they came. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rules: list[tuple[Rule, int | None]] = []
        self._cleared = 0

    def add(self, command: Mapping[str, object]) -> None:
        """Add the rule of a control command; `times` null means until cleared. RuleError when it makes no sense."""
        rule = _rule(command)
        times = command.get("times", 1)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise RuleError("times is a number from 1, or null for always")
        with self._changed:
            self._rules.append((rule, times))

    def clear(self) -> None:
        """Drop all rules; what hangs or is delayed goes on."""
        with self._changed:
            self._rules.clear()
            self._cleared += 1
            self._changed.notify_all()

    def take(self, host: str, point: str, verb: str = "*") -> Rule | None:
        """The rule that strikes now, used up by one."""
        with self._changed:
            for index, (rule, times) in enumerate(self._rules):
                if rule.point != point or rule.host not in ("*", host) or rule.verb not in ("*", verb):
                    continue
                if times == 1:
                    del self._rules[index]
                elif times is not None:
                    self._rules[index] = (rule, times - 1)
                return rule
        return None

    def wait(self, seconds: float, alive: Callable[[], bool]) -> None:
        """Wait out a delay or a hang; ends early when the rules are cleared or the client is gone."""
        deadline = time.monotonic() + seconds if seconds else None
        with self._changed:
            cleared = self._cleared
            while cleared == self._cleared and alive():
                left = _PEEK_EVERY if deadline is None else deadline - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(min(left, _PEEK_EVERY))


def _rule(command: Mapping[str, object]) -> Rule:
    point = str(command.get("point", ""))
    verb = str(command.get("verb", "*"))
    action = str(command.get("action", ""))
    seconds, code = command.get("seconds", 0), command.get("code", 0)
    name = ""
    if point not in _ACTIONS:
        raise RuleError(f"no point {point!r}; there are {', '.join(_ACTIONS)}")
    if action not in _ACTIONS[point]:
        raise RuleError(f"point {point} cannot do {action!r}; it can {', '.join(sorted(_ACTIONS[point]))}")
    if verb not in _VERBS:
        raise RuleError(f"no verb {verb!r}; there are {', '.join(sorted(_VERBS))}")
    if action == "fault" and isinstance(code, str):
        if code not in faults.NAMES:
            raise RuleError(f"no fault {code!r}; there are {', '.join(sorted(faults.NAMES))}")
        name, code = str(code), -1  # a code for the check below; the name is what counts
    if not isinstance(seconds, (int, float)) or not isinstance(code, int):
        raise RuleError("seconds and code are numbers")
    if (action in ("delay", "slow") and not seconds) or (action in ("status", "fault") and not code):
        raise RuleError(f"{action} needs {'code' if action in ('status', 'fault') else 'seconds'}")
    return Rule(str(command.get("host", "*")), point, verb, action, float(seconds), code, name)

"""Daemon threads that are named, can be waited for, and never lose an exception."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable


def start(name: str, work: Callable[[], object]) -> threading.Thread:
    """Run `work` on a daemon thread: one that hangs on the wire must not keep the program from ending."""
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def safely(call: Callable[..., object], *args: object) -> None:
    """Call somebody else's function in a loop that must go on whatever it raises; see `report_exception`."""
    try:
        call(*args)
    except Exception:  # noqa: BLE001 - not swallowed: reported
        report_exception()


def report_exception() -> None:
    """Give the exception being handled to `threading.excepthook`, where the log and the crash file hear of it."""
    kind, error, trace = sys.exc_info()
    if kind is not None:
        threading.excepthook(threading.ExceptHookArgs((kind, error, trace, threading.current_thread())))


class Deadline:
    """A moment by which something has to be over, shared by several waits. Times are seconds of the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the moment, never below 0."""
        return max(0.0, self._at - time.monotonic())

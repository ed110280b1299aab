"""Errors that nobody caught, shown once each instead of being lost in a log."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtWidgets import QWidget

from hvdesk.domain.errors import HvError
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.error_dialog import ErrorDialog
from hvdesk.ui.texts import APP_NAME


class Defects:
    """Stands before the hooks of the crash file while it is open; made and closed on the window's thread.

    In a hook no widget is made: the error may have come on any thread, or inside a paint event.
    """

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        self._bridge, self._parent = bridge, parent
        self._seen: set[tuple[str, int]] = set()
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._hooks

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._hooks[0](kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt):
            self._bridge.post(self._telling(error))

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        self._hooks[1](args)
        if args.exc_value is not None:
            self._bridge.post(self._telling(args.exc_value))

    def _telling(self, error: BaseException) -> Callable[[], None]:
        """What shows `error`, unless one from the same place was shown before: a timer's would come for ever."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
        detail = type(error).__name__

        def tell() -> None:
            if place not in self._seen:
                self._seen.add(place)
                words = "".join(traceback.format_exception_only(error))
                report = HvError("program.defect", facts={"detail": detail}, host_words=words).report()
                ErrorDialog(APP_NAME, report, self._parent).open()

        return tell

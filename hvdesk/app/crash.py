"""What is left behind when the program crashes: stacks of all threads, and errors that nobody caught."""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from hvdesk import __version__

_log = logging.getLogger(__name__)
MAX_BYTES = 1_000_000


class CrashFile:
    """Takes the interpreter's hooks while it is open. Made and closed on the main thread.

    A crash of the interpreter itself is written by `faulthandler`, an uncaught exception by the hooks, which then do
    what they did before (print, or tell a test). Nothing here may raise: a hook that does loses the error it was for.
    """

    def __init__(self, path: Path) -> None:
        if path.exists() and path.stat().st_size > MAX_BYTES:
            os.replace(path, path.with_name(path.name + ".1"))
        self._file: TextIO = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115  # till close
        self._was_enabled = faulthandler.is_enabled()
        faulthandler.enable(self._file)
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable

    def close(self) -> None:
        """Give the hooks back and close the file."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        faulthandler.disable()
        if self._was_enabled and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        self._file.close()

    def record(self, where: str, error: BaseException) -> None:
        """Write the error with its stack, here and into the log. Any thread; never raises."""
        text = "".join(traceback.format_exception(error))
        try:
            self._file.write(f"{datetime.now(UTC).isoformat()} hvdesk {__version__} ({where})\n{text}\n")
            self._file.flush()
        except (OSError, ValueError):  # disk full, or the file is closed already
            _log.warning("crash file not written")
        _log.error("uncaught error (%s)\n%s", where, text)

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            self.record("main", error)
        self._hooks[0](kind, error, trace)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.record(args.thread.name if args.thread else "a thread", args.exc_value)
        self._hooks[1](args)

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            self.record(f"while deleting: {args.err_msg}", args.exc_value)
        self._hooks[2](args)

"""The log: one file in the data folder that several programs may write to, rotated, for this user only."""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path

from hvdesk import __version__
from hvdesk.settings.lockfile import locked

MAX_BYTES = 1_000_000
KEPT = 3
_FORMAT = "%(asctime)s %(process)d %(threadName)s %(levelname)s %(name)s: %(message)s"
_LOCK_SECONDS = 2.0


class SharedLog(WatchedFileHandler):
    """Appends to `path`; when it is full one of the programs that write to it renames it, the others follow.

    On Windows a file that another program has open cannot be renamed: then it grows, and is tried again later.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        super().__init__(path, encoding="utf-8", errors="backslashreplace")
        self.setFormatter(logging.Formatter(_FORMAT))

    def _open(self) -> TextIOWrapper:
        return open(self._path, "a", encoding="utf-8", errors="backslashreplace", opener=_private)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; called by `logging` under this handler's lock."""
        super().emit(record)
        try:
            if self.stream is not None and self.stream.tell() >= self._max_bytes:
                self.stream.close()  # else Windows does not let it be renamed
                self.stream = None
                self._rotate()
        except OSError:
            self._max_bytes += MAX_BYTES  # held by another program: try again when it has grown as much again

    def _rotate(self) -> None:
        with locked(self._path.with_name(self._path.name + ".lock"), _LOCK_SECONDS):
            if self._path.stat().st_size < self._max_bytes:
                return  # another program was faster
            for number in range(KEPT - 1, 0, -1):
                if self._numbered(number).exists():
                    os.replace(self._numbered(number), self._numbered(number + 1))
            os.replace(self._path, self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def start(path: Path) -> SharedLog:
    """Log hvdesk from INFO and every library from WARNING on to `path`; once per program. Raises OSError.

    Libraries stay at WARNING because what pyspnego and urllib3 write below it may hold tokens of a logon.
    """
    handler = SharedLog(path)
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.addHandler(handler)
    ours = logging.getLogger("hvdesk")
    ours.setLevel(logging.INFO)
    ours.info("hvdesk %s, Python %s on %s", __version__, sys.version.split()[0], sys.platform)
    return handler


def stop(handler: SharedLog) -> None:
    """Close the log; what is logged later goes nowhere."""
    logging.getLogger().removeHandler(handler)
    handler.close()

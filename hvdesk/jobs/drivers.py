"""Who drives a job: each program holds a lock file of its own while it lives, whatever way it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import uuid4

from hvdesk.domain.errors import HvError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Drivers:
    """This program as a driver, named by `token`, and the look at the others. Thread-safe.

    The system frees the lock of a program that is killed. Tokens are never used twice, so a file that could be locked
    belongs to nobody any more and is removed.
    """

    def __init__(self, folder: Path) -> None:
        """Makes the folder if need be and holds our file in it; raises HvError `journal.unusable`."""
        self._folder = folder
        self.token = str(uuid4())
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._path(self.token), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise HvError("journal.unusable", facts={"path": folder}, host_words=str(error)) from error
        _try_lock(self._handle)  # nobody else knows the file yet

    def alive(self, token: str) -> bool:
        """True while the program of this token runs."""
        if token == self.token:
            return True
        try:
            handle = os.open(self._path(token), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            gone = _try_lock(handle)
        finally:
            os.close(handle)
        if gone:
            self._path(token).unlink(missing_ok=True)
        return not gone

    def close(self) -> None:
        """Stop being a driver; call it last, when no job of this program goes on."""
        os.close(self._handle)
        self._path(self.token).unlink(missing_ok=True)

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"

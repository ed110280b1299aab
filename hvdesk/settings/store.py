"""The settings file: typed, changed under a lock file, replaced atomically, keys of newer programs kept."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hvdesk.domain.errors import HvError
from hvdesk.settings.lockfile import locked
from hvdesk.settings.schema import SCHEMA_VERSION, Settings

_LOCK_SECONDS = 10.0

Stamp = tuple[int, int, int] | None
"""Inode, time of change and size of the file; None when there is no file. Another program's replacement differs."""


class SettingsStore:
    """The settings in one JSON file. Any thread.

    The file is read when first needed, at each change and by `reload_if_changed`. Its last good version is kept beside
    it as `.bak`; a broken file is never overwritten.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.backup = path.with_name(path.name + ".bak")
        self._lock_file = path.with_name(path.name + ".lock")
        self._lock = threading.Lock()
        self._known: Settings | None = None
        self._stamp: Stamp = None

    def snapshot(self) -> Settings:
        """The settings as last read; raises HvError `settings.broken`, `settings.newer` or `settings.unreadable`."""
        with self._lock:
            if self._known is None:
                self._read()
            assert self._known is not None
            return self._known

    def reload_if_changed(self) -> None:
        """Read the file again if another program replaced it. Raises as `snapshot`, which keeps what was known."""
        with self._lock:
            if self._known is None or self._stamp != _stamp_of(self.path):
                self._read()

    def change(self, change: Callable[[Settings], Settings]) -> Settings:
        """Apply `change` to what the file holds at that moment and write the result.

        Raises as `snapshot`, what `change` raises (nothing is written then), and HvError `settings.locked` or
        `settings.unwritable`.
        """
        with self._lock:
            try:
                with locked(self._lock_file, _LOCK_SECONDS):
                    raw = self._read()
                    assert self._known is not None
                    changed = change(self._known)
                    if changed != self._known:
                        self._write(_merged(raw, msgspec.to_builtins(changed)))
                        self._known, self._stamp = changed, _stamp_of(self.path)
                    return changed
            except TimeoutError as error:
                raise HvError("settings.locked", facts={"path": self.path}) from error
            except OSError as error:
                raise HvError("settings.unwritable", facts={"path": self.path}, host_words=str(error)) from error

    def _read(self) -> dict[str, Any]:
        """Read the file into `_known`; returns it as plain data, unknown keys included."""
        stamp = _stamp_of(self.path)  # before reading: a replacement in between is read once more, never missed
        facts = {"path": self.path, "backup": self.backup}
        try:
            raw = msgspec.json.decode(self.path.read_bytes(), type=dict[str, Any]) if stamp else {}
            version = raw.get("version", SCHEMA_VERSION)
            if isinstance(version, int) and version > SCHEMA_VERSION:
                raise HvError("settings.newer", facts=facts)
            known = msgspec.convert(raw, Settings)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:  # a ValidationError is a DecodeError
            raise HvError("settings.broken", facts=facts, host_words=str(error)) from error
        except OSError as error:
            raise HvError("settings.unreadable", facts=facts, host_words=str(error)) from error
        self._known, self._stamp = known, stamp
        return raw

    def _write(self, raw: dict[str, Any]) -> None:
        if self.path.exists():
            _replace(self.backup, self.path.read_bytes())
        _replace(self.path, msgspec.json.format(msgspec.json.encode(raw), indent=2) + b"\n")


def _stamp_of(path: Path) -> Stamp:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _replace(path: Path, content: bytes) -> None:
    """Write a new file beside `path` and put it in its place: readers see the old one or the new one, whole."""
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _merged(old: Any, new: Any) -> Any:
    """`new` with the keys that only `old` has; entries of lists belong together by their `id`."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, (list, tuple)):
        by_id = {entry["id"]: entry for entry in old if isinstance(entry, dict) and "id" in entry}
        return [_merged(by_id.get(entry.get("id")), entry) if isinstance(entry, dict) else entry for entry in new]
    return new

"""Notices that another program changed the settings."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from hvdesk.domain.errors import HvError
from hvdesk.settings.store import SettingsStore

_log = logging.getLogger(__name__)


class SettingsWatch:
    """A daemon thread that looks at the file's stamp every `seconds` and calls `changed` on itself when it differs.

    A file that became broken meanwhile is logged once; the settings known so far go on.
    """

    def __init__(self, store: SettingsStore, changed: Callable[[], None], seconds: float = 1.0) -> None:
        self._store = store
        self._changed = changed
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="settings watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and wait for it; not from `changed`."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        trouble = ""
        while not self._stop.wait(self._seconds):
            try:
                differs = self._store.reload_if_changed()
            except HvError as error:
                if error.code != trouble:
                    _log.warning("settings not read again: %s %s", error.code, error.host_words)
                trouble = error.code
                continue
            trouble = ""
            if differs:
                self._changed()

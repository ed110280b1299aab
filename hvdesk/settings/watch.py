"""Tells when the settings differ, changed by this program or by another one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from hvdesk.domain.errors import HvError
from hvdesk.settings.store import SettingsStore

_log = logging.getLogger(__name__)


class SettingsWatch:
    """A daemon thread that looks at the file every `seconds` and calls `changed` when the settings are other than
    those it last told of. Its own errors end nothing: a file that became broken is logged once, and the settings known
    so far go on.
    """

    def __init__(self, store: SettingsStore, changed: Callable[[], None], seconds: float = 1.0) -> None:
        self._store = store
        self._changed = changed
        self._seconds = seconds
        self._told = store.snapshot()
        self._turn = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="settings watch", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Look at once: this program made a change. Any thread."""
        self._turn.set()

    def close(self) -> None:
        """End the thread and wait for it; not from `changed`."""
        self._ending = True
        self._turn.set()
        self._thread.join()

    def _run(self) -> None:
        trouble = ""
        while True:
            self._turn.wait(self._seconds)
            self._turn.clear()
            if self._ending:
                return
            try:
                self._store.reload_if_changed()
                trouble = ""
            except HvError as error:
                if error.code != trouble:
                    _log.warning("settings not read again: %s %s", error.code, error.host_words)
                trouble = error.code
            now = self._store.snapshot()
            if now != self._told:
                self._told = now
                self._changed()

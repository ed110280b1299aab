"""Asks the destination for the free space behind a folder, once the typing has come to rest."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from hvdesk.app.core import Core
from hvdesk.domain.model import FolderListing
from hvdesk.domain.outcome import Outcome
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.questions import nearest_listing

_REST_MS = 400


class SpaceFinder(QObject):
    """Signals: `found` carries the free bytes of the folder wanted last, or None when the host cannot say."""

    found = Signal(object)

    def __init__(self, core: Core, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._core, self._bridge = core, bridge
        self._wanted: tuple[str, str] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask)

    def want(self, host_id: str, path: str) -> None:
        """Find the space behind `path` on a host."""
        if self._wanted != (host_id, path):
            self._wanted = (host_id, path)
            self.found.emit(None)
            self._rest.start()

    def _ask(self) -> None:
        if self._wanted is not None and self._wanted[1]:
            host_id, path = self._wanted
            answered = self._bridge.to(self, partial(self._answered, self._wanted))
            self._core.ask(host_id, partial(nearest_listing, path), answered)

    def _answered(self, asked: tuple[str, str], outcome: Outcome[FolderListing]) -> None:
        if asked == self._wanted:
            self.found.emit(None if outcome.error is not None else outcome.get().free_bytes)

"""The tree of hosts on the left: the root, the hosts, and clusters with their nodes below."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from hvdesk.domain.units import age_text, visible_text
from hvdesk.ui import icons
from hvdesk.ui.host_book import HostBook
from hvdesk.ui.texts import error_line
from hvdesk.ui.widgets import named

if TYPE_CHECKING:
    from hvdesk.settings.schema import HostEntry

ROOT = "Hyper-V Manager"
_ID = Qt.ItemDataRole.UserRole


class HostTree(QTreeWidget):
    """Signals: `host_chosen` with the id of the host now current, or None for the root and for clusters."""

    host_chosen = Signal(object)

    def __init__(self, book: HostBook) -> None:
        super().__init__()
        named(self, "Hosts")
        self.setHeaderHidden(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._book = book
        self._rebuild()
        book.listed.connect(self._rebuild)
        book.changed.connect(self._on_changed)
        self.currentItemChanged.connect(lambda item, _: self.host_chosen.emit(_id_of(item)))

    def chosen(self) -> str | None:
        """The id of the current host."""
        return _id_of(self.currentItem())

    def choose(self, host_id: str) -> None:
        """Make a host the current one."""
        for item in self._items():
            if _id_of(item) == host_id:
                self.setCurrentItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        flags = Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchWildcard
        return self.findItems("*", flags, 0)

    def _rebuild(self) -> None:
        chosen = self.chosen()
        self.blockSignals(True)
        self.clear()
        root = QTreeWidgetItem([ROOT])
        root.setIcon(0, icons.machine())
        self.addTopLevelItem(root)
        clusters: dict[str, QTreeWidgetItem] = {}
        for entry in sorted(self._book.hosts(), key=lambda entry: entry.name.casefold()):
            item = QTreeWidgetItem([visible_text(entry.name)])
            item.setData(0, _ID, entry.id)
            self._parent_of(entry, root, clusters).addChild(item)
            self._show_state(item)
        self.expandAll()
        self.setCurrentItem(root)
        if chosen is not None:
            self.choose(chosen)
        self.blockSignals(False)
        if self.chosen() != chosen:
            self.host_chosen.emit(self.chosen())

    def _parent_of(
        self, entry: HostEntry, root: QTreeWidgetItem, clusters: dict[str, QTreeWidgetItem]
    ) -> QTreeWidgetItem:
        facts = self._book.state(entry.id).facts
        if facts is None or facts.cluster is None:
            return root
        if facts.cluster not in clusters:
            clusters[facts.cluster] = QTreeWidgetItem([visible_text(facts.cluster)])
            clusters[facts.cluster].setIcon(0, icons.server())
            root.addChild(clusters[facts.cluster])
        return clusters[facts.cluster]

    def _on_changed(self, host_id: str) -> None:
        for item in self._items():
            if _id_of(item) == host_id:
                facts = self._book.state(host_id).facts
                parent = item.parent()
                cluster = visible_text(facts.cluster) if facts and facts.cluster else None
                if cluster is not None and parent is not None and parent.text(0) != cluster:
                    self._rebuild()  # it has just told us that it belongs to a cluster
                    return
                self._show_state(item)

    def _show_state(self, item: QTreeWidgetItem) -> None:
        """The host's last known state with its age, as icon and tool tip."""
        state = self._book.state(_id_of(item) or "")
        age = f" ({age_text(time.monotonic() - state.learned)})" if state.learned is not None else ""
        if state.error is not None:
            icon, words = icons.warning(), error_line(state.error)
        else:
            icon, words = icons.server(), state.facts.os_caption if state.facts else "Not asked yet"
        item.setIcon(0, icon)
        item.setToolTip(0, visible_text(words + age))
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, words)


def _id_of(item: QTreeWidgetItem | None) -> str | None:
    host_id: str | None = item.data(0, _ID) if item is not None else None
    return host_id

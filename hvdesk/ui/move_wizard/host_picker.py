"""Browse... of Specify Destination: the listed hosts, those that cannot be chosen greyed with the reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hvdesk.domain.units import visible_text
from hvdesk.settings.schema import HostEntry
from hvdesk.ui import icons
from hvdesk.ui.host_book import HostBook
from hvdesk.ui.widgets import caption, named, push_button

_NAME = Qt.ItemDataRole.UserRole


class HostPicker(QDialog):
    """Signals: `picked` with the label of the host chosen. Show with `open()`."""

    picked = Signal(object)

    def __init__(self, hosts: HostBook, source: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Select Computer")
        named(self, "Select Computer")
        self._list = QListWidget()
        for entry in sorted(hosts.hosts(), key=lambda entry: entry.name.casefold()):
            self._list.addItem(_item(entry, hosts, source))
        self._list.itemDoubleClicked.connect(lambda _: self.accept())
        self._list.itemSelectionChanged.connect(self._show_buttons)
        self._ok, cancel = push_button("OK"), push_button("Cancel")
        self._ok.setDefault(True)
        self._ok.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._ok)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.addWidget(caption("&Computers:", self._list))
        layout.addWidget(self._list)
        layout.addLayout(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        self._show_buttons()

    def accept(self) -> None:
        """Hand on the choice, if there is one."""
        if (item := self._chosen()) is not None:
            self.picked.emit(item.data(_NAME))
            super().accept()

    def _chosen(self) -> QListWidgetItem | None:
        return next(iter(self._list.selectedItems()), None)

    def _show_buttons(self) -> None:
        self._ok.setEnabled(self._chosen() is not None)


def _item(entry: HostEntry, hosts: HostBook, source: str) -> QListWidgetItem:
    state = hosts.state(entry.id)
    words = state.facts.os_caption if state.facts else entry.address
    if entry.id == source:
        words = "the virtual machine is here"
    elif state.error is not None:
        words = state.error.report().title
    item = QListWidgetItem(icons.server(), visible_text(f"{entry.name} ({words})"))
    item.setData(_NAME, entry.name)
    if entry.id == source:
        item.setFlags(item.flags() & ~(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable))
    return item

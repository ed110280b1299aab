"""Select Folder: the drives and folders of a host, free space, and a new folder, which is made at once."""

from __future__ import annotations

import ntpath
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hvdesk.app.core import Core
from hvdesk.domain import validate
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import FolderListing, Volume
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.units import size_text, visible_text
from hvdesk.hyperv.host import HyperVHost
from hvdesk.settings.schema import HostEntry
from hvdesk.ui import icons
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.busy import BusyLine
from hvdesk.ui.error_dialog import ErrorDialog, ErrorStrip
from hvdesk.ui.questions import list_folder, nearest_listing, new_folder
from hvdesk.ui.widgets import caption, literal, named, push_button, show_text, text_label

T = TypeVar("T")

_PATH = Qt.ItemDataRole.UserRole


class BrowseDialog(QDialog):
    """Signals: `picked` with the path chosen. Show with `open()`.

    `volumes` tell the free space of drives. Every answer of the host replaces the list; one that comes for an earlier
    question is ignored.
    """

    picked = Signal(object)

    def __init__(
        self, core: Core, bridge: Bridge, host: HostEntry, volumes: Sequence[Volume], path: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Select Folder on {visible_text(host.name)}")
        named(self, "Select Folder")
        self._core, self._bridge, self._host = core, bridge, host
        self._volumes = {volume.root.casefold(): volume for volume in volumes}
        self._path = ""
        self._asked: object = None
        self._make_widgets()
        self._lay_out()
        self._show_buttons()
        self._open(path, nearest=True)

    def _make_widgets(self) -> None:
        self._address, self._new_name = QLineEdit(), QLineEdit()
        self._new_name.setPlaceholderText("Name of the new folder")
        self._new_name.textChanged.connect(lambda _: self._show_buttons())
        self._go, self._up = push_button("&Go"), push_button("&Up")
        self._go.clicked.connect(lambda: self._open(self._address.text()))
        self._address.returnPressed.connect(self._go.click)
        self._up.clicked.connect(lambda: self._open(_above(self._path)))
        self._list = QListWidget()
        self._list.itemActivated.connect(lambda item: self._open(item.data(_PATH)))
        self._list.itemSelectionChanged.connect(self._show_buttons)
        self._make = push_button(f"&Make New Folder on {literal(self._host.name)}", "Make New Folder")
        self._make.clicked.connect(self._make_folder)
        self._new_name.returnPressed.connect(self._make.click)
        self._select, self._cancel = push_button("&Select Folder"), push_button("Cancel")
        self._select.clicked.connect(self._accept_choice)
        self._cancel.clicked.connect(self.reject)
        self._space = text_label(name="Free space", wrap=False)
        self._busy, self._strip = BusyLine(), ErrorStrip("Folder error")
        self._strip.asked_more.connect(self._show_error)

    def _lay_out(self) -> None:
        address = QHBoxLayout()
        address.addWidget(caption("F&older:", self._address))
        address.addWidget(self._address, 1)
        address.addWidget(self._go)
        address.addWidget(self._up)
        new = QHBoxLayout()
        new.addWidget(caption("&New folder:", self._new_name))
        new.addWidget(self._new_name, 1)
        new.addWidget(self._make)
        buttons = QHBoxLayout()
        buttons.addWidget(self._busy, 1)
        buttons.addWidget(self._select)
        buttons.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.addLayout(address)
        layout.addWidget(caption("&Folders:", self._list))
        layout.addWidget(self._list, 1)
        layout.addWidget(self._space)
        layout.addWidget(self._strip)
        layout.addLayout(new)
        layout.addLayout(buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 80, self.fontMetrics().height() * 26)

    def _open(self, path: str, *, nearest: bool = False) -> None:
        """Show a folder, "" for the drives; `nearest`: or what exists above it."""
        self._address.setModified(False)
        question = partial(nearest_listing if nearest and path else list_folder, path.strip())
        self._ask(f"Reading {path or self._host.name}...", question, self._show_listing)

    def _make_folder(self) -> None:
        try:
            path = validate.folder(ntpath.join(self._path, self._new_name.text().strip()))
        except HvError as error:
            self._strip.show_report(error.report())
            return
        self._ask(f"Making {path}...", partial(new_folder, path), self._made)

    def _made(self, path: str) -> None:
        self._new_name.clear()
        self._open(path)

    def _ask(self, words: str, question: Callable[[HyperVHost], T], on_value: Callable[[T], None]) -> None:
        attempt = self._asked = object()
        self._busy.show_busy(words)
        self._strip.show_report(None)
        focus = self.focusWidget()
        self._show_buttons()
        lost = focus if focus is not None and not focus.isEnabled() else None

        def answered(outcome: Outcome[T]) -> None:
            if attempt is not self._asked:
                return
            self._asked = None
            self._busy.show_busy(None)
            if outcome.error is not None:
                self._strip.show_report(outcome.error.report())
            else:
                on_value(outcome.get())
            self._show_buttons()
            if lost is not None:
                lost.setFocus()

        self._core.ask(self._host.id, question, self._bridge.to(self, answered))

    def _show_listing(self, listing: FolderListing) -> None:
        self._path = listing.path
        if not self._address.isModified():  # else the user is typing already
            self._address.setText(listing.path)
        self._list.clear()
        for name in listing.folders:
            item = QListWidgetItem(icons.folder(), visible_text(name) + self._space_of(name))
            item.setData(_PATH, ntpath.join(listing.path, name))
            self._list.addItem(item)
        space = f"{size_text(listing.free_bytes)} free of {size_text(listing.size_bytes)}" if listing.path else ""
        show_text(self._space, space)

    def _space_of(self, name: str) -> str:
        volume = self._volumes.get(name.casefold()) if not self._path else None
        return f"   ({size_text(volume.free_bytes)} free of {size_text(volume.size_bytes)})" if volume else ""

    def _accept_choice(self) -> None:
        chosen = self._list.selectedItems()
        if chosen:
            self._pick(chosen[0].data(_PATH))
        elif self._address.isModified() and (typed := self._address.text().strip()):
            self._ask(f"Reading {typed}...", partial(list_folder, typed), lambda listing: self._pick(listing.path))
        else:
            self._pick(self._path)

    def _pick(self, path: str) -> None:
        self.picked.emit(path)
        self.accept()

    def _show_buttons(self) -> None:
        idle = self._asked is None
        self._go.setEnabled(idle)
        self._up.setEnabled(idle and bool(self._path))
        self._list.setEnabled(idle)
        self._make.setEnabled(idle and bool(self._path) and bool(self._new_name.text().strip()))
        self._select.setEnabled(idle and bool(self._path or self._list.selectedItems()))

    def _show_error(self) -> None:
        if self._strip.report is not None:
            ErrorDialog("Select Folder", self._strip.report, self).open()


def _above(path: str) -> str:
    """The folder above; "" (the drives) above a drive and above a share."""
    drive, rest = ntpath.splitdrive(path)
    return "" if rest.strip("\\") == "" else drive + (ntpath.dirname(rest.rstrip("\\")) or "\\")

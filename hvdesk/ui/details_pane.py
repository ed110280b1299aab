"""The panes below the list: checkpoints of the selected virtual machine, and its details in tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hvdesk.domain.units import DASH, memory_text, moment_text, size_text, visible_text
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import picture
from hvdesk.ui.widgets import bold, caption, named, text_label

if TYPE_CHECKING:
    from hvdesk.domain.model import VmCheckpoint, VmDetails

Facts = Sequence[tuple[str, str]]


def _summary(details: VmDetails) -> Facts:
    return (
        ("Created", moment_text(details.created)),
        ("Configuration Version", details.summary.version),
        ("Generation", str(details.generation)),
        ("Notes", details.notes or "None"),
        ("Clustered", "Yes" if details.summary.clustered else "No"),
        ("Processors", str(details.processors)),
        ("Configuration folder", details.config_path),
    )


def _memory(details: VmDetails) -> Facts:
    return (
        ("Startup Memory", memory_text(details.memory_startup_bytes)),
        ("Assigned Memory", memory_text(details.summary.memory_bytes) if details.summary.memory_bytes else DASH),
    )


def _networking(details: VmDetails) -> Facts:
    return [(f"{adapter.name} ({adapter.mac})", adapter.switch or "Not connected") for adapter in details.adapters]


def _storage(details: VmDetails) -> Facts:
    disks = [(disk.controller, f"{disk.path} ({size_text(disk.file_bytes)})") for disk in details.disks]
    return [*disks, *((dvd.controller, dvd.path or "Empty DVD drive") for dvd in details.dvds)]


def _replication(details: VmDetails) -> Facts:
    return (("Replication State", details.replication_state), ("Replication Mode", details.replication_mode))


_TABS = (
    ("Summary", _summary),
    ("Memory", _memory),
    ("Networking", _networking),
    ("Storage", _storage),
    ("Replication", _replication),
)


class DetailsPane(QWidget):
    """Tabs below the list, headed by the VM's name."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "Virtual machine details")
        self._title = bold(text_label("Details", name="Details of", wrap=False))
        self._tabs = named(QTabWidget(), "Details")
        self._tabs.setTabPosition(QTabWidget.TabPosition.South)
        self._tabs.setDocumentMode(True)
        head = caption("&Details", self._tabs)
        self._areas = []
        for text, _ in _TABS:
            area = named(QScrollArea(), text)
            area.setWidgetResizable(True)
            area.setFrameShape(QScrollArea.Shape.NoFrame)
            self._areas.append(area)
            self._tabs.addTab(area, text)
        line = QHBoxLayout()
        line.addWidget(head)
        line.addWidget(self._title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self._tabs, 1)
        self._why: str | None = None
        self.show_nothing("No virtual machine is selected.")

    def show_nothing(self, why: str) -> None:
        """Say `why` there are no details. Costs nothing when that is said already, as it is at every refresh."""
        if why == self._why:
            return
        self._why = why
        self._title.setText("")
        for area in self._areas:
            area.setWidget(text_label(why))

    def show_details(self, details: VmDetails) -> None:
        """Show a VM."""
        self._why = None
        self._title.setText(visible_text(details.summary.name))
        for area, (_, facts) in zip(self._areas, _TABS, strict=True):
            area.setWidget(_form(facts(details)))


def _form(facts: Facts) -> QWidget:
    page = QWidget()
    line = QHBoxLayout(page)
    line.addWidget(picture(icons.machine(), 48))
    rows = QFormLayout()
    rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    for name, value in facts or (("", "None"),):
        rows.addRow(_name(name), text_label(value, name=visible_text(name)))
    line.addLayout(rows, 1)
    return page


def _name(text: str) -> QLabel:
    return text_label(f"{text}:" if text else "", wrap=False)


class CheckpointsPane(QWidget):
    """The tree of checkpoints, or the sentence that there are none."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "Checkpoints pane")
        self._tree = QTreeWidget()
        self._tree.setHeaderHidden(True)
        self._none = text_label(name="No checkpoints")
        self._none.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._none)
        self._stack.addWidget(self._tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(caption("Chec&kpoints", self._tree))
        layout.addWidget(self._stack, 1)
        self.show_nothing("No virtual machine is selected.")

    def show_nothing(self, why: str) -> None:
        """Say `why` there are none."""
        self._none.setText(why)
        self._stack.setCurrentWidget(self._none)

    def show_checkpoints(self, checkpoints: Sequence[VmCheckpoint]) -> None:
        """Show a VM's checkpoints as a tree."""
        if not checkpoints:
            self.show_nothing("The selected virtual machine has no checkpoints.")
            return
        self._tree.clear()
        items = {
            checkpoint.id: QTreeWidgetItem([f"{visible_text(checkpoint.name)} ({moment_text(checkpoint.created)})"])
            for checkpoint in checkpoints
        }
        for checkpoint in checkpoints:
            parent = items.get(checkpoint.parent_id or "")
            (parent or self._tree.invisibleRootItem()).addChild(items[checkpoint.id])
        self._tree.expandAll()
        self._stack.setCurrentWidget(self._tree)

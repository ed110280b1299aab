"""Completing Move Wizard: what is about to happen, and the PowerShell for it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem

from hvdesk.domain.flow import Page
from hvdesk.domain.units import visible_text
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.page import WizardPage
from hvdesk.ui.move_wizard.script_dialog import ScriptDialog
from hvdesk.ui.widgets import caption, push_button, text_label

_METHODS = {"TCPIP": "TCP/IP", "Compression": "Compression", "SMB": "SMB"}


class SummaryPage(WizardPage):
    """The rows of Hyper-V Manager's summary. Finish starts the move."""

    page = Page.SUMMARY
    nav = "Summary"
    heading = "Completing Move Wizard"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self._rows = QTreeWidget()
        self._rows.setColumnCount(2)
        self._rows.setHeaderHidden(True)
        self._rows.setRootIsDecorated(False)
        self._rows.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._script = push_button("S&how PowerShell...")
        self._script.clicked.connect(self._show_script)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._script)
        self.body.addWidget(text_label("You are about to perform the following operation."))
        self.body.addWidget(caption("D&escription:", self._rows))
        self.body.addWidget(self._rows, 1)
        self.body.addLayout(line)
        self.body.addWidget(text_label("To complete the move and close this wizard, click Finish."))

    def refresh(self) -> None:
        """Show the rows."""
        self._script.setEnabled(self.draft.report is not None)
        wanted = list(self._texts())
        if wanted == [(item.text(0), item.text(1)) for item in self._items()]:
            return
        self._rows.clear()
        for name, value in wanted:
            self._rows.addTopLevelItem(QTreeWidgetItem([name, value]))

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self._rows.topLevelItem(place) for place in range(self._rows.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _texts(self) -> Iterator[tuple[str, str]]:
        folder = visible_text(self.draft.folder.rstrip("\\"))
        yield "Virtual machine:", visible_text(self.draft.vm_name)
        yield "Move type:", "Virtual Machine And Storage"
        yield "Destination computer:", visible_text(self.draft.destination_name.strip())
        yield "Item to move:", "Destination Location"
        details = self.conductor.details
        for disk in details.disks if details else ():
            yield f"    Attached virtual hard disk  {_controller(disk.controller)}", f"{folder}\\Virtual Hard Disks"
        for item in ("Current configuration", "Checkpoints", "Smart Paging"):
            yield f"    {item}", folder
        facts = self.conductor.hosts.state(self.draft.source).facts
        if facts is not None and facts.migration.performance is not None:
            yield "Move method:", _METHODS.get(facts.migration.performance, facts.migration.performance)

    def _show_script(self) -> None:
        if self.draft.report is not None:
            ScriptDialog(self.conductor.core.script(self.draft.report.calls), self).open()


def _controller(position: str) -> str:
    """`SCSI 0:1` as `SCSI Controller 0, location 1`."""
    kind, _, place = position.partition(" ")
    number, _, location = place.partition(":")
    return f"{kind} Controller {number}, location {location}" if location else position

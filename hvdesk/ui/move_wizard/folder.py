"""Choose a new location for virtual machine: the folder on the destination, with size and free space."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QFormLayout, QGroupBox, QHBoxLayout, QLineEdit

from hvdesk.domain import validate
from hvdesk.domain.errors import HvError
from hvdesk.domain.flow import Page
from hvdesk.domain.units import DASH, size_text
from hvdesk.ui.move_wizard.browse_dialog import BrowseDialog
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.page import WizardPage
from hvdesk.ui.move_wizard.space import SpaceFinder
from hvdesk.ui.widgets import caption, named, push_button, text_label


class FolderPage(WizardPage):
    """The folder is used as given and must exist; it can be made while browsing, or when the check misses it."""

    page = Page.FOLDER
    nav = "Virtual Machine"
    heading = "Choose a new location for virtual machine"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self.body.addWidget(
            text_label("Specify a location on the destination computer for the virtual machine's items.")
        )
        self._folder = QLineEdit()
        self._folder.textChanged.connect(
            lambda text: conductor.choose(replace(self.draft, folder=text)) if text != self.draft.folder else None
        )
        self._space, self._size = text_label(DASH, name="Available space"), text_label(DASH, name="Size")
        self._finder = SpaceFinder(conductor.core, conductor.bridge, self)
        self._finder.found.connect(lambda free: self._space.setText(size_text(free)))
        self.body.addWidget(self._destination_group())
        source = named(QGroupBox("Source location"), "Source location")
        rows = QFormLayout(source)
        rows.addRow(text_label("Size:", wrap=False), self._size)
        self.body.addWidget(source)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Show folder, size and space."""
        if self._folder.text() != self.draft.folder:
            self._folder.setText(self.draft.folder)
        details = self.conductor.details
        self._size.setText(size_text(details.storage_bytes if details else None))
        if self.draft.destination is not None:
            self._finder.want(self.draft.destination, self._usual_form())

    def entered(self) -> None:
        """Focus on the folder."""
        self._folder.setFocus()
        self._folder.selectAll()

    def _destination_group(self) -> QGroupBox:
        group = named(QGroupBox("Destination location"), "Destination location")
        browse = push_button("B&rowse...")
        browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.addWidget(self._folder, 1)
        line.addWidget(browse)
        rows = QFormLayout(group)
        rows.addRow(caption("F&older:", self._folder), line)
        rows.addRow(text_label("Available space:", wrap=False), self._space)
        return group

    def _usual_form(self) -> str:
        """The folder as Windows writes it, or nothing while it is not one yet."""
        try:
            return validate.folder(self.draft.folder)
        except HvError:
            return ""

    def _browse(self) -> None:
        destination = self.conductor.destination
        if destination is None:
            return
        dialog = BrowseDialog(
            self.conductor.core, self.conductor.bridge, destination, self.conductor.volumes, self._usual_form(), self
        )
        dialog.picked.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        """A picked folder comes with a closing backslash and selected, as in Hyper-V Manager."""
        self._folder.setText(path if path.endswith("\\") else path + "\\")
        self._folder.setFocus()
        self._folder.selectAll()

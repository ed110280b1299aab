"""Specify Destination."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt, QTimer
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit

from hvdesk.domain.flow import Page, with_destination_name
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.host_picker import HostPicker
from hvdesk.ui.move_wizard.page import WizardPage
from hvdesk.ui.widgets import caption, push_button, text_label


class DestinationPage(WizardPage):
    """The computer to move to: a listed host, or a name that is connected on Next."""

    page = Page.DESTINATION
    nav = "Specify Destination"
    heading = "Specify Destination Computer"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self.body.addWidget(text_label("Specify the name of the destination computer."))
        self._name = QLineEdit()
        self._completer = QCompleter(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._name.setCompleter(self._completer)
        self._name.textChanged.connect(self._on_text)
        self._name.returnPressed.connect(self._on_return)
        browse = push_button("B&rowse...")
        browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.addWidget(caption("N&ame:", self._name))
        line.addWidget(self._name, 1)
        line.addWidget(browse)
        self.body.addSpacing(8)
        self.body.addLayout(line)
        self.body.addWidget(
            text_label("A computer that is not in the list of hosts is connected when you go on.", name="Hint")
        )
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Show the name."""
        if self._name.text() != self.draft.destination_name:
            self._name.setText(self.draft.destination_name)

    def entered(self) -> None:
        """Focus on the name; offer the hosts listed now."""
        names = [entry.name for entry in self.conductor.hosts.hosts() if entry.id != self.draft.source]
        self._completer.setModel(QStringListModel(names, self._completer))
        self._name.setFocus()
        self._name.selectAll()

    def _on_text(self, text: str) -> None:
        self.conductor.choose(with_destination_name(self.draft, text))

    def _on_return(self) -> None:
        """While names are proposed, Enter gets no further than to the list of proposals; what it means is Next."""
        proposals = self._completer.popup()
        if proposals is not None and proposals.isVisible():
            QTimer.singleShot(0, self.conductor, self.conductor.next)

    def _browse(self) -> None:
        picker = HostPicker(self.conductor.hosts, self.draft.source, self)
        picker.picked.connect(self._name.setText)
        picker.open()

"""Asks for the password of a listed host again: none is known, or the one known was refused."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.app.core import Core
from hvdesk.domain.model import HostFacts
from hvdesk.domain.outcome import Outcome
from hvdesk.settings.schema import HostEntry
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.busy import BusyLine
from hvdesk.ui.error_dialog import ErrorDialog, ErrorStrip
from hvdesk.ui.password_fields import PasswordFields
from hvdesk.ui.widgets import grow_to_fit, named, push_button, text_label


class PasswordDialog(QDialog):
    """Accepted once the host has taken the password. The user name belongs to the entry and is only shown."""

    def __init__(self, core: Core, bridge: Bridge, entry: HostEntry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Log On")
        named(self, "Log On")
        self._core, self._bridge, self._entry = core, bridge, entry
        self._form = QWidget()
        rows = QFormLayout(self._form)
        rows.setContentsMargins(0, 0, 0, 0)
        self._fields = PasswordFields(core, rows)
        self._fields.user.setText(entry.user or "")
        self._fields.user.setReadOnly(True)
        self._fields.changed.connect(self._show_buttons)
        self._busy, self._strip = BusyLine(), ErrorStrip("Logon error")
        self._strip.asked_more.connect(self._show_error)
        self._ok, cancel = push_button("OK"), push_button("Cancel")
        self._ok.setDefault(True)
        self._ok.clicked.connect(self._start)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._ok)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.addWidget(text_label(f"Enter the password for {entry.name}.", name="Task"))
        layout.addWidget(self._form)
        layout.addWidget(self._strip)
        layout.addWidget(self._busy)
        layout.addLayout(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 80)
        self._show_buttons()
        self._fields.focus_password()

    def _show_buttons(self) -> None:
        self._ok.setEnabled(self._fields.password is not None and self._form.isEnabled())

    def _start(self) -> None:
        password = self._fields.password
        if password is None:
            return
        self._form.setEnabled(False)
        self._show_buttons()
        self._busy.show_busy(f"Connecting to {self._entry.name}...")
        done = self._bridge.to(self, self._finished)
        self._core.set_password(self._entry.id, password, self._fields.remember, done)

    def _finished(self, outcome: Outcome[HostFacts]) -> None:
        self._form.setEnabled(True)
        self._busy.show_busy(None)
        self._show_buttons()
        if outcome.error is None:
            self._fields.forget()
            self.accept()
            return
        self._strip.show_report(outcome.error.report())
        grow_to_fit(self)
        self._fields.focus_password()

    def _show_error(self) -> None:
        if self._strip.report is not None:
            ErrorDialog("Log On", self._strip.report, self).open()

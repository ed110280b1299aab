"""Connect to Server: describe a host, log on, and list it once it has answered who it is."""

from __future__ import annotations

from functools import partial

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.app.core import Core
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import HostFacts
from hvdesk.domain.outcome import Outcome
from hvdesk.settings.schema import HostEntry
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.busy import BusyLine
from hvdesk.ui.certificate_dialog import CertificateDialog
from hvdesk.ui.error_dialog import ErrorDialog, ErrorStrip
from hvdesk.ui.host_form import HostForm, with_pin
from hvdesk.ui.widgets import grow_to_fit, named, push_button, text_label


class ConnectDialog(QDialog):
    """Signals: `connected` with the id of the new entry. Show with `open()`.

    `like` is a host reached in the same way, `computer` what was typed already. Cancelling while the host is being
    asked takes it off the list again should it answer after all.
    """

    connected = Signal(object)

    def __init__(
        self, core: Core, bridge: Bridge, parent: QWidget, *, like: HostEntry | None = None, computer: str = ""
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Connect to Server")
        named(self, "Connect to Server")
        self._core = core
        self._bridge = bridge
        self._attempt: _Attempt | None = None
        self._form = HostForm(core, like, computer)
        self._busy, self._strip = BusyLine(), ErrorStrip("Connection error")
        self._strip.asked_more.connect(self._show_error)
        self._ok, self._cancel = push_button("OK"), push_button("Cancel")
        self._ok.setDefault(True)
        self._ok.clicked.connect(self._start)
        self._cancel.clicked.connect(self.reject)
        self._form.changed.connect(self._show_buttons)
        self._lay_out(computer)
        self._show_buttons()
        if computer:
            self._form.fields.focus_password()

    def reject(self) -> None:
        """Cancel, Esc or X: whatever is on its way no longer counts."""
        if self._attempt is not None:
            self._attempt.wanted = False
        self._form.fields.forget()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The X button is Cancel."""
        self.reject()
        event.accept()

    def _lay_out(self, computer: str) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._ok)
        buttons.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        if computer:
            layout.addWidget(text_label(f"{computer} is not in the list of hosts yet.", name="Why"))
        layout.addWidget(self._form)
        layout.addWidget(self._strip)
        layout.addStretch(1)
        layout.addWidget(self._busy)
        layout.addLayout(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)

    def _show_buttons(self) -> None:
        self._form.setEnabled(self._attempt is None)
        self._ok.setEnabled(self._attempt is None and self._form.ready())

    def _start(self) -> None:
        try:
            entry = self._form.entry()
        except HvError as error:
            self._show_failure(error)
            return
        self._connect(entry)

    def _connect(self, entry: HostEntry) -> None:
        fields = self._form.fields
        attempt = self._attempt = _Attempt(self._core, entry)
        self._strip.show_report(None)
        self._busy.show_busy(f"Connecting to {entry.name}...")
        self._show_buttons()
        finished = self._bridge.to(self._bridge, partial(self._finished, attempt))
        self._core.add_host(entry, fields.password if entry.needs_password else None, fields.remember, finished)

    def _finished(self, attempt: _Attempt, outcome: Outcome[HostFacts]) -> None:
        """Not bound to the dialog's life: a host that answers after Cancel has to go again."""
        if not attempt.wanted or not shiboken6.isValid(self):
            attempt.undo(outcome)
            return
        self._attempt = None
        self._busy.show_busy(None)
        self._show_buttons()
        if outcome.error is None:
            self._form.fields.forget()
            self.connected.emit(attempt.entry.id)
            self.accept()
        elif fingerprint := str(outcome.error.facts.get("fingerprint") or ""):
            self._ask_trust(attempt.entry, outcome.error, fingerprint)
        else:
            self._show_failure(outcome.error)

    def _show_failure(self, error: HvError) -> None:
        self._strip.show_report(error.report())
        grow_to_fit(self)
        if error.code.startswith("logon."):
            self._form.fields.focus_password()

    def _ask_trust(self, entry: HostEntry, error: HvError, fingerprint: str) -> None:
        dialog = CertificateDialog(error.report(), fingerprint, self)
        dialog.accepted.connect(lambda: self._connect(with_pin(entry, fingerprint)))
        dialog.rejected.connect(lambda: self._show_failure(error))
        dialog.open()

    def _show_error(self) -> None:
        if self._strip.report is not None:
            ErrorDialog("Connect to Server", self._strip.report, self).open()


class _Attempt:
    """One try to add a host; `wanted` turns False when the user cancels."""

    def __init__(self, core: Core, entry: HostEntry) -> None:
        self._core = core
        self.entry = entry
        self.wanted = True

    def undo(self, outcome: Outcome[HostFacts]) -> None:
        """Take the host off the list if it was added after all."""
        if outcome.error is None:
            self._core.remove_host(self.entry.id)

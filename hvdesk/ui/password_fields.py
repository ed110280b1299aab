"""User name, password, and where the password is kept: the part that every logon dialog shares."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit

from hvdesk.app.core import Core
from hvdesk.domain.secret import Secret
from hvdesk.ui.widgets import caption, named, text_label

_STORES = {
    "checking": "Looking for a keyring on this computer...",
    "safe": "In this computer's keyring; else for this session only.",
    "none": "No safe keyring here: kept for this session only.",
}
_LOOK_AGAIN_MS = 150


class PasswordFields(QObject):
    """Rows for the form of a dialog. Signals: `changed` when what was typed differs.

    Whether a keyring is there may be known only after a moment; the tick is offered when it is.
    """

    changed = Signal()

    def __init__(self, core: Core, form: QFormLayout) -> None:
        super().__init__(form)
        self._core = core
        self.user = QLineEdit()
        self.user.setPlaceholderText("DOMAIN\\user or user@domain")
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._remember = named(QCheckBox("Re&member the password"), "Remember the password")
        self._store = text_label(name="Where the password is kept", wrap=False)
        self._form = form
        self._rows = (self.user, self._password, self._remember, self._store)
        form.addRow(caption("&User name:", self.user), self.user)
        form.addRow(caption("Pass&word:", self._password), self._password)
        form.addRow("", self._remember)
        form.addRow("", self._store)
        self.user.textChanged.connect(lambda _: self.changed.emit())
        self._password.textChanged.connect(lambda _: self.changed.emit())
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_AGAIN_MS)
        self._look.timeout.connect(self._show_store)
        self._show_store()

    @property
    def password(self) -> Secret | None:
        """The password, or None when the field is empty."""
        return Secret(self._password.text()) if self._password.text() else None

    @property
    def remember(self) -> bool:
        """True when the user wants it in the keyring."""
        return self._remember.isChecked()

    def set_visible(self, visible: bool) -> None:
        """Show the rows, or hide them for a logon without a password."""
        for row in self._rows:
            self._form.setRowVisible(row, visible)

    def focus_password(self) -> None:
        """Ready to type the password, over one that was refused."""
        self._password.setFocus()
        self._password.selectAll()

    def forget(self) -> None:
        """Do not keep the password in the field any longer than needed."""
        self._password.clear()

    def _show_store(self) -> None:
        status = self._core.vault_status()
        self._store.setText(_STORES[status])
        self._remember.setEnabled(status == "safe")
        if status == "checking":
            self._look.start()
        else:
            self._look.stop()

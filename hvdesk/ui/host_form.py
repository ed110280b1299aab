"""The fields that describe a host: name, address, port, scheme, kind of logon, and who logs on."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from hvdesk.app.core import Core
from hvdesk.domain import validate
from hvdesk.settings.schema import HTTP_PORT, HTTPS_PORT, LOGON_METHODS, HostEntry, LogonMethod
from hvdesk.ui.computers import split_port
from hvdesk.ui.password_fields import PasswordFields
from hvdesk.ui.widgets import caption, named, push_button, set_tip, text_label

_LOGONS: dict[LogonMethod, tuple[str, str]] = {
    "current-user": ("Signed-in user", "As the user of this session; no password is needed."),
    "kerberos": ("Kerberos", "Moves need constrained delegation in the directory."),
    "credssp": ("CredSSP", "The host gets your password, to log on to a destination."),
    "ntlm": ("NTLM", "The host cannot log on to a destination: moves will not work."),
    "certificate": ("Certificate", "A PEM file with certificate and key. Https only."),
    "basic": ("Basic", "Name and password as they are. Https only, local accounts."),
}
_PASSWORD_LOGONS = frozenset({"kerberos", "credssp", "ntlm", "basic"})
_HTTPS_LOGONS = frozenset({"certificate", "basic"})


class HostForm(QWidget):
    """Signals: `changed` when a field differs. `entry()` makes the entry or says what is wrong."""

    changed = Signal()

    def __init__(self, core: Core, like: HostEntry | None, computer: str) -> None:
        super().__init__()
        self._id = str(uuid4())
        self._make_fields()
        self._lay_out(core)
        self._prefill(like, computer)
        for field in (self._computer, self._name, self._port, self._ca_file, self._certificate):
            field.textChanged.connect(self._on_change)
        self._https.toggled.connect(self._on_https)
        self._logon.currentIndexChanged.connect(self._on_change)
        self.fields.changed.connect(self._on_change)
        self._on_change()

    def ready(self) -> bool:
        """True when the fields that must be filled are."""
        password_missing = self._method() in ("credssp", "ntlm", "basic") and not self.fields.user.text().strip()
        return bool(self._computer.text().strip() and self._port.text().strip()) and not password_missing

    def entry(self) -> HostEntry:
        """The host as described; raises HvError `input.host` or `input.port`."""
        method, https = self._method(), self._https.isChecked()
        address, port = split_port(self._computer.text().strip(), self._port.text())
        address = validate.host_address(address)
        user = self.fields.user.text().strip() if method in _PASSWORD_LOGONS else ""
        return HostEntry(
            id=self._id,
            name=self._name.text().strip() or address,
            address=address,
            port=validate.port(port),
            https=https,
            logon=method,
            user=user or None,
            ca_file=(self._ca_file.text().strip() or None) if https else None,
            certificate=(self._certificate.text().strip() or None) if method == "certificate" else None,
        )

    def _make_fields(self) -> None:
        self._computer, self._name, self._port = QLineEdit(), QLineEdit(), QLineEdit()
        self._computer.setPlaceholderText("Name or address")
        self._port.setMaximumWidth(self.fontMetrics().averageCharWidth() * 12)
        self._https = named(QCheckBox("Use &https"), "Use https")
        self._ca_file, self._certificate = QLineEdit(), QLineEdit()
        set_tip(self._ca_file, "Empty: the authorities that this computer trusts")
        self._logon = QComboBox()
        for method in LOGON_METHODS:
            self._logon.addItem(_LOGONS[method][0], method)
        self._hint = text_label(name="About this kind of logon", wrap=False)

    def _lay_out(self, core: Core) -> None:
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # an error takes room of its own
        rows.addRow(caption("&Computer:", self._computer), self._computer)
        rows.addRow(caption("&Name in the list:", self._name), self._name)
        line = QHBoxLayout()
        line.addWidget(self._port)
        line.addWidget(self._https)
        line.addStretch(1)
        rows.addRow(caption("&Port:", self._port), line)
        self._ca_row = self._file_row(self._ca_file, "Br&owse...", "Browse for certificate authority")
        rows.addRow(caption("Certificate &authority file:", self._ca_file), self._ca_row)
        rows.addRow(caption("Kind of &logon:", self._logon), self._logon)
        rows.addRow("", self._hint)
        self._certificate_row = self._file_row(self._certificate, "Bro&wse...", "Browse for certificate")
        rows.addRow(caption("C&ertificate file:", self._certificate), self._certificate_row)
        self.fields = PasswordFields(core, rows)
        self._rows = rows

    def _file_row(self, field: QLineEdit, button_text: str, button_name: str) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        button = push_button(button_text, button_name)
        button.clicked.connect(lambda: self._choose_file(field, button_name))
        layout.addWidget(field, 1)
        layout.addWidget(button)
        return row

    def _choose_file(self, field: QLineEdit, title: str) -> None:
        dialog = QFileDialog(self, title, field.text(), "Certificates (*.pem *.crt *.cer);;All files (*)")
        dialog.fileSelected.connect(field.setText)
        dialog.open()

    def _prefill(self, like: HostEntry | None, computer: str) -> None:
        """A host beside another one is usually reached in the same way, by the same account."""
        base = like or HostEntry(id=self._id, name="", address="")
        self._computer.setText(computer)
        self._name.setPlaceholderText("As above")
        self._https.setChecked(base.https)
        self._port.setText(str(base.port))
        self._ca_file.setText(base.ca_file or "")
        self._certificate.setText(base.certificate or "")
        self._logon.setCurrentIndex(LOGON_METHODS.index(base.logon))
        self.fields.user.setText(base.user or "")

    def _method(self) -> LogonMethod:
        method: LogonMethod = self._logon.currentData()
        return method

    def _on_https(self, https: bool) -> None:
        old, new = (HTTP_PORT, HTTPS_PORT) if https else (HTTPS_PORT, HTTP_PORT)
        if self._port.text() == str(old):
            self._port.setText(str(new))
        self._on_change()

    def _on_change(self) -> None:
        method = self._method()
        self._hint.setText(_LOGONS[method][1])
        if method in _HTTPS_LOGONS and not self._https.isChecked():
            self._https.setChecked(True)
        self._https.setEnabled(method not in _HTTPS_LOGONS)
        self._rows.setRowVisible(self._ca_row, self._https.isChecked())
        self._rows.setRowVisible(self._certificate_row, method == "certificate")
        self.fields.set_visible(method in _PASSWORD_LOGONS)
        self.changed.emit()


def with_pin(entry: HostEntry, fingerprint: str) -> HostEntry:
    """The entry, trusting exactly the certificate of this SHA-256 fingerprint, and no authority."""
    return replace(entry, pin=validate.fingerprint(fingerprint), ca_file=None)

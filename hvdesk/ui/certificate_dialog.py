"""Asks whether a host's certificate, which no known authority vouches for, is the right one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.domain.errors import ErrorReport
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import picture
from hvdesk.ui.widgets import bold, caption, named, push_button, read_only_text, text_label


class CertificateDialog(QDialog):
    """Shows the fingerprint; accepted when the user trusts it for this host. Show with `open()`."""

    def __init__(self, report: ErrorReport, fingerprint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Certificate Not Trusted")
        named(self, "Certificate Not Trusted")
        shown = read_only_text("Fingerprint")
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        shown.setPlainText(_grouped(fingerprint))
        metrics = shown.fontMetrics()
        shown.setFixedHeight(metrics.lineSpacing() * 3 + 8)
        shown.setMinimumWidth(metrics.horizontalAdvance("AA:" * 16) + 40)
        top = QHBoxLayout()
        top.addWidget(picture(icons.warning(), 32))
        top.addWidget(bold(text_label(report.title, name="Problem")), 1)
        trust, cancel = push_button("&Trust This Certificate"), push_button("Cancel")
        trust.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        cancel.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(trust)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(text_label(report.what, name="What happened"))
        layout.addWidget(caption("SHA-256 &fingerprint of the host's certificate:", shown))
        layout.addWidget(shown)
        layout.addWidget(
            text_label("Trust it only if the fingerprint is the one you read on the host itself.", name="Advice")
        )
        layout.addStretch(1)
        layout.addLayout(buttons)
        cancel.setFocus()


def _grouped(fingerprint: str) -> str:
    """Pairs of digits in two lines, as Windows and browsers show them."""
    digits = fingerprint.replace(":", "").upper()
    pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
    return "\n".join(":".join(pairs[place : place + 16]) for place in range(0, len(pairs), 16))

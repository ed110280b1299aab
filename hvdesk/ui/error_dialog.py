"""Errors shown to the user: a dialog with all there is to say, and a strip for the place where the error belongs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QDialog, QFormLayout, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from hvdesk.domain.errors import ErrorReport
from hvdesk.domain.units import visible_text
from hvdesk.ui import icons
from hvdesk.ui.widgets import bold, caption, named, push_button, read_only_text, set_tip, show_text, text_label

_CHARACTERS = 60
"""The width of an error dialog's lines: sentences of hosts are long."""


def picture(icon: QIcon, size: int) -> QLabel:
    """An icon as a label; decoration, so it has no name."""
    label = QLabel()
    label.setPixmap(icon.pixmap(size, size))
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label


class ErrorDialog(QDialog):
    """Title, what happened, host, what to do next, and the host's own words when there are any. Show with `open()`."""

    def __init__(self, title: str, report: ErrorReport, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(visible_text(title))
        named(self, f"{title} error")
        top = QHBoxLayout()
        top.addWidget(picture(icons.error(), 32))
        main = bold(text_label(report.title, name="Error"), 1.15)
        main.setMinimumWidth(main.fontMetrics().averageCharWidth() * _CHARACTERS)
        top.addWidget(main, 1)
        rows = QFormLayout()
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        rows.addRow(text_label("What happened:", wrap=False), text_label(report.what, name="What happened"))
        if report.host:
            rows.addRow(text_label("Host:", wrap=False), text_label(report.host, name="Host"))
        rows.addRow(text_label("What to do:", wrap=False), text_label(report.next, name="What to do"))
        layout = QVBoxLayout(self)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        layout.addLayout(top)
        layout.addLayout(rows)
        if report.host_words:
            words = read_only_text("What the host said")
            words.setPlainText("\n".join(visible_text(line) for line in report.host_words.splitlines()))
            lines = sum(1 + len(line) // _CHARACTERS for line in report.host_words.splitlines())
            words.setMinimumHeight(words.fontMetrics().lineSpacing() * (min(max(lines, 3), 12) + 1))
            layout.addWidget(caption("What the &host said:", words))
            layout.addWidget(words, 1)
        close = push_button("&Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        layout.addStretch(0 if report.host_words else 1)
        layout.addSpacing(8)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        width = layout.totalSizeHint().width()
        self.resize(width, layout.totalMinimumHeightForWidth(width))
        close.setFocus()


class ErrorStrip(QFrame):
    """One error in two lines where it belongs, with a button for the rest. Hidden while there is none.

    Signals: `asked_more` when the user wants the dialog.
    """

    asked_more = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name)
        self.report: ErrorReport | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAutoFillBackground(True)
        self._title = bold(text_label(name=f"{name} title"))
        self._text = text_label(name=f"{name} text")
        self._more = push_button("De&tails...", name=f"{name} details")
        set_tip(self._more, "Host, what to do, and what the host said")
        self._more.clicked.connect(self.asked_more)
        words = QVBoxLayout()
        words.addWidget(self._title)
        words.addWidget(self._text)
        layout = QHBoxLayout(self)
        layout.addWidget(picture(icons.error(), 24))
        layout.addLayout(words, 1)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignBottom)
        self.hide()

    def show_report(self, report: ErrorReport | None) -> None:
        """Show `report`, or nothing."""
        self.report = report
        self.setVisible(report is not None)
        if report is not None:
            show_text(self._title, report.title)
            show_text(self._text, f"{report.what} {report.next}")

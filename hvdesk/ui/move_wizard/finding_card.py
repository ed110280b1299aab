"""One finding of the check: what was found and what to do, and for a warning the tick that accepts it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout

from hvdesk.domain.errors import Finding, Severity
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import picture
from hvdesk.ui.widgets import bold, literal, named, push_button, text_label

_WORDS = {Severity.BLOCKER: "Blocker", Severity.WARNING: "Warning", Severity.NOTE: "Note"}


class FindingCard(QFrame):
    """Signals: `ticked` with True or False when the user accepts a warning or takes it back, `fix_asked` when the user
    wants the folder made.

    `number` is the place among the warnings, which gives the tick its mnemonic; None for other findings.
    """

    ticked = Signal(bool)
    fix_asked = Signal()

    def __init__(self, finding: Finding, number: int | None, accepted: bool) -> None:
        super().__init__()
        report = finding.report()
        named(self, f"{_WORDS[finding.severity]}: {report.title}")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        words = QVBoxLayout()
        words.addWidget(bold(text_label(f"{_WORDS[finding.severity]}: {report.title}")))
        words.addWidget(text_label(report.what))
        words.addWidget(text_label(report.next))
        if report.host_words:
            words.addWidget(text_label(f"The host said: {report.host_words}"))
        if number is not None:
            mnemonic = f"&{number} " if number < 10 else ""
            tick = named(QCheckBox(f"Accept warning {mnemonic}".rstrip()), f"Accept: {report.title}")
            tick.setChecked(accepted)
            tick.toggled.connect(self.ticked)
            words.addWidget(tick)
        if finding.code == "folder.missing":
            fix = push_button(f"&Make This Folder on {literal(finding.host or '')} Now", "Make This Folder")
            fix.clicked.connect(self.fix_asked)
            words.addWidget(fix, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.addWidget(picture(_icon(finding.severity), 24))
        layout.addLayout(words, 1)


def _icon(severity: Severity) -> QIcon:
    match severity:
        case Severity.BLOCKER:
            return icons.error()
        case Severity.WARNING:
            return icons.warning()
        case _:
            return icons.note()

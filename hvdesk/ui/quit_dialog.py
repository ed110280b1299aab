"""Quitting while moves run: stay, leave them running on the hosts, or cancel them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.app.core import QuitPolicy
from hvdesk.domain.move import JobState, JobView
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import picture
from hvdesk.ui.texts import phase_text
from hvdesk.ui.widgets import bold, named, push_button, text_label


class QuitDialog(QDialog):
    """Signals: `chosen` with "leave" or "cancel"; staying, Esc and X choose nothing. Show with `open()`."""

    chosen = Signal(object)

    def __init__(self, running: Sequence[JobView], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Quit hvdesk")
        named(self, "Quit hvdesk")
        one = len(running) == 1
        title = "A move is running" if one else f"{len(running)} moves are running"
        top = QHBoxLayout()
        top.addWidget(picture(icons.warning(), 32))
        top.addWidget(bold(text_label(title, name="Question"), 1.15), 1)
        moves = "\n".join(f"{job.vm_name}: {job.source} to {job.destination} ({phase_text(job)})" for job in running)
        stay = push_button("&Stay")
        leave = push_button("&Leave It Running on the Host" if one else "&Leave Them Running on the Hosts")
        cancel = push_button("&Cancel the Move and Quit" if one else "&Cancel the Moves and Quit")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        leave.clicked.connect(lambda: self._choose("leave"))
        cancel.clicked.connect(lambda: self._choose("cancel"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (stay, leave, cancel):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(text_label(moves, name="Running moves"))
        advice = "A move that is left goes on at its host; hvdesk finds it again at the next start and then tells how "
        advice += "it ended."
        if any(job.state is JobState.QUEUED for job in running):
            advice += " One that still waits for its turn has not begun and will not be started."
        layout.addWidget(text_label(advice, name="Advice"))
        layout.addStretch(1)
        layout.addSpacing(8)
        layout.addLayout(buttons)
        stay.setFocus()

    def _choose(self, policy: QuitPolicy) -> None:
        self.chosen.emit(policy)
        self.accept()

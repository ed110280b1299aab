"""Performing the move: the box over the Summary page with phase, percent, what is known of the storage, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout

from hvdesk.domain.move import JobState, JobView
from hvdesk.domain.units import size_text
from hvdesk.ui.texts import error_line, job_note, phase_text
from hvdesk.ui.widgets import bold, named, push_button, show_text, text_label


class MoveProgress(QFrame):
    """Signals: `cancel_asked`."""

    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "Performing the move")
        self.setFrameShape(QFrame.Shape.Box)
        self.setAutoFillBackground(True)
        self._phase = text_label(name="Phase", wrap=False)
        self._bar = named(QProgressBar(), "Progress")
        self._figures = text_label(name="Figures", wrap=False)
        self._note = text_label(name="Note")
        self.cancel = push_button("&Cancel Move", "Cancel Move")
        self.cancel.clicked.connect(self.cancel_asked)
        layout = QVBoxLayout(self)
        layout.addWidget(bold(text_label("Performing the move", wrap=False)))
        layout.addWidget(self._phase)
        layout.addWidget(self._bar)
        layout.addWidget(self._figures)
        layout.addWidget(self._note)
        layout.addWidget(text_label("If you close this window the move goes on; it is shown in Jobs."))
        layout.addStretch(1)
        layout.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)
        self.hide()

    def show_job(self, job: JobView | None) -> None:
        """Show the newest view; only figures that are known, and a bar without end while no percent is."""
        known = job is not None and job.percent is not None and job.state in (JobState.MOVING, JobState.CANCELLING)
        self._bar.setRange(0, 100 if known else 0)
        if job is None:
            show_text(self._phase, "Starting")
            return
        if known and job.percent is not None:
            self._bar.setValue(job.percent)
        show_text(self._phase, phase_text(job))
        total = job.storage_total_bytes
        figures = "" if total is None else f"{size_text(job.storage_done_bytes)} of {size_text(total)} of storage"
        show_text(self._figures, figures)
        self._figures.setVisible(bool(figures))
        note = job_note(job) or (error_line(job.error) if job.error else "")
        show_text(self._note, note)
        self._note.setVisible(bool(note))
        self.cancel.setEnabled(job.can_cancel)

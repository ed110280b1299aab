"""The Jobs pane: moves of this and other programs with their progress, history, and a button that cancels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.domain.units import DASH, moment_text, percent_text, size_text, visible_text
from hvdesk.ui.job_book import JobBook
from hvdesk.ui.tables import Column, RowTable, RowView
from hvdesk.ui.texts import error_line, job_note, phase_text
from hvdesk.ui.widgets import caption, named, push_button, set_tip

if TYPE_CHECKING:
    from hvdesk.domain.move import JobView

_PROGRESS = 3


def _storage_text(job: JobView) -> str:
    if job.storage_total_bytes is None:
        return DASH
    return f"{size_text(job.storage_done_bytes)} of {size_text(job.storage_total_bytes)}"


def _information(job: JobView) -> str:
    if job.error is not None:
        return error_line(job.error)
    if not job.ours and not job.state.over:
        return " ".join(("Driven by another program.", job_note(job))).strip()
    return job_note(job)


JOB_COLUMNS: tuple[Column[JobView], ...] = (
    Column(title="Started", text=lambda job: moment_text(job.created), sort=lambda job: job.created),
    Column(
        title="Virtual Machine", text=lambda job: visible_text(job.vm_name), sort=lambda job: job.vm_name.casefold()
    ),
    Column(title="State", text=phase_text, sort=phase_text),
    Column(
        title="Progress",
        text=lambda job: "" if job.state.over else percent_text(job.percent),
        sort=lambda job: -1 if job.percent is None else job.percent,
    ),
    Column(
        title="Storage",
        text=_storage_text,
        sort=lambda job: -1 if job.storage_done_bytes is None else float(job.storage_done_bytes),
    ),
    Column(title="From", text=lambda job: visible_text(job.source), sort=lambda job: job.source.casefold()),
    Column(title="To", text=lambda job: visible_text(job.destination), sort=lambda job: job.destination.casefold()),
    Column(
        title="Information",
        text=lambda job: visible_text(_information(job)),
        sort=lambda job: _information(job).casefold(),
    ),
)
JOB_WIDTHS = (23, 17, 29, 16, 23, 9, 9, 20)


def job_table(parent: QObject | None = None) -> RowTable[JobView]:
    """The model; a job is known by its id."""
    return RowTable(JOB_COLUMNS, lambda job: job.id, parent)


class JobsPane(QWidget):
    """Signals: `cancel_asked` and `details_asked` with the `JobView` chosen."""

    cancel_asked = Signal(object)
    details_asked = Signal(object)

    def __init__(self, book: JobBook) -> None:
        super().__init__()
        named(self, "Jobs pane")
        self._book = book
        self._model = job_table(self)
        self._view = RowView("Jobs", self._model, JOB_WIDTHS)
        self._view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self._view.selectionModel().selectionChanged.connect(self._show_buttons)
        self._cancel = push_button("Cancel Jo&b", "Cancel Job")
        self._cancel.clicked.connect(lambda: self.cancel_asked.emit(self._view.chosen()))
        self._details = push_button("Sho&w Error...", "Show Error")
        self._details.clicked.connect(lambda: self.details_asked.emit(self._view.chosen()))
        head = QHBoxLayout()
        head.addWidget(caption("&Jobs", self._view))
        head.addStretch(1)
        head.addWidget(self._details)
        head.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self._view, 1)
        self._show_buttons()
        book.began.connect(self._on_began)
        book.changed.connect(self._on_changed)

    def _on_began(self) -> None:
        # Not at the top: PySide makes its classes when they are first named, and these take longer than the whole pane.
        from hvdesk.ui.progress_bar import ProgressDelegate

        self._view.setItemDelegateForColumn(_PROGRESS, ProgressDelegate(self))
        self._model.set_rows(self._book.all())
        self._view.choose(lambda row: not row.state.over)
        self._show_buttons()

    def _on_changed(self, job: JobView) -> None:
        known = next((row for row in self._model.rows() if row.id == job.id), None)
        self._model.set_rows(self._book.all())
        if known is None:
            self._view.choose(lambda row: row.id == job.id)
        self._show_buttons()
        if job.state.over and (known is None or not known.state.over):
            self._announce(f"Move of {visible_text(job.vm_name)}: {phase_text(job)}")

    def _announce(self, words: str) -> None:
        """Tell screen readers, which would not look here by themselves."""
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, words))

    def _show_buttons(self) -> None:
        job = self._view.chosen()
        self._cancel.setEnabled(job is not None and job.can_cancel)
        self._details.setEnabled(job is not None and job.error is not None)
        others = job is not None and not job.ours and not job.state.over
        set_tip(self._cancel, "Another program drives this move, which alone can cancel it." if others else "")

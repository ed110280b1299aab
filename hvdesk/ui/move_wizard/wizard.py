"""The wizard's window: header band, list of pages, the page, four buttons, and the progress box over it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from hvdesk.domain import flow
from hvdesk.domain.flow import Page
from hvdesk.domain.move import JobState, JobView
from hvdesk.domain.units import visible_text
from hvdesk.ui import icons
from hvdesk.ui.busy import BusyLine
from hvdesk.ui.cancelling import cancel_job
from hvdesk.ui.connect_dialog import ConnectDialog
from hvdesk.ui.error_dialog import ErrorDialog, ErrorStrip, picture
from hvdesk.ui.job_book import JobBook
from hvdesk.ui.move_wizard.before import BeforePage
from hvdesk.ui.move_wizard.check import CheckPage
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.destination import DestinationPage
from hvdesk.ui.move_wizard.folder import FolderPage
from hvdesk.ui.move_wizard.move_type import MoveTypePage
from hvdesk.ui.move_wizard.nav import PageList
from hvdesk.ui.move_wizard.options import OptionsPage
from hvdesk.ui.move_wizard.page import WizardPage
from hvdesk.ui.move_wizard.progress import MoveProgress
from hvdesk.ui.move_wizard.summary import SummaryPage
from hvdesk.ui.theme import on_base
from hvdesk.ui.widgets import bold, named, push_button, text_label

_SIZE = (704, 533)
_HEADER_HEIGHT = 74
_PAGES: tuple[type[WizardPage], ...] = (
    BeforePage,
    MoveTypePage,
    DestinationPage,
    OptionsPage,
    FolderPage,
    CheckPage,
    SummaryPage,
)


class MoveWizard(QDialog):
    """`Move "<VM name>" Wizard`. Cancel leaves nothing; closing it while the move runs lets the move go on."""

    def __init__(self, conductor: Conductor, jobs: JobBook, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f'Move "{visible_text(conductor.draft.vm_name)}" Wizard')
        self.setWindowIcon(icons.move())
        named(self, "Move Wizard")
        self._conductor, self._jobs = conductor, jobs
        conductor.setParent(self)
        self._job_id: str | None = None
        self._shown: Page | None = None
        self._pages = {kind.page: kind(conductor) for kind in _PAGES}
        self._heading = bold(text_label(name="Heading", wrap=False), 1.25)
        self._nav = PageList({page: widget.nav for page, widget in self._pages.items()})
        self._stack = QStackedWidget()
        for widget in self._pages.values():
            self._stack.addWidget(widget)
        self._strip, self._busy = ErrorStrip("Page error"), BusyLine()
        self._progress = MoveProgress()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def vm_id(self) -> str:
        """The VM this wizard is about."""
        return self._conductor.draft.vm_id

    def reject(self) -> None:
        """Cancel, Esc or X: without a running move nothing of ours stays on the hosts."""
        self._conductor.abandon()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The X button is Cancel; while the move runs it only closes the window."""
        self.reject()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the progress box in the middle of the page."""
        super().resizeEvent(event)
        self._place_progress()

    def _make_buttons(self) -> None:
        self._previous = push_button("< &Previous", "Previous")
        self._next = push_button("&Next >", "Next")
        self._finish = push_button("&Finish")
        self._cancel = push_button("Cancel")

    def _lay_out(self) -> None:
        header = QFrame()
        on_base(header)
        header.setMinimumHeight(_HEADER_HEIGHT)
        band = QHBoxLayout(header)
        band.addWidget(picture(icons.move(), 60))
        band.addWidget(self._heading, 1, Qt.AlignmentFlag.AlignVCenter)
        page = QVBoxLayout()
        page.addWidget(self._stack, 1)
        page.addWidget(self._strip)
        page.addWidget(self._busy)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.VLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        self._body = QWidget()
        body = QHBoxLayout(self._body)
        body.addWidget(self._nav)
        body.addWidget(line)
        body.addLayout(page, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 12, 12)
        buttons.addStretch(1)
        for button in (self._previous, self._next, self._finish, self._cancel):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(header)
        layout.addWidget(self._body, 1)
        layout.addLayout(buttons)
        self._progress.setParent(self)
        self.resize(*_SIZE)

    def _connect(self) -> None:
        conductor = self._conductor
        self._previous.clicked.connect(conductor.previous)
        self._next.clicked.connect(conductor.next)
        self._finish.clicked.connect(conductor.finish)
        self._cancel.clicked.connect(self.reject)
        self._nav.page_chosen.connect(conductor.go_to)
        self._strip.asked_more.connect(self._show_error)
        self._progress.cancel_asked.connect(self._cancel_move)
        conductor.changed.connect(self._refresh)
        conductor.unlisted.connect(self._connect_unlisted)
        conductor.started.connect(self._on_started)
        self._jobs.changed.connect(self._on_job)

    def _refresh(self) -> None:
        conductor, page = self._conductor, self._conductor.page
        widget = self._pages[page]
        self._heading.setText(widget.heading)
        self._nav.show_pages(conductor.draft, page)
        self._stack.setCurrentWidget(widget)
        widget.refresh()
        self._strip.show_report(conductor.error)
        self._busy.show_busy(conductor.busy)
        self._show_buttons()
        if page is not self._shown:
            self._shown = page
            widget.entered()
            if not widget.isAncestorOf(self.focusWidget()):
                self._default_button().setFocus()

    def _show_buttons(self) -> None:
        draft, page = self._conductor.draft, self._conductor.page
        idle = self._conductor.busy is None and self._job_id is None
        forward = flow.next_page(draft, page) is not None and flow.can_leave(draft, page)
        self._stack.setEnabled(idle)
        self._nav.setEnabled(idle)
        self._previous.setEnabled(idle and flow.previous_page(draft, page) is not None)
        self._next.setEnabled(idle and forward)
        self._finish.setEnabled(idle and flow.can_finish(draft, page))
        self._cancel.setEnabled(self._job_id is None)
        self._default_button().setDefault(True)

    def _default_button(self) -> QPushButton:
        return self._finish if self._conductor.page is Page.SUMMARY else self._next

    def _connect_unlisted(self, name: str) -> None:
        source = self._conductor.hosts.entry(self._conductor.draft.source)
        dialog = ConnectDialog(self._conductor.core, self._conductor.bridge, self, like=source, computer=name)
        dialog.connected.connect(self._conductor.destination_connected)
        dialog.open()

    def _on_started(self, job_id: str) -> None:
        self._job_id = job_id
        self._show_buttons()
        self._progress.show()
        self._progress.raise_()
        self._progress.cancel.setFocus()
        job = self._jobs.get(job_id)
        self._progress.show_job(job)
        self._place_progress()
        if job is not None and job.state.over:
            QTimer.singleShot(0, lambda: self._on_job(job))

    def _on_job(self, job: JobView) -> None:
        if job.id != self._job_id:
            return
        self._progress.show_job(job)
        self._place_progress()
        if not job.state.over:
            return
        self._job_id = None
        self._progress.hide()
        if job.state is JobState.DONE:
            self.accept()
            return
        self._conductor.job_over(job.error)
        if job.error is not None and job.state is JobState.FAILED:
            ErrorDialog("Move Wizard", job.error, self).open()

    def _cancel_move(self) -> None:
        job = self._jobs.get(self._job_id) if self._job_id is not None else None
        if job is not None:
            cancel_job(self._conductor.core, job, self)

    def _show_error(self) -> None:
        if self._strip.report is not None:
            ErrorDialog("Move Wizard", self._strip.report, self).open()

    def _place_progress(self) -> None:
        self._progress.adjustSize()
        middle = self._body.geometry().center()
        self._progress.move(middle - self._progress.rect().center())

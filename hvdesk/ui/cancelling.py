"""Cancelling a move from anywhere in the window: the ordinary wish, and the harder way, which is asked for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.domain.errors import HvError
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import ErrorDialog, picture
from hvdesk.ui.widgets import bold, named, push_button, text_label

if TYPE_CHECKING:
    from hvdesk.app.core import Core
    from hvdesk.domain.move import JobView

HARDER = "cancel.harder"
"""The note of a job whose host goes on although it was asked to cancel."""


def cancel_job(core: Core, job: JobView, parent: QWidget) -> None:
    """Ask for the end of `job`; when the host was asked before and goes on, ask the user about the harder way."""
    if job.note != HARDER:
        _cancel(core, job, parent, harder=False)
        return
    dialog = HarderDialog(job, parent)
    dialog.accepted.connect(lambda: _cancel(core, job, parent, harder=True))
    dialog.open()


def _cancel(core: Core, job: JobView, parent: QWidget, *, harder: bool) -> None:
    try:
        core.moves.cancel(job.id, harder)
    except HvError as error:
        ErrorDialog("Cancel Move", error.report(), parent).open()


class HarderDialog(QDialog):
    """Accepted when the user wants the migration ended at once."""

    def __init__(self, job: JobView, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Cancel Move")
        named(self, "Cancel Move")
        top = QHBoxLayout()
        top.addWidget(picture(icons.warning(), 32))
        top.addWidget(bold(text_label(f"{job.source} still moves {job.vm_name}", name="Question"), 1.15), 1)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
        end, wait = push_button("&End It at Once"), push_button("&Keep Waiting")
        end.clicked.connect(self.accept)
        wait.clicked.connect(self.reject)
        wait.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(end)
        buttons.addWidget(wait)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(
            text_label(
                "The host was asked to cancel and goes on. The migration can be ended at once, without giving the "
                "host time to clear away; files may stay behind on the destination.",
                name="Advice",
            )
        )
        layout.addStretch(1)
        layout.addLayout(buttons)
        wait.setFocus()

"""Check: what both hosts say to exactly this move, before anything is changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hvdesk.domain.errors import Severity
from hvdesk.domain.flow import Page, unticked
from hvdesk.domain.move import CheckReport
from hvdesk.domain.units import size_text
from hvdesk.ui import icons
from hvdesk.ui.error_dialog import picture
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.finding_card import FindingCard
from hvdesk.ui.move_wizard.page import WizardPage
from hvdesk.ui.widgets import caption, named, push_button, text_label


class CheckPage(WizardPage):
    """Findings, worst first. Blockers must be corrected, warnings accepted one by one."""

    page = Page.CHECK
    nav = "Check"
    heading = "Check the Move"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self._shown: CheckReport | None = None
        self._verdict = text_label(name="Result of the check")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._again = push_button("Check A&gain")
        self._again.clicked.connect(conductor.check_again)
        self._space = text_label(name="Size and space", wrap=False)
        line = QHBoxLayout()
        line.addWidget(self._space, 1)
        line.addWidget(self._again)
        self.body.addWidget(self._verdict)
        self.body.addWidget(caption("F&indings:", self._area))
        self.body.addWidget(self._area, 1)
        self.body.addLayout(line)

    def refresh(self) -> None:
        """Show the report; cards are built anew only for a new one, so that a tick keeps the focus."""
        report = self.draft.report
        self._verdict.setText(_verdict(report, accepted=not unticked(self.draft)))
        if report is not self._shown or report is None:
            self._shown = report
            self._area.setWidget(self._cards(report))
            self._order_tabs()
            self._space.setText(_space(report))

    def _cards(self, report: CheckReport | None) -> QWidget:
        page = named(QWidget(), "Findings of the check")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        warnings = 0
        for finding in report.findings if report else ():
            is_warning = finding.severity is Severity.WARNING
            card = FindingCard(finding, warnings + 1 if is_warning else None, warnings in self.draft.ticked)
            if is_warning:
                card.ticked.connect(partial(self._tick, warnings))
                warnings += 1
            card.fix_asked.connect(self.conductor.make_folder)
            layout.addWidget(card)
        if report is not None and not report.findings:
            layout.addLayout(_nothing_found())
        layout.addStretch(1)
        return page

    def _order_tabs(self) -> None:
        """From the findings through what can be done in them to the buttons below, in the order seen."""
        before: QWidget = self._area
        for control in self._area.findChildren(QAbstractButton):
            QWidget.setTabOrder(before, control)
            before = control
        QWidget.setTabOrder(before, self._again)

    def _tick(self, place: int, on: bool) -> None:
        ticked = self.draft.ticked | {place} if on else self.draft.ticked - {place}
        self.conductor.choose(replace(self.draft, ticked=ticked))


def _nothing_found() -> QHBoxLayout:
    line = QHBoxLayout()
    line.addWidget(picture(icons.done(), 24))
    line.addWidget(text_label("Nothing stands against this move."), 1)
    return line


def _verdict(report: CheckReport | None, *, accepted: bool) -> str:
    if report is None:
        return ""
    if report.blockers:
        return "The virtual machine cannot be moved like this. Correct what was found, then check again."
    if not accepted:
        return "The virtual machine can be moved once you have accepted each warning."
    return "The virtual machine can be moved."


def _space(report: CheckReport | None) -> str:
    if report is None:
        return ""
    return f"Size: {size_text(report.storage_bytes)}    Available space: {size_text(report.free_bytes)}"

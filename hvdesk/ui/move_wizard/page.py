"""What every page of the wizard is: a widget with its names, that shows the draft and puts choices into it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QLabel, QRadioButton, QVBoxLayout, QWidget

from hvdesk.domain.flow import NOT_IN_THIS_VERSION, MoveDraft, MoveOption, MoveType, Page
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.widgets import NOT_YET, grey_out, named, text_label, words_of


class WizardPage(QWidget):
    """`nav` is its name in the list on the left, `heading` the one in the band above."""

    page: ClassVar[Page]
    nav: ClassVar[str]
    heading: ClassVar[str]

    def __init__(self, conductor: Conductor) -> None:
        super().__init__()
        named(self, self.heading)
        self.conductor = conductor
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)

    @property
    def draft(self) -> MoveDraft:
        """What is chosen so far."""
        return self.conductor.draft

    def refresh(self) -> None:
        """Show the draft; called when it changed while this page is shown."""

    def entered(self) -> None:
        """The page has just been shown: put the focus where the user will type."""


def choice(text: str, explanation: str, value: MoveType | MoveOption) -> tuple[QRadioButton, QLabel]:
    """A radio button with the lines below it; greyed with the reason when it is not built yet."""
    button = named(QRadioButton(text), words_of(text))
    lines = text_label(explanation)
    indent = button.style().pixelMetric(button.style().PixelMetric.PM_ExclusiveIndicatorWidth) + 6
    lines.setContentsMargins(indent, 0, 0, 0)
    if value in NOT_IN_THIS_VERSION:
        grey_out(button, f"This choice is {NOT_YET}.")
        button.setText(f"{text} ({NOT_YET})")
        lines.setEnabled(False)
    return button, lines

"""Choose Move Options."""

from __future__ import annotations

from dataclasses import replace

from hvdesk.domain.flow import MoveOption, Page
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.page import WizardPage, choice
from hvdesk.ui.widgets import text_label

_CHOICES = (
    (
        MoveOption.SINGLE_LOCATION,
        "Move the virtual machine's data to a &single location.",
        "All items of the virtual machine go to one folder.",
    ),
    (
        MoveOption.BY_ITEM,
        "Move the virtual machine's data by selecting &where to move the items.",
        "You choose a place for each item.",
    ),
    (
        MoveOption.VM_ONLY,
        "Move &only the virtual machine",
        "The virtual hard disks are not moved; they must be on shared storage.",
    ),
)


class OptionsPage(WizardPage):
    """What becomes of the virtual machine's items."""

    page = Page.OPTIONS
    nav = "Choose Move Options"
    heading = "Choose Move Options"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self.body.addWidget(text_label("What do you want to do with the virtual machine's items?"))
        self._buttons = {}
        for value, text, explanation in _CHOICES:
            button, lines = choice(text, explanation, value)
            button.clicked.connect(lambda _=False, value=value: conductor.choose(replace(self.draft, option=value)))
            self._buttons[value] = button
            self.body.addSpacing(8)
            self.body.addWidget(button)
            self.body.addWidget(lines)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Show the choice."""
        if self.draft.option is not None:
            self._buttons[self.draft.option].setChecked(True)

    def entered(self) -> None:
        """Focus on the choice."""
        if self.draft.option is not None:
            self._buttons[self.draft.option].setFocus()

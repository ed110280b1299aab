"""Choose Move Type."""

from __future__ import annotations

from dataclasses import replace

from hvdesk.domain.flow import MoveType, Page
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.page import WizardPage, choice
from hvdesk.ui.widgets import text_label


class MoveTypePage(WizardPage):
    """The virtual machine, or only its storage."""

    page = Page.MOVE_TYPE
    nav = "Choose Move Type"
    heading = "Choose Move Type"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self.body.addWidget(text_label("What type of move do you want to perform?"))
        self._buttons = {}
        for value, text, explanation in (
            (
                MoveType.VIRTUAL_MACHINE,
                "Move the &virtual machine",
                "Move the virtual machine to another computer that runs Hyper-V, optionally with its storage.",
            ),
            (
                MoveType.STORAGE,
                "Move the virtual machine's &storage",
                "Move only the storage to another place on this server or to shared storage.",
            ),
        ):
            button, lines = choice(text, explanation, value)
            button.clicked.connect(lambda _=False, value=value: conductor.choose(replace(self.draft, move_type=value)))
            self._buttons[value] = button
            self.body.addSpacing(8)
            self.body.addWidget(button)
            self.body.addWidget(lines)
        self.body.addStretch(1)

    def refresh(self) -> None:
        """Show the choice."""
        self._buttons[self.draft.move_type].setChecked(True)

    def entered(self) -> None:
        """Focus on the choice."""
        self._buttons[self.draft.move_type].setFocus()

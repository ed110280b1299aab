"""Before You Begin."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from hvdesk.domain.errors import HvError
from hvdesk.domain.flow import Page
from hvdesk.settings.schema import Preferences
from hvdesk.ui.error_dialog import ErrorDialog
from hvdesk.ui.move_wizard.conductor import Conductor
from hvdesk.ui.move_wizard.page import WizardPage
from hvdesk.ui.widgets import named, text_label


class BeforePage(WizardPage):
    """Says what the wizard does, and can be skipped from then on; the box is still reached by Previous."""

    page = Page.BEFORE
    nav = "Before You Begin"
    heading = "Before You Begin"

    def __init__(self, conductor: Conductor) -> None:
        super().__init__(conductor)
        self.body.addWidget(
            text_label(
                "This wizard helps you move a virtual machine to another computer, or move the storage of a virtual "
                "machine to another location.\n\nA running virtual machine goes on while it moves. Before anything is "
                "moved, both hosts are checked and what was found is shown."
            )
        )
        self.body.addStretch(1)
        self._skip = named(QCheckBox("&Do not show this page again"), "Do not show this page again")
        self._skip.setChecked(conductor.core.preferences().skip_before_you_begin)
        self._skip.clicked.connect(self._keep)
        self.body.addWidget(self._skip)

    def _keep(self, skip: bool) -> None:
        def change(preferences: Preferences) -> Preferences:
            return replace(preferences, skip_before_you_begin=skip)

        try:
            self.conductor.core.change_preferences(change)
        except HvError as error:
            self._skip.setChecked(not skip)
            ErrorDialog("Move Wizard", error.report(), self).open()

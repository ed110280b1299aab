"""The window's commands: one QAction each, shared by menus, context menus and the Actions pane."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from hvdesk.ui.texts import cancel_words
from hvdesk.ui.vm_table import VmRow
from hvdesk.ui.widgets import NOT_YET, set_tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the commands are about: the host shown, and the VM selected on it."""

    host_id: str | None = None
    host_name: str = ""
    row: VmRow | None = None


class Commands(QObject):
    """Every command of the window. `show_selection` decides which are possible."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.connect_server = self._action("&Connect to Server...")
        self.hyperv_settings = self._action("Hyper-V &Settings...")
        self.hyperv_settings.setEnabled(False)
        set_tip(self.hyperv_settings, f"Hyper-V Settings are {NOT_YET}.")
        self.remove_server = self._action("&Remove Server")
        self.refresh = self._action("R&efresh", QKeySequence.StandardKey.Refresh)
        self.help = self._action("He&lp", QKeySequence.StandardKey.HelpContents)
        self.about = self._action("A&bout hvdesk")
        self.exit = self._action("E&xit")
        self.move = self._action("&Move...")
        self.cancel_moving = self._action("Ca&ncel Moving")
        self.vm_help = self._action("Hel&p")
        self.show_selection(Selection())

    def show_selection(self, selection: Selection) -> None:
        """Enable what can be done with `selection`. Cancelling is named after the job, and shown only while it runs."""
        row = selection.row
        self.remove_server.setEnabled(selection.host_id is not None)
        self.refresh.setEnabled(selection.host_id is not None)
        self.move.setEnabled(row is not None and not row.moving)
        self.move.setVisible(row is None or not row.moving)
        self.cancel_moving.setVisible(row is not None and row.moving)
        ours = row is not None and row.job is not None and row.job.can_cancel
        self.cancel_moving.setEnabled(ours)
        if row is not None and row.moving:
            self.cancel_moving.setText(cancel_words(row.migration).replace("Cancel", "Ca&ncel", 1))
            set_tip(self.cancel_moving, "" if ours else "Only the program that started the move can cancel it.")

    def _action(self, text: str, key: QKeySequence.StandardKey | None = None) -> QAction:
        action = QAction(text, self)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        return action

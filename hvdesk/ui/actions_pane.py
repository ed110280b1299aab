"""The Actions pane on the right: the host's commands, and those of the selected virtual machine."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from hvdesk.domain.units import visible_text
from hvdesk.ui import icons
from hvdesk.ui.commands import Commands, Selection
from hvdesk.ui.widgets import bold, named, text_label, words_of


class ActionButton(QToolButton):
    """A line of the pane. A tool button would drop the action's mnemonic, so the text is kept here."""

    def __init__(self, action: QAction, section: str) -> None:
        super().__init__()
        self._action = action
        self._section = section
        self.setIcon(action.icon() if not action.icon().isNull() else icons.blank())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.text())
        named(self, f"{words_of(self._action.text())} ({self._section})")
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setVisible(self._action.isVisible())


class ActionsPane(QWidget):
    """Two sections, headed by the names of the host and of the VM; the second shows only with a VM."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        named(self, "Actions pane")
        commands.move.setIcon(icons.move())
        commands.connect_server.setIcon(icons.server())
        self._host_title, self._vm_title = _title("Actions of host"), _title("Actions of virtual machine")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(bold(text_label("Actions", wrap=False)))
        host_actions = (
            commands.connect_server,
            commands.hyperv_settings,
            commands.remove_server,
            commands.refresh,
            commands.help,
        )
        layout.addWidget(self._host_title)
        layout.addWidget(_section(host_actions, "host"))
        self._vm_section = _section((commands.move, commands.cancel_moving, commands.vm_help), "virtual machine")
        layout.addWidget(self._vm_title)
        layout.addWidget(self._vm_section)
        layout.addStretch(1)
        self.show_selection(Selection())

    def show_selection(self, selection: Selection) -> None:
        """Head the sections with the names of `selection`."""
        self._host_title.setText(visible_text(selection.host_name) or "Hyper-V Manager")
        self._vm_title.setVisible(selection.row is not None)
        self._vm_section.setVisible(selection.row is not None)
        if selection.row is not None:
            self._vm_title.setText(visible_text(selection.row.vm.name))


def _title(name: str) -> QLabel:
    label = bold(text_label(name=name))
    label.setAutoFillBackground(True)
    label.setBackgroundRole(QPalette.ColorRole.Mid)
    label.setMargin(3)
    return label


def _section(actions: Sequence[QAction], name: str) -> QWidget:
    section = QWidget()
    layout = QVBoxLayout(section)
    layout.setContentsMargins(4, 2, 0, 6)
    layout.setSpacing(0)
    for action in actions:
        layout.addWidget(ActionButton(action, name))
    return section

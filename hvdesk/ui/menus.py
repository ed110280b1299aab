"""The menu bar and the context menus."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from hvdesk.ui.commands import Commands


def fill_menu_bar(window: QMainWindow, commands: Commands, panes: Mapping[str, QWidget]) -> None:
    """File, Action, View (a tick for each pane of `panes`, by its text) and Help."""
    bar = window.menuBar()
    bar.addMenu("&File").addAction(commands.exit)
    action = bar.addMenu("&Action")
    action.addActions([commands.connect_server, commands.hyperv_settings, commands.remove_server])
    action.addSeparator()
    action.addActions([commands.move, commands.cancel_moving])
    action.addSeparator()
    action.addAction(commands.refresh)
    view = bar.addMenu("&View")
    for text, pane in panes.items():
        entry = QAction(text, view)
        entry.setCheckable(True)
        entry.setChecked(True)
        entry.toggled.connect(pane.setVisible)
        view.addAction(entry)
    bar.addMenu("&Help").addActions([commands.help, commands.about])


def vm_menu(commands: Commands, parent: QWidget, place: QPoint) -> None:
    """The menu of a virtual machine, at a global position."""
    _open([commands.move, commands.cancel_moving, commands.vm_help], parent, place)


def host_menu(commands: Commands, parent: QWidget, place: QPoint, *, root: bool) -> None:
    """The menu of a host, or of the root of the tree."""
    actions = [commands.connect_server]
    if not root:
        actions = [commands.hyperv_settings, commands.remove_server, commands.refresh]
    _open([*actions, commands.help], parent, place)


def _open(actions: list[QAction], parent: QWidget, place: QPoint) -> None:
    menu = QMenu(parent)
    menu.addActions(actions)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)

"""The whole program in the test's process: core, bridge and window on a lab in a child process, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labhelp import Lab
from PySide6.QtWidgets import QApplication, QMainWindow
from ui import driver
from ui.desk import Desk, opened_desk


@pytest.fixture(scope="session", autouse=True)
def _qt_has_asked_the_desktop(qapp: QApplication) -> None:
    """On a display Qt asks over D-Bus, at the first menu bar, who shows menus, and keeps that socket: not a test's."""
    window = QMainWindow()
    window.menuBar()
    window.deleteLater()


@pytest.fixture(autouse=True)
def no_windows_left(qapp: QApplication) -> Iterator[None]:
    """The next test finds none of the windows of a test that failed."""
    yield
    for window in qapp.topLevelWidgets():
        window.hide()
        window.deleteLater()
    driver.turn()


@pytest.fixture
def desk(qapp: QApplication, nothing_left: None, lab: Lab, tmp_path: Path) -> Iterator[Desk]:
    """The window on this test's lab; nothing of it may be left afterwards."""
    with opened_desk(lab, tmp_path / "data") as desk:
        yield desk

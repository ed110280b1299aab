"""The whole program in the test's process: core, bridge and window on a lab in a child process, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labhelp import Lab
from PySide6.QtWidgets import QApplication, QTabWidget
from ui import driver
from ui.desk import Desk, opened_desk


@pytest.fixture(scope="session")
def warm_qt(qapp: QApplication) -> QApplication:
    """The application after Qt has opened, with its first tab bar, two descriptors that it keeps to the end."""
    tabs = QTabWidget()
    tabs.show()
    driver.turn(50)
    tabs.deleteLater()
    driver.turn()
    return qapp


@pytest.fixture
def desk(warm_qt: QApplication, nothing_left: None, lab: Lab, tmp_path: Path) -> Iterator[Desk]:
    """The window on this test's lab; nothing of it may be left afterwards."""
    with opened_desk(lab, warm_qt, tmp_path / "data") as desk:
        yield desk

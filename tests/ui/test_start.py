"""The window is there before the program behind it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from labhelp import Lab
from ui import driver

from hvdesk.app.build import opened
from hvdesk.ui.main import Session

_LOADED = "import sys, hvdesk.ui.main; print(*sys.modules)"
_LATER = {"hvdesk.app.core", "hvdesk.hyperv", "hvdesk.ui.move_wizard.wizard", "keyring", "requests", "spnego", "winrm"}


def test_to_show_the_window_neither_the_core_nor_the_wire_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, timeout=60, check=True)
    assert "hvdesk.ui.main_window" in done.stdout.split()
    assert not _LATER & set(done.stdout.split())


def test_a_window_without_a_core_is_empty_takes_no_input_and_stays(qapp: object, lab: Lab, tmp_path: Path) -> None:
    session = Session()
    session.window.show()
    assert not session.window.isEnabled()
    session.window.close()
    assert session.window.isVisible()
    with opened(str(lab.state_file), tmp_path, 20.0) as core:
        session.begin(core)
        driver.until(lambda: driver.cells(session.window, "Virtual Machines"), "VMs of the first host")
        assert session.window.isEnabled()
        session.end()
    session.window.deleteLater()
    driver.turn()

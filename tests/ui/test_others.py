"""The window beside others: the terminal of the same user, and other admins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labhelp import Lab
from PySide6.QtWidgets import QApplication
from terminal import Terminal
from ui import driver
from ui.desk import Desk, opened_desk

from hvdesk.domain.move import JobState


@pytest.fixture
def terminal(lab: Lab, tmp_path: Path) -> Terminal:
    """Commands on the lab and the data folder of the window."""
    return Terminal(lab, tmp_path / "data")


@pytest.fixture
def desk(qapp: QApplication, nothing_left: None, lab: Lab, terminal: Terminal) -> Iterator[Desk]:
    """A window that shows HV01."""
    with opened_desk(lab, terminal.data) as desk:
        desk.show_host("HV01")
        yield desk


def job_row(desk: Desk) -> list[str]:
    rows = driver.cells(desk.window, "Jobs")
    return rows[0] if rows else [""] * 8


def test_a_move_of_the_terminal_is_shown_as_not_ours_and_cannot_be_ended_here(desk: Desk, terminal: Terminal) -> None:
    desk.hold_at("phase:storage-2")
    moving = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", "D:\\VMs", "--json")
    desk.until_held()
    driver.until(lambda: job_row(desk)[1] == "web-01", "the terminal's move in Jobs")
    driver.until(lambda: job_row(desk)[2] == "Moving storage", "its phase")
    assert "Driven by another program." in job_row(desk)[7]
    assert not driver.enabled(desk.window, "Cancel Job")
    driver.until(lambda: "Moving Virtual Machine and Storage" in desk.vm("web-01")[5], "its percent in the list")
    desk.choose_vm("web-01")
    cancel = "Cancel Moving Virtual Machine and Storage (virtual machine)"
    assert not driver.enabled(desk.window, cancel)
    desk.window.close()
    driver.until(lambda: desk.session_ended, "the end of the core, without a question")
    desk.release()
    assert moving.wait().code == 0
    assert "web-01" in desk.vms_on("HV02").values()


def test_a_move_of_the_window_goes_on_when_the_terminal_looks_at_it(desk: Desk, terminal: Terminal) -> None:
    desk.hold_at("phase:storage-2")
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", "D:\\VMs")
    wizard.press("Finish")
    desk.until_held()
    driver.until(lambda: driver.read(wizard.window, "Phase") == "Moving storage", "the storage phase")
    (job,) = terminal.run("jobs", "--json").rows
    assert job["vm_name"] == "web-01"
    desk.release()
    wizard.until_closed()
    assert desk.calls("Move-VM") == 1


def test_a_move_of_another_admin_is_a_row_of_jobs_until_it_ends(desk: Desk) -> None:
    desk.hold_at("phase:storage-2")
    migrate = {"cmd": "world", "do": "migrate", "host": "HV01", "vm": "web-01", "destination": "HV02"}
    desk.lab.command({**migrate, "folder": "D:\\VMs"})
    desk.until_held()
    driver.until(lambda: "Moving Virtual Machine and Storage" in desk.vm("web-01")[5], "its percent in the list")
    driver.until(lambda: job_row(desk)[1] == "web-01", "its row in Jobs")
    assert not driver.enabled(desk.window, "Cancel Job")
    desk.release()
    driver.until(lambda: "web-01" not in desk.vm_names(), "that the VM has left")
    driver.until(lambda: job_row(desk)[2] == "Completed", "the end in Jobs")
    assert not [job for job in desk.core.moves.jobs() if job.state is JobState.UNKNOWN]

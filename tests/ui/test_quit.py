"""Quitting while a move runs, and the next start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labhelp import Lab
from PySide6.QtWidgets import QApplication
from ui import driver
from ui.desk import Desk, opened_desk

from hvdesk.domain.move import JobState


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of both starts."""
    return tmp_path / "data"


@pytest.fixture
def first(qapp: QApplication, nothing_left: None, lab: Lab, data: Path) -> Iterator[Desk]:
    """A window with a move that is held in its storage phase."""
    with opened_desk(lab, data) as desk:
        desk.hold_at("phase:storage-2")
        wizard = desk.wizard("HV01", "web-01")
        wizard.to_check("HV02", "D:\\VMs")
        wizard.press("Finish")
        desk.until_held()
        driver.until(lambda: driver.read(wizard.window, "Phase") == "Moving storage", "the storage phase")
        yield desk
        desk.release()


def test_staying_changes_nothing(first: Desk) -> None:
    first.window.close()
    dialog = driver.window("Quit hvdesk")
    assert "web-01: HV01 to HV02" in driver.read(dialog, "Running moves")
    driver.press(dialog, "Stay")
    driver.gone("Quit hvdesk")
    assert first.window.isEnabled()
    assert first.job(JobState.MOVING)


def test_a_move_that_is_left_is_found_and_followed_by_the_next_start(first: Desk, data: Path) -> None:
    first.window.close()
    driver.press(driver.window("Quit hvdesk"), "Leave It Running on the Host")
    driver.until(lambda: first.session_ended, "the end of the core")
    with opened_desk(first.lab, data) as second:
        driver.until(lambda: driver.cells(second.window, "Jobs"), "the job of the first start")
        assert driver.cells(second.window, "Jobs")[0][1] == "web-01"
        second.release()
        second.job(JobState.DONE)
        assert "web-01" in second.vms_on("HV02").values()
        assert second.calls("Move-VM") == 1


def test_cancelling_and_quitting_leaves_the_vm_on_its_source(first: Desk) -> None:
    first.window.close()
    driver.press(driver.window("Quit hvdesk"), "Cancel the Move and Quit")
    first.release()
    driver.until(lambda: first.session_ended, "the end of the core")
    assert "web-01" in first.vms_on("HV01").values()
    assert first.planned_on("HV02") == []


def test_without_a_move_nothing_is_asked(qapp: QApplication, nothing_left: None, lab: Lab, data: Path) -> None:
    with opened_desk(lab, data) as desk:
        desk.show_host("HV01")
        desk.window.close()
        driver.until(lambda: desk.session_ended, "the end of the core")
        assert lab.log("HV01")["open_shells"] == 0


def test_quitting_says_that_a_waiting_move_is_not_left_to_its_host(qapp: QApplication, desk: Desk) -> None:
    desk.lab.command({"cmd": "world", "do": "settings", "host": "HV01", "max_vm_migrations": 1})
    other = {"do": "migrate", "host": "HV01", "vm": "db-01", "destination": "HV02", "folder": "D:\\VMs"}
    desk.lab.command({"cmd": "world", **other})
    desk.show_host("HV01")
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_check("HV02", "D:\\VMs")
    wizard.press("Finish")
    driver.until(lambda: "Waiting" in [row[2] for row in driver.cells(desk.window, "Jobs")], "that it waits")
    desk.window.close()
    dialog = driver.window("Quit hvdesk")
    assert "has not begun and will not be started" in driver.read(dialog, "Advice")
    driver.press(dialog, "Stay")
    driver.gone("Quit hvdesk")

"""The main window: who is asked when, details, waiting for a slot, the harder way to cancel, the wizard's habits."""

from __future__ import annotations

from pathlib import Path

import pytest
from labhelp import Lab
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget
from terminal import Terminal
from ui import driver
from ui.desk import Desk, opened_desk

from hvdesk.domain.move import JobState
from hvdesk.hyperv.tools import Patience
from hvdesk.settings.schema import Preferences
from hvdesk.ui.move_wizard.wizard import MoveWizard

CANCEL = "Cancel Moving Virtual Machine and Storage (virtual machine)"


def sent(lab: Lab, host: str) -> int:
    """Requests that a host has been sent."""
    return int(lab.log(host)["requests"].get("Send", 0))


def start_move(desk: Desk, vm: str = "web-01") -> None:
    wizard = desk.wizard("HV01", vm)
    wizard.to_check("HV02", "D:\\VMs")
    wizard.press("Finish")
    driver.until(lambda: driver.present(wizard.window, "Performing the move", QWidget), "the progress box")
    wizard.window.close()
    wizard.until_closed()


def test_only_the_host_shown_is_asked_and_nothing_while_minimised(desk: Desk) -> None:
    desk.core.change_preferences(lambda old: Preferences(refresh_seconds=1, jobs_refresh_seconds=1))
    desk.show_host("HV02")
    asked = sent(desk.lab, "HV02")
    driver.until(lambda: sent(desk.lab, "HV02") >= asked + 3, "the polls of the host shown")
    assert desk.lab.log("HV03")["http_requests"] == 0
    desk.window.showMinimized()
    driver.turn(1200)
    asked = sent(desk.lab, "HV02")
    driver.turn(2500)
    assert sent(desk.lab, "HV02") == asked
    desk.window.showNormal()
    driver.until(lambda: sent(desk.lab, "HV02") > asked, "polls after the window is back")


def test_an_unreachable_host_is_marked_and_its_list_stays(desk: Desk) -> None:
    desk.core.change_preferences(lambda old: Preferences(refresh_seconds=1))
    desk.show_host("HV02")
    desk.lab.command({"cmd": "fault", "host": "HV02", "point": "connect", "action": "refuse", "times": None})
    desk.lab.command({"cmd": "cut", "host": "HV02"})
    driver.until(lambda: driver.present(desk.window, "Host error title", QLabel), "the error of the host")
    assert "print-01" in desk.vm_names()
    assert [window.accessibleName() for window in driver.windows()] == ["hvdesk"], "a poll opens no dialog"
    desk.lab.command({"cmd": "clear"})
    driver.until(lambda: not driver.present(desk.window, "Host error title", QLabel), "the end of the error")


def test_details_and_checkpoints_follow_the_selection(desk: Desk) -> None:
    desk.show_host("HV01")
    desk.choose_vm("db-01")
    driver.until(lambda: driver.cells(desk.window, "Checkpoints"), "the checkpoints of db-01")
    assert driver.read(desk.window, "Details of") == "db-01"
    desk.choose_vm("app-01")
    driver.until(lambda: driver.read(desk.window, "Details of") == "app-01", "the details of app-01")
    assert driver.read(desk.window, "No checkpoints") == "The selected virtual machine has no checkpoints."
    desk.show_host("HV02")
    driver.until(lambda: driver.read(desk.window, "Details of") == "", "that no VM is selected")


def test_a_move_that_waits_for_its_turn_says_so(desk: Desk) -> None:
    desk.lab.command({"cmd": "world", "do": "settings", "host": "HV01", "max_vm_migrations": 1})
    desk.lab.command(
        {"cmd": "world", "do": "migrate", "host": "HV01", "vm": "db-01", "destination": "HV02", "folder": "D:\\VMs"}
    )
    desk.show_host("HV01")
    start_move(desk, "app-01")
    waiting = "Moving Virtual Machine and Storage (waiting)"
    driver.until(lambda: desk.vm("app-01")[5] == waiting, "that it waits, in the list")

    def row() -> list[str]:
        return next(row for row in driver.cells(desk.window, "Jobs") if row[1] == "app-01")

    driver.until(lambda: row()[7] == "The move waits for its turn", "why it waits")
    assert row()[2] == "Waiting"
    desk.release(speed=30)
    driver.until(lambda: "app-01" in desk.vms_on("HV02").values(), "the end of its move", 60)


@pytest.mark.usefixtures("qapp", "nothing_left")
def test_a_host_that_does_not_cancel_is_asked_the_harder_way(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Patience.__init__.__kwdefaults__, "harder", 1.0)  # 30 s for users
    lab.command({"cmd": "switch", "name": "cancel_needs_kill", "value": True})
    with opened_desk(lab, tmp_path / "data") as desk:
        desk.hold_at("phase:storage-2")
        start_move(desk)
        desk.until_held()
        desk.choose_vm("web-01")
        driver.press(desk.window, CANCEL)
        driver.until(lambda: driver.cells(desk.window, "Jobs")[0][7], "that the host goes on")
        driver.press(desk.window, "Cancel Job")
        dialog = driver.window("Cancel Move")
        assert driver.read(dialog, "Question") == "HV01 still moves web-01"
        driver.press(dialog, "End It at Once")
        desk.release()
        desk.job(JobState.CANCELLED)
        assert "web-01" in desk.vms_on("HV01").values()


@pytest.mark.usefixtures("qapp", "nothing_left")
@pytest.mark.parametrize("dies", [False, True], ids=["move lives on", "move dies with its shell"])
def test_a_move_of_a_killed_program_is_found_followed_and_verified(lab: Lab, tmp_path: Path, dies: bool) -> None:
    lab.command({"cmd": "switch", "name": "move_dies_with_shell", "value": dies})
    terminal = Terminal(lab, tmp_path / "data")
    lab.command({"cmd": "clock", "speed": 20})
    hold = {"cmd": "world", "do": "when", "event": "phase:storage-2", "then": {"cmd": "clock", "hold": True}}
    lab.command(hold)
    moving = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", "D:\\VMs", "--json")
    lab.until(lambda: lab.command({"cmd": "show"})["clock"]["held"], 30)
    moving.kill()
    with opened_desk(lab, terminal.data) as desk:
        driver.until(lambda: driver.cells(desk.window, "Jobs"), "the job")
        driver.until(lambda: driver.cells(desk.window, "Jobs")[0][2] == "Moving storage", "its phase")
        driver.until(lambda: driver.enabled(desk.window, "Cancel Job"), "that it is ours now")
        lab.command({"cmd": "expire", "host": "HV01"})  # what the host does by itself when nobody asks for a while
        desk.release()
        desk.job(JobState.FAILED if dies else JobState.DONE)
        assert "web-01" in desk.vms_on("HV01" if dies else "HV02").values()
        assert desk.calls("Move-VM") == 1


def test_a_second_wizard_for_one_vm_is_the_first_one(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    driver.press(desk.window, "Move (virtual machine)")
    driver.turn(50)
    assert desk.window.findChildren(MoveWizard) == [wizard.window]


def test_before_you_begin_can_be_left_out_and_is_still_reached_by_previous(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    driver.press(wizard.window, "Do not show this page again")
    wizard.press("Cancel")
    wizard.until_closed()
    again = desk.wizard("HV01", "web-01")
    assert again.heading == "Choose Move Type"
    again.press("Previous")
    assert again.heading == "Before You Begin"
    assert driver.find(again.window, "Do not show this page again", QCheckBox).checkState() is Qt.CheckState.Checked


def test_the_list_on_the_left_leads_back_and_to_what_is_complete(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", "D:\\VMs")
    driver.choose(wizard.window, "Pages", lambda row: row[0] == "Specify Destination")
    wizard.until_heading("Specify Destination Computer")
    driver.choose(wizard.window, "Pages", lambda row: row[0] == "Summary")
    wizard.until_heading("Completing Move Wizard")
    driver.choose(wizard.window, "Pages", lambda row: row[0] == "Virtual Machine")
    wizard.until_heading("Choose a new location for virtual machine")
    driver.write(wizard.window, "Folder", "D:\\")
    driver.choose(wizard.window, "Pages", lambda row: row[0] == "Summary")
    assert wizard.heading == "Choose a new location for virtual machine", "no way past the check"

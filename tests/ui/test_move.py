"""A whole move through the window, by accessible names, against the lab over real sockets."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from ui import driver
from ui.desk import Desk

from hvdesk.domain.move import JobState

FOLDER = "D:\\VMs"


def test_a_running_vm_moves_from_page_to_page(desk: Desk) -> None:
    desk.show_host("HV01")
    (vm_id,) = [vm_id for vm_id, name in desk.vms_on("HV01").items() if name == "web-01"]
    desk.hold_at("phase:memory")
    wizard = desk.wizard("HV01", "web-01")
    assert wizard.window.windowTitle() == 'Move "web-01" Wizard'
    assert wizard.heading == "Before You Begin"
    assert wizard.can() == {"Previous": False, "Next": True, "Finish": False, "Cancel": True}
    wizard.press("Next")
    assert wizard.heading == "Choose Move Type"
    wizard.press("Next")
    assert wizard.heading == "Specify Destination Computer"
    assert [name for name, black in wizard.pages() if not black] == ["Choose Move Options", "Check", "Summary"]
    assert wizard.can() == {"Previous": True, "Next": False, "Finish": False, "Cancel": True}
    driver.write(wizard.window, "Name", "hv02")
    wizard.press("Next")
    wizard.until_heading("Choose Move Options")
    assert "Virtual Machine" in [name for name, _ in wizard.pages()]
    wizard.press("Next")
    assert wizard.heading == "Choose a new location for virtual machine"
    assert wizard.can() == {"Previous": True, "Next": False, "Finish": False, "Cancel": True}
    driver.write(wizard.window, "Folder", FOLDER)
    assert wizard.can() == {"Previous": True, "Next": True, "Finish": True, "Cancel": True}
    driver.until(lambda: "TB" in driver.read(wizard.window, "Available space"), "available space")
    assert driver.read(wizard.window, "Size") == "36.0 GB"
    wizard.press("Next")
    wizard.checked()
    assert not [finding for finding in wizard.findings() if not finding.startswith("Note")]
    wizard.press("Next")
    assert wizard.heading == "Completing Move Wizard"
    assert all(black for _, black in wizard.pages())
    wizard.press("Finish")
    desk.until_held()
    driver.until(lambda: driver.read(wizard.window, "Phase") == "Moving memory and state", "the memory phase")
    assert wizard.can() == {"Previous": False, "Next": False, "Finish": False, "Cancel": False}
    moving = r"Moving Virtual Machine and Storage \(\d+%\)"
    driver.until(lambda: re.fullmatch(moving, desk.vm("web-01")[5]), "the percent in the Status column")
    assert driver.cells(desk.window, "Jobs")[0][1] == "web-01"
    desk.release()
    wizard.until_closed()
    assert desk.vms_on("HV02")[vm_id] == "web-01"
    assert vm_id not in desk.vms_on("HV01")
    driver.until(lambda: "web-01" not in desk.vm_names(), "that the VM has left the list of its source")
    desk.show_host("HV02")
    driver.until(lambda: desk.vm("web-01"), "the VM in the list of its destination")
    assert desk.vm("web-01")[1] == "Running"
    assert driver.cells(desk.window, "Jobs")[0][2] == "Completed"
    assert desk.calls("Move-VM") == 1


def test_the_summary_has_the_rows_of_hyper_v_manager_and_the_script(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", FOLDER + "\\")
    wizard.press("Next")
    assert driver.cells(wizard.window, "Description") == [
        ["Virtual machine:", "web-01"],
        ["Move type:", "Virtual Machine And Storage"],
        ["Destination computer:", "HV02"],
        ["Item to move:", "Destination Location"],
        ["    Attached virtual hard disk  SCSI Controller 0, location 0", FOLDER + "\\Virtual Hard Disks"],
        ["    Attached virtual hard disk  SCSI Controller 0, location 1", FOLDER + "\\Virtual Hard Disks"],
        ["    Current configuration", FOLDER],
        ["    Checkpoints", FOLDER],
        ["    Smart Paging", FOLDER],
        ["Move method:", "Compression"],
    ]
    wizard.press("Show PowerShell")
    script = driver.window("PowerShell")
    assert "Move-VM" in driver.read(script, "Script")
    assert f"-DestinationStoragePath '{FOLDER}'" in driver.read(script, "Script")
    driver.press(script, "Close")
    driver.gone("PowerShell")
    assert desk.calls("Move-VM") == 0


def test_finish_on_the_folder_page_checks_and_starts_what_is_clean(desk: Desk) -> None:
    desk.release(speed=50)
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", FOLDER)
    wizard.press("Finish")
    wizard.until_closed()
    assert "app-01" in desk.vms_on("HV02").values()
    assert desk.calls("Compare-VM") == 1


def test_a_missing_folder_is_made_at_once_when_the_user_orders_it(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_check("HV02", "D:\\VMs\\new one")
    assert wizard.findings()[0] == "Blocker: The folder does not exist"
    wizard.press("Make This Folder")
    driver.until(lambda: driver.present(wizard.window, "Next", driver.QWidget)[0].isEnabled(), "a clean check")
    wizard.press("Cancel")
    wizard.until_closed()
    driver.until(lambda: not desk.core.moves.hosts_in_use(), "the end of the check's traces")
    assert desk.calls("New-Item") == 1
    assert desk.planned_on("HV02") == []


def test_early_finish_stops_at_a_blocker(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "san-passthrough")
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", FOLDER)
    wizard.press("Finish")
    wizard.until_heading("Check the Move")
    wizard.checked()
    assert wizard.findings()[0].startswith("Blocker:")
    assert wizard.can() == {"Previous": True, "Next": False, "Finish": False, "Cancel": True}
    assert desk.calls("Move-VM") == 0


def test_a_warning_has_to_be_ticked_before_the_move_starts(desk: Desk) -> None:
    desk.release(speed=50)
    desk.lab.command({"cmd": "world", "do": "free", "host": "HV02", "volume": "D:\\", "gb": 9})
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", FOLDER)
    wizard.press("Finish")
    wizard.until_heading("Check the Move")
    wizard.checked()
    (warning,) = [finding for finding in wizard.findings() if finding.startswith("Warning: ")]
    assert not driver.enabled(wizard.window, "Finish")
    driver.press(wizard.window, "Accept: " + warning.removeprefix("Warning: "))
    assert driver.enabled(wizard.window, "Next")
    wizard.press("Finish")
    wizard.until_closed()
    assert "app-01" in desk.vms_on("HV02").values()


def test_a_tick_does_not_outlive_another_choice(desk: Desk) -> None:
    desk.lab.command({"cmd": "world", "do": "free", "host": "HV02", "volume": "D:\\", "gb": 9})
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_check("HV02", FOLDER)
    (warning,) = [finding for finding in wizard.findings() if finding.startswith("Warning: ")]
    driver.press(wizard.window, "Accept: " + warning.removeprefix("Warning: "))
    assert driver.enabled(wizard.window, "Next")
    wizard.press("Previous")
    driver.write(wizard.window, "Folder", "D:\\")
    wizard.press("Next")
    wizard.checked()
    assert not driver.enabled(wizard.window, "Next")
    assert desk.calls("Compare-VM") == 2


@pytest.mark.parametrize("way", ["Cancel", "Escape", "close"])
def test_cancelling_after_the_check_leaves_nothing(desk: Desk, way: str) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", FOLDER)
    if way == "Cancel":
        wizard.press("Cancel")
    elif way == "Escape":
        QTest.keyClick(wizard.window, Qt.Key.Key_Escape)
    else:
        wizard.window.close()
    wizard.until_closed()
    driver.until(lambda: not desk.core.moves.hosts_in_use(), "the end of the check's traces")
    assert desk.planned_on("HV02") == []
    assert [job for job in desk.core.moves.jobs() if not job.state.over] == []
    assert desk.calls("Move-VM") == 0
    # one session of the window for each host it asked, and none of the check's
    assert [desk.lab.log(host)["open_shells"] for host in ("HV01", "HV02")] == [1, 1]


def test_cancelling_while_the_check_runs_leaves_nothing(desk: Desk) -> None:
    desk.lab.command({"cmd": "clock", "hold": True})
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", FOLDER)
    wizard.press("Next")
    driver.until(lambda: driver.read(wizard.window, "Busy with"), "that the check is waited for")
    assert wizard.can() == {"Previous": False, "Next": False, "Finish": False, "Cancel": True}
    wizard.press("Cancel")
    wizard.until_closed()
    desk.release()
    driver.until(lambda: not desk.core.moves.hosts_in_use(), "the end of the check's traces")
    assert desk.planned_on("HV02") == []
    assert desk.calls("Move-VM") == 0


def test_the_running_move_can_be_cancelled_from_the_wizard(desk: Desk) -> None:
    desk.hold_at("phase:storage-2")
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", FOLDER)
    wizard.press("Finish")
    desk.until_held()
    driver.until(lambda: driver.read(wizard.window, "Phase") == "Moving storage", "the storage phase")
    wizard.press("Cancel Move")
    desk.release()
    desk.job(JobState.CANCELLED)
    driver.until(lambda: driver.enabled(wizard.window, "Cancel"), "that the wizard can be used again")
    assert "web-01" in desk.vms_on("HV01").values()
    assert driver.cells(desk.window, "Jobs")[0][2] == "Cancelled"


def test_the_running_move_can_be_cancelled_from_the_actions_pane(desk: Desk) -> None:
    desk.hold_at("phase:storage-2")
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", FOLDER)
    wizard.press("Finish")
    desk.until_held()
    driver.until(lambda: driver.read(wizard.window, "Phase") == "Moving storage", "the storage phase")
    wizard.window.close()
    wizard.until_closed()
    assert not driver.present(desk.window, "Move (virtual machine)", driver.QWidget)
    driver.press(desk.window, "Cancel Moving Virtual Machine and Storage (virtual machine)")
    desk.release()
    desk.job(JobState.CANCELLED)


def test_a_move_that_fails_says_why_and_can_be_tried_again(desk: Desk) -> None:
    desk.hold_at("phase:storage-1")
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_check("HV02", FOLDER)
    wizard.press("Finish")
    desk.until_held()
    desk.lab.command({"cmd": "world", "do": "cancel", "host": "HV01", "vm": "app-01"})
    desk.release()
    driver.until(lambda: driver.enabled(wizard.window, "Cancel"), "that the wizard can be used again")
    desk.release(speed=50)
    for dialog in [
        one for one in driver.windows() if one.accessibleName() == "Move Wizard" and one is not wizard.window
    ]:
        driver.press(dialog, "Close")
    wizard.press("Finish")
    wizard.until_closed()
    assert "app-01" in desk.vms_on("HV02").values()


def test_two_vms_of_one_name_are_two_rows_and_the_chosen_one_moves(desk: Desk) -> None:
    desk.release(speed=50)
    desk.show_host("HV01")
    rows = [row for row in driver.cells(desk.window, "Virtual Machines") if row[0] == "twin"]
    assert sorted(row[1] for row in rows) == ["Off", "Running"]
    number = [row[1] for row in rows].index("Off")
    off_id = next(
        vm["id"] for vm in desk.world()["hosts"]["HV01"]["vms"] if (vm["name"], vm["state"]) == ("twin", "Off")
    )
    wizard = desk.wizard("HV01", "twin", number)
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", FOLDER)
    wizard.press("Finish")
    wizard.until_closed()
    assert desk.vms_on("HV02").get(off_id) == "twin"


@pytest.mark.parametrize(
    "name",
    [
        "$(Remove-VM *)'\"",
        "tick ` and\nnewline; exit",
        "خادم \u202eemag\u202c الويب",
        "\U0001f680 \U0001d4b1\u2133 сервер 服务器",
    ],
)
def test_hostile_names_move_like_any_other(desk: Desk, name: str) -> None:
    desk.release(speed=50)
    shown = name.replace("\n", "<U+000A>").replace("\u202e", "<U+202E>").replace("\u202c", "<U+202C>")
    wizard = desk.wizard("HV01", shown)
    assert wizard.window.windowTitle() == f'Move "{shown}" Wizard'
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", FOLDER)
    wizard.press("Finish")
    wizard.until_closed()
    assert name in desk.vms_on("HV02").values()

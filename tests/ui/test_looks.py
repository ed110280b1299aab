"""What can be read and reached: greys, heights, focus, the order of Tab, and what is said while nothing is there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QPushButton, QWidget
from ui import driver
from ui.desk import Desk
from ui.palettes import dark

from hvdesk.domain.move import JobState, JobView
from hvdesk.settings.schema import Preferences
from hvdesk.ui.quit_dialog import QuitDialog
from hvdesk.ui.theme import legible

JOB = JobView(id="1", kind="move", vm_id="1", vm_name="a", source="HV01", destination="HV02", state=JobState.MOVING)


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_greyed_can_be_read(qapp: QApplication, scheme: str) -> None:
    role = QPalette.ColorRole
    palette = legible(dark() if scheme == "dark" else qapp.style().standardPalette())
    for text, ground in ((role.WindowText, role.Window), (role.ButtonText, role.Button), (role.Text, role.Base)):
        greyed = palette.color(QPalette.ColorGroup.Disabled, text)
        darker, lighter = sorted((luminance(greyed), luminance(palette.color(ground))))
        assert (lighter + 0.05) / (darker + 0.05) > 3
        assert greyed != palette.color(QPalette.ColorGroup.Active, text)


def test_tab_goes_through_the_findings_before_the_buttons_below(desk: Desk) -> None:
    desk.lab.command({"cmd": "world", "do": "free", "host": "HV02", "volume": "D:\\", "gb": 40})
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_check("HV02", "D:\\VMs")
    accept = "Accept: " + wizard.findings()[0].removeprefix("Warning: ")
    assert driver.read(wizard.window, "Result of the check").endswith("accepted each warning.")
    wizard.window.activateWindow()
    findings = driver.find(wizard.window, "Findings", QWidget)
    findings.setFocus()
    reached = []
    for _ in range(2):
        QTest.keyClick(wizard.window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(wizard.window.focusWidget().accessibleName())
    assert reached == [accept, "Check Again"]
    driver.press(wizard.window, accept)
    assert driver.read(wizard.window, "Result of the check") == "The virtual machine can be moved."


def test_a_page_without_a_field_has_the_focus_on_next(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    assert wizard.window.focusWidget() is driver.find(wizard.window, "Next", QPushButton)
    wizard.to_check("HV02", "D:\\VMs")
    wizard.press("Next")
    assert wizard.window.focusWidget() is driver.find(wizard.window, "Finish", QPushButton)


def test_enter_goes_on_also_while_names_are_proposed(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_destination()
    wizard.window.activateWindow()
    driver.write(wizard.window, "Name", "hv0")
    driver.until(QApplication.activePopupWidget, "names proposed")
    QTest.keyClicks(driver.find(wizard.window, "Name", QLineEdit), "2")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Return)
    wizard.until_heading("Choose Move Options")


def test_drives_show_their_space_and_enter_opens_a_folder(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_folder("HV02")
    wizard.press("Browse")
    browser = driver.window("Select Folder")
    driver.until(lambda: driver.cells(browser, "Folders"), "the drives")
    assert all(" free of " in row[0] for row in driver.cells(browser, "Folders"))
    driver.write(browser, "Folder", "D:\\")
    QTest.keyClick(driver.find(browser, "Folder", QLineEdit), Qt.Key.Key_Return)
    driver.until(lambda: ["VMs"] in driver.cells(browser, "Folders"), "the folders of D:")
    driver.find(browser, "Folders", QListWidget).setFocus()  # as Tab does on its way to the buttons: no choice
    driver.press(browser, "Select Folder")
    driver.gone("Select Folder")
    assert driver.read(wizard.window, "Folder") == "D:\\"


def test_a_folder_typed_but_not_opened_is_the_one_selected(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", "D:\\")
    wizard.press("Browse")
    browser = driver.window("Select Folder")
    driver.until(lambda: ["VMs"] in driver.cells(browser, "Folders"), "the folders of D:")
    driver.write(browser, "Folder", "D:\\nowhere")
    driver.press(browser, "Select Folder")
    assert driver.read(browser, "Folder error title") == "The folder does not exist"
    driver.write(browser, "Folder", "D:\\VMs")
    driver.press(browser, "Select Folder")
    driver.gone("Select Folder")
    assert driver.read(wizard.window, "Folder") == "D:\\VMs\\"


def test_an_error_takes_no_room_from_the_fields(desk: Desk) -> None:
    driver.press(desk.window, "Connect to Server (host)")
    dialog = driver.window("Connect to Server")
    there, account = desk.lab.host("HV03"), desk.lab.account("no-rights")
    driver.write(dialog, "Computer", f"{there.address}:{there.http_port}")
    driver.write(dialog, "User name", account.user)
    driver.write(dialog, "Password", account.password)
    before = driver.find(dialog, "Computer", QLineEdit).height()
    driver.press(dialog, "OK")
    driver.read(dialog, "Connection error title")
    driver.turn(50)
    text = driver.find(dialog, "Connection error text", QLabel)
    assert driver.find(dialog, "Computer", QLineEdit).height() == before
    assert text.height() >= text.heightForWidth(text.width()), "no line is cut"


def test_the_root_says_what_to_do_first(desk: Desk) -> None:
    desk.show_host("HV01")
    assert not driver.present(desk.window, "What to do first", QLabel)
    driver.choose_in_tree(desk.window, "Hosts", "Hyper-V Manager")
    assert "Connect to Server" in driver.read(desk.window, "What to do first")


def test_details_of_another_vm_do_not_stay_while_a_slow_host_is_asked(desk: Desk) -> None:
    desk.show_host("HV01")
    desk.choose_vm("db-01")
    driver.until(lambda: driver.read(desk.window, "Details of") == "db-01", "details")
    desk.core.change_preferences(lambda old: Preferences(refresh_seconds=600))
    desk.lab.command({"cmd": "rtt", "ms": 700})
    desk.choose_vm("app-01")
    driver.until(lambda: driver.read(desk.window, "No checkpoints") == "Reading the details...", "that it is asked")
    assert driver.read(desk.window, "Details of") == ""
    desk.lab.command({"cmd": "rtt", "ms": 0})
    driver.until(lambda: driver.read(desk.window, "Details of") == "app-01", "its details")


def test_the_list_is_right_as_soon_as_a_move_has_ended(desk: Desk) -> None:
    desk.core.change_preferences(lambda old: Preferences(refresh_seconds=600))
    desk.lab.command({"cmd": "clock", "speed": 20})
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_check("HV02", "D:\\VMs")
    wizard.press("Finish")
    wizard.until_closed()
    driver.until(lambda: "app-01" not in desk.vm_names(), "that it is gone from the list")


@pytest.mark.parametrize(
    ("count", "leave"), [(1, "Leave It Running on the Host"), (2, "Leave Them Running on the Hosts")]
)
def test_quitting_tells_one_move_from_several(qapp: QApplication, count: int, leave: str) -> None:
    parent = QWidget()
    dialog = QuitDialog([JOB] * count, parent)
    assert leave in [button.accessibleName() for button in dialog.findChildren(QPushButton)]
    parent.deleteLater()


def test_a_refused_password_tells_its_details_and_can_be_typed_again(desk: Desk) -> None:
    account = desk.lab.default_account()
    desk.lab.command({"cmd": "password", "user": account.user, "password": "changed meanwhile"})
    driver.choose_in_tree(desk.window, "Hosts", "HV03")
    driver.press(desk.window, "Log On")
    dialog = driver.window("Log On")
    driver.write(dialog, "Password", "guessed")
    driver.press(dialog, "OK")
    driver.press(dialog, "Logon error details")
    details = driver.window("Log On error")
    assert driver.read(details, "Host") == "HV03"
    driver.press(details, "Close")
    driver.gone("Log On error")
    driver.write(dialog, "Password", "changed meanwhile")
    driver.press(dialog, "OK")
    driver.gone("Log On")
    driver.until(lambda: "legacy-erp" in desk.vm_names(), "the machines of the host")

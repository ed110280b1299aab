"""Every window can be worked by keyboard and by a screen reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from ui import driver
from ui.access import complaints
from ui.desk import Desk

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, JobView
from hvdesk.ui.cancelling import HarderDialog
from hvdesk.ui.certificate_dialog import CertificateDialog
from hvdesk.ui.error_dialog import ErrorDialog
from hvdesk.ui.help_dialog import about_dialog, help_dialog
from hvdesk.ui.quit_dialog import QuitDialog

JOB = JobView(
    id="1", kind="move", vm_id="1", vm_name="web & <b>01</b>", source="HV01", destination="HV02", state=JobState.MOVING
)


def test_main_window_and_every_page_of_the_wizard(desk: Desk) -> None:
    found: dict[str, list[str]] = {}
    wizard = desk.wizard("HV01", "install-iso")
    found["main window"] = complaints(desk.window)
    found["Before You Begin"] = complaints(wizard.window)
    wizard.press("Next")
    found["Choose Move Type"] = complaints(wizard.window)
    wizard.press("Next")
    found["Specify Destination"] = complaints(wizard.window)
    wizard.press("Browse")
    picker = driver.window("Select Computer")
    found["Select Computer"] = complaints(picker)
    driver.press(picker, "Cancel")
    driver.write(wizard.window, "Name", "HV02")
    wizard.press("Next")
    wizard.until_heading("Choose Move Options")
    found["Choose Move Options"] = complaints(wizard.window)
    wizard.press("Next")
    found["Virtual Machine"] = complaints(wizard.window)
    wizard.press("Browse")
    browser = driver.window("Select Folder")
    driver.until(lambda: driver.cells(browser, "Folders"), "folders")
    found["Select Folder"] = complaints(browser)
    driver.press(browser, "Cancel")
    driver.write(wizard.window, "Folder", "D:\\no such folder")
    wizard.press("Next")
    wizard.until_heading("Check the Move")
    wizard.checked()
    found["Check"] = complaints(wizard.window)
    driver.press(desk.window, "Connect to Server (host)")
    connect = driver.window("Connect to Server")
    for https in (False, True):
        found[f"Connect to Server, https {https}"] = complaints(connect)
        driver.press(connect, "Use https")
    driver.pick(connect, "Kind of logon", "Certificate")
    found["Connect to Server, certificate"] = complaints(connect)
    assert {window: words for window, words in found.items() if words} == {}


def dialogs(parent: QWidget) -> list[QWidget]:
    error = HvError("host.lost", host="HV01", host_words="<b>line</b> one\nline two").report()
    return [
        ErrorDialog("Move Wizard", error, parent),
        CertificateDialog(HvError("tls.untrusted", host="HV01").report(), "ab" * 32, parent),
        QuitDialog([JOB], parent),
        HarderDialog(JOB, parent),
        help_dialog(parent),
        about_dialog(parent),
    ]


@pytest.mark.parametrize("number", range(6))
def test_every_dialog(qapp: QApplication, number: int) -> None:
    parent = QWidget()
    dialog = dialogs(parent)[number]
    dialog.show()
    driver.turn()
    assert complaints(dialog) == []
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel) if label.text())
    parent.deleteLater()


def test_focus_goes_where_the_user_has_to_type_and_enter_goes_on(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_destination()
    name = driver.find(wizard.window, "Name", QLineEdit)
    wizard.window.activateWindow()
    driver.until(name.hasFocus, "focus on the name")
    QTest.keyClicks(name, "HV02")
    QTest.keyClick(name, Qt.Key.Key_Return)
    wizard.until_heading("Choose Move Options")


def test_choices_that_are_not_built_are_greyed_with_the_reason(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.press("Next")
    storage = driver.find(wizard.window, "Move the virtual machine's storage", QWidget)
    assert not storage.isEnabled()
    assert "not in this version yet" in storage.accessibleDescription()
    assert "not in this version yet" in driver.content(storage)
    assert not driver.enabled(desk.window, "Hyper-V Settings (host)")


def test_names_are_never_taken_for_html(desk: Desk) -> None:
    desk.lab.command({"cmd": "world", "do": "rename", "host": "HV01", "vm": "web-01", "name": "<h1>&big</h1>"})
    wizard = desk.wizard("HV01", "<h1>&big</h1>")
    assert wizard.window.windowTitle() == 'Move "<h1>&big</h1>" Wizard'
    for window in (desk.window, wizard.window):
        for label in window.findChildren(QLabel):
            assert label.textFormat() is Qt.TextFormat.PlainText or not label.text(), label.text()
    assert driver.read(desk.window, "Actions of virtual machine") == "<h1>&big</h1>"

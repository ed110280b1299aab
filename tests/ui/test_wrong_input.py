"""Wrong input on each page: a clear message where the mistake is, and nothing changed."""

from __future__ import annotations

import socket

import pytest
from ui import driver
from ui.desk import Desk


@pytest.fixture
def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("name", ["two words", "-", "10.0.0.256", "a/b"])
def test_what_is_no_computer_name_is_refused_on_its_page(desk: Desk, name: str) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_destination()
    driver.write(wizard.window, "Name", name)
    wizard.press("Next")
    assert wizard.error() == "This is not a host name or address"
    assert wizard.heading == "Specify Destination Computer"
    driver.write(wizard.window, "Name", "HV02")
    assert not driver.present(wizard.window, "Page error title", driver.QLabel), "typing takes the error away"


@pytest.mark.parametrize("name", ["HV01", "hv01", "hv01.lab.test", " HV01 "])
def test_the_source_is_no_destination_under_any_name(desk: Desk, name: str) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_destination()
    driver.write(wizard.window, "Name", name)
    wizard.press("Next")
    assert wizard.error() == "Source and destination are the same computer"
    assert desk.calls("Compare-VM") == 0


def test_a_computer_that_is_not_there_is_said_so_in_the_dialog(desk: Desk, closed_port: int) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_destination()
    driver.write(wizard.window, "Name", f"127.0.0.1:{closed_port}")
    wizard.press("Next")
    dialog = driver.window("Connect to Server")
    driver.write(dialog, "Password", "whatever")
    driver.press(dialog, "OK")
    assert driver.read(dialog, "Connection error title") == "The host refused the connection"
    driver.press(dialog, "Cancel")
    driver.gone("Connect to Server")
    assert wizard.heading == "Specify Destination Computer"
    assert wizard.can()["Next"]


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("VMs", "This is not a full folder path"),
        ("D:VMs", "This is not a full folder path"),
        ("D:\\a?b", "The path has a character that Windows does not allow"),
        ("D:\\con", "This name is reserved by Windows"),
        ("D:\\dots.\\x", "Windows would change this folder name"),
    ],
)
@pytest.mark.parametrize("button", ["Next", "Finish"])
def test_what_is_no_folder_is_refused_on_its_page(desk: Desk, folder: str, title: str, button: str) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_folder("HV02")
    driver.write(wizard.window, "Folder", folder)
    wizard.press(button)
    assert wizard.error() == title
    assert wizard.heading == "Choose a new location for virtual machine"
    assert desk.calls("Compare-VM") == 0


@pytest.mark.parametrize(
    ("vm", "folder", "finding"),
    [
        ("web-01", "X:\\VMs", "Blocker: The drive does not exist"),
        ("web-01", "D:\\nowhere", "Blocker: The folder does not exist"),
        ("archive", "D:\\VMs", "Blocker: There is not enough free space"),
        ("dmz-proxy", "D:\\VMs", "Blocker: "),
        ("san-passthrough", "D:\\VMs", "Blocker: "),
    ],
)
def test_what_only_the_hosts_know_is_a_blocker_of_the_check(desk: Desk, vm: str, folder: str, finding: str) -> None:
    wizard = desk.wizard("HV01", vm)
    wizard.to_check("HV02", folder)
    assert wizard.findings()[0].startswith(finding)
    assert wizard.can() == {"Previous": True, "Next": False, "Finish": False, "Cancel": True}
    assert desk.calls("Move-VM") == 0


def test_a_vm_deleted_meanwhile_is_said_by_the_check(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_folder("HV02")
    desk.lab.command({"cmd": "world", "do": "delete", "host": "HV01", "vm": "app-01"})
    driver.write(wizard.window, "Folder", "D:\\VMs")
    wizard.press("Next")
    wizard.until_heading("Check the Move")
    driver.until(lambda: wizard.findings() or driver.present(wizard.window, "Page error title", driver.QLabel), "news")
    said = " ".join([*wizard.findings(), *(label.text() for label in wizard.window.findChildren(driver.QLabel))])
    assert "virtual machine" in said.casefold()
    assert not wizard.can()["Next"]


def test_browse_shows_drives_folders_and_space_and_makes_a_folder(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_folder("HV02")
    wizard.press("Browse")
    browser = driver.window("Select Folder")
    driver.until(lambda: any(row[0].startswith("D:\\") for row in driver.cells(browser, "Folders")), "the drives")
    driver.write(browser, "Folder", "D:\\VMs")
    driver.press(browser, "Go")
    driver.until(lambda: "free of" in driver.read(browser, "Free space"), "free space")
    driver.write(browser, "New folder", "con")
    driver.press(browser, "Make New Folder")
    assert driver.read(browser, "Folder error title") == "This name is reserved by Windows"
    driver.write(browser, "New folder", "fresh")
    driver.press(browser, "Make New Folder")
    driver.until(lambda: driver.read(browser, "Folder").endswith("fresh"), "the new folder")
    driver.press(browser, "Select Folder")
    driver.gone("Select Folder")
    assert driver.read(wizard.window, "Folder") == "D:\\VMs\\fresh\\"
    wizard.press("Next")
    wizard.until_heading("Check the Move")
    wizard.checked()
    assert driver.read(wizard.window, "Result of the check") == "The virtual machine can be moved."
    wizard.press("Previous")
    assert driver.read(wizard.window, "Folder") == "D:\\VMs\\fresh"


def test_browsing_where_nothing_is_says_so(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "web-01")
    wizard.to_folder("HV02")
    wizard.press("Browse")
    browser = driver.window("Select Folder")
    driver.write(browser, "Folder", "X:\\")
    driver.press(browser, "Go")
    assert driver.read(browser, "Folder error title") == "The drive does not exist"

"""Connect to Server, and everything about logging on in the window."""

from __future__ import annotations

import pytest
from labhelp import LabAccount
from PySide6.QtWidgets import QLineEdit, QWidget
from ui import driver
from ui.desk import Desk


def remove(desk: Desk, host: str) -> None:
    driver.choose_in_tree(desk.window, "Hosts", host)
    driver.press(desk.window, "Remove Server (host)")
    driver.until(lambda: all(entry.name != host for entry in desk.core.hosts()), f"that {host} has left the list")


def connect_dialog(desk: Desk) -> QWidget:
    driver.press(desk.window, "Connect to Server (host)")
    return driver.window("Connect to Server")


def describe(
    desk: Desk, dialog: QWidget, host: str, account: LabAccount, password: str, *, https: bool = False
) -> None:
    there = desk.lab.host(host)
    driver.write(dialog, "Computer", there.address)
    driver.write(dialog, "Name in the list", f"my {host}")
    if https:
        driver.press(dialog, "Use https")
    driver.write(dialog, "Port", str(there.https_port if https else there.http_port))
    driver.pick(dialog, "Kind of logon", "CredSSP")
    driver.write(dialog, "User name", account.user)
    driver.write(dialog, "Password", password)


def failed_logons(desk: Desk, host: str, account: LabAccount) -> int:
    logons = desk.lab.log(host)["logons"]
    return int(logons.get(account.user, {}).get("failed", 0))


def test_a_host_is_listed_once_it_has_answered(desk: Desk) -> None:
    remove(desk, "HV02")
    dialog = connect_dialog(desk)
    assert not driver.enabled(dialog, "OK")
    account = desk.lab.default_account()
    describe(desk, dialog, "HV02", account, account.password)
    driver.until(lambda: "this session only" in driver.read(dialog, "Where the password is kept"), "where it is kept")
    assert not driver.enabled(dialog, "Remember the password")
    driver.press(dialog, "OK")
    driver.gone("Connect to Server")
    desk.show_host("my HV02")
    assert "print-01" in desk.vm_names()
    (entry,) = [entry for entry in desk.core.hosts() if entry.name == "my HV02"]
    assert not entry.remember


def test_a_wrong_password_costs_one_logon_and_can_be_corrected(desk: Desk) -> None:
    remove(desk, "HV02")
    account = desk.lab.account("half-admin")
    dialog = connect_dialog(desk)
    describe(desk, dialog, "HV01", account, "wrong")
    driver.press(dialog, "OK")
    assert driver.read(dialog, "Connection error title") == "The logon was refused"
    assert failed_logons(desk, "HV01", account) == 1
    assert driver.find(dialog, "Password", QLineEdit).text() == "wrong", "selected, to be typed over"
    driver.press(dialog, "Cancel")


def test_an_account_without_rights_is_told_so(desk: Desk) -> None:
    remove(desk, "HV02")
    dialog = connect_dialog(desk)
    account = desk.lab.account("no-rights")
    describe(desk, dialog, "HV02", account, account.password)
    driver.press(dialog, "OK")
    assert driver.read(dialog, "Connection error title") == "No right to manage this host"
    driver.press(dialog, "Connection error details")
    error = driver.window("Connect to Server error")
    assert driver.read(error, "Host") == "my HV02"
    driver.press(error, "Close")
    driver.press(dialog, "Cancel")
    assert all(entry.name != "my HV02" for entry in desk.core.hosts())


def test_the_same_computer_is_not_listed_twice(desk: Desk) -> None:
    dialog = connect_dialog(desk)
    account = desk.lab.default_account()
    describe(desk, dialog, "HV02", account, account.password)
    driver.press(dialog, "OK")
    assert driver.read(dialog, "Connection error title") == "This computer is in the list already"
    driver.press(dialog, "Cancel")


@pytest.mark.parametrize("trusts", [True, False])
def test_a_certificate_of_no_known_authority_is_shown_and_pinned_only_when_trusted(desk: Desk, trusts: bool) -> None:
    remove(desk, "HV02")
    dialog = connect_dialog(desk)
    account = desk.lab.default_account()
    describe(desk, dialog, "HV02", account, account.password, https=True)
    driver.press(dialog, "OK")
    prompt = driver.window("Certificate Not Trusted")
    fingerprint = driver.read(prompt, "Fingerprint").replace(":", "").replace("\n", "").lower()
    assert len(fingerprint) == 64
    if trusts:
        driver.press(prompt, "Trust This Certificate")
        driver.gone("Connect to Server")
        (entry,) = [entry for entry in desk.core.hosts() if entry.name == "my HV02"]
        assert entry.pin == fingerprint
    else:
        driver.press(prompt, "Cancel")
        assert driver.read(dialog, "Connection error title") == "The host's certificate is not trusted"
        driver.press(dialog, "Cancel")
        assert all(entry.name != "my HV02" for entry in desk.core.hosts())


def test_a_host_that_answers_after_cancel_is_not_listed(desk: Desk) -> None:
    remove(desk, "HV02")
    account = desk.lab.default_account()
    desk.lab.command({"cmd": "fault", "host": "HV02", "point": "before", "verb": "Create", "action": "hang"})
    dialog = connect_dialog(desk)
    describe(desk, dialog, "HV02", account, account.password)
    driver.press(dialog, "OK")
    driver.until(lambda: driver.read(dialog, "Busy with") == "Connecting to my HV02...", "that it is waited for")
    driver.until(lambda: failed_logons(desk, "HV02", account) == 0 and desk.lab.log("HV02")["logons"], "a logon")
    driver.press(dialog, "Cancel")
    driver.gone("Connect to Server")
    desk.lab.command({"cmd": "clear"})
    driver.until(lambda: desk.lab.log("HV02")["open_shells"] == 0, "the end of the attempt")
    driver.turn(300)
    driver.until(lambda: all(entry.name != "my HV02" for entry in desk.core.hosts()), "that HV02 is not listed")


def test_a_destination_that_is_not_listed_is_connected_there_and_then(desk: Desk) -> None:
    remove(desk, "HV02")
    desk.release(speed=50)
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_destination()
    driver.write(wizard.window, "Name", f"127.0.0.1:{desk.lab.host('HV02').http_port}")
    wizard.press("Next")
    dialog = driver.window("Connect to Server")
    assert driver.read(dialog, "User name") == desk.lab.default_account().user, "as for the source"
    driver.write(dialog, "Password", desk.lab.default_account().password)
    driver.press(dialog, "OK")
    wizard.until_heading("Choose Move Options")
    wizard.press("Next")
    driver.write(wizard.window, "Folder", "D:\\VMs")
    wizard.press("Finish")
    wizard.until_closed()
    assert "app-01" in desk.vms_on("HV02").values()


def test_cancelling_that_dialog_starts_nothing(desk: Desk) -> None:
    before = desk.core.hosts()
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_destination()
    driver.write(wizard.window, "Name", "hv99.lab.test")
    wizard.press("Next")
    dialog = driver.window("Connect to Server")
    driver.press(dialog, "Cancel")
    driver.gone("Connect to Server")
    assert wizard.heading == "Specify Destination Computer"
    assert wizard.can() == {"Previous": True, "Next": True, "Finish": False, "Cancel": True}
    assert desk.core.hosts() == before


def test_browse_offers_the_hosts_and_greys_the_source(desk: Desk) -> None:
    wizard = desk.wizard("HV01", "app-01")
    wizard.to_destination()
    wizard.press("Browse")
    picker = driver.window("Select Computer")
    driver.choose(picker, "Computers", lambda row: row[0].startswith("HV01"))
    assert not driver.enabled(picker, "OK")
    driver.choose(picker, "Computers", lambda row: row[0].startswith("HV02"))
    driver.press(picker, "OK")
    driver.gone("Select Computer")
    assert driver.read(wizard.window, "Name") == "HV02"


def test_a_password_changed_in_the_directory_is_asked_for_again(desk: Desk) -> None:
    desk.show_host("HV02")
    account = desk.lab.default_account()
    desk.lab.command({"cmd": "password", "user": account.user, "password": "another one"})
    driver.choose_in_tree(desk.window, "Hosts", "HV03")
    driver.until(lambda: "logon" in driver.read(desk.window, "Host error title").casefold(), "the refused logon")
    driver.press(desk.window, "Log On")
    dialog = driver.window("Log On")
    assert driver.read(dialog, "User name") == account.user
    driver.write(dialog, "Password", "another one")
    driver.press(dialog, "OK")
    driver.gone("Log On")
    driver.until(lambda: "legacy-erp" in desk.vm_names(), "the VMs of HV03")
    assert not driver.present(desk.window, "Host error title", QWidget)
    assert failed_logons(desk, "HV03", account) == 1


def test_f5_asks_the_host_at_once(desk: Desk) -> None:
    desk.show_host("HV02")
    desk.core.change_preferences(lambda old: type(old)(refresh_seconds=600, jobs_refresh_seconds=600))
    desk.lab.command({"cmd": "world", "do": "add", "host": "HV02", "vm": {"name": "new-one", "state": "Off"}})
    driver.turn(300)
    assert "new-one" not in desk.vm_names()
    driver.press(desk.window, "Refresh (host)")
    driver.until(lambda: "new-one" in desk.vm_names(), "the VM made meanwhile")

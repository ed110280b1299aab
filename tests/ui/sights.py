"""What a move that goes well does not show: errors, odd names, waiting, cancelling; each with a picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMenu, QWidget
from ui import driver
from ui.desk import Desk

from hvdesk.domain.move import JobState
from hvdesk.ui.cancelling import HarderDialog

FOLDER = "D:\\VMs"
CANCEL = "Cancel Moving Virtual Machine and Storage (virtual machine)"
HOSTILE = ("$(Remove-VM *)", "خادم", "🚀")
Shoot = Callable[[QWidget, str], None]


class Sights:
    """Follows a `Tour` on the same desk; `shoot` gets each window worth a picture, with a name."""

    def __init__(self, desk: Desk, shoot: Shoot) -> None:
        self._desk, self._shoot = desk, shoot

    def run(self) -> None:
        """All of them."""
        self._names_and_menus()
        self._hosts_in_error()
        self._log_on()
        self._wizard()
        self._failed()
        self._waiting_and_cancelled()
        self._away()
        self._no_host_chosen()

    def _names_and_menus(self) -> None:
        desk = self._desk
        desk.show_host("HV01")
        for start in HOSTILE:
            driver.choose(desk.window, "Virtual Machines", lambda row, start=start: row[0].startswith(start))
            driver.until(lambda: driver.present(desk.window, "Generation", QWidget), "details")
            driver.until(lambda start=start: driver.read(desk.window, "Details of").startswith(start), "its details")
            self._shoot(desk.window, "hostile-name")
        view = driver.find(desk.window, "Virtual Machines", QAbstractItemView)
        place = view.visualRect(view.selectionModel().selectedRows()[0]).center()
        view.customContextMenuRequested.emit(place)
        self._shoot_menu("virtual-machine-menu")
        driver.choose(desk.window, "Virtual Machines", lambda row: row[0] == "db-01")
        driver.until(lambda: driver.cells(desk.window, "Checkpoints"), "checkpoints")
        self._shoot(desk.window, "checkpoints")
        driver.until(lambda: not QApplication.activePopupWidget(), "the end of the menu")

    def _hosts_in_error(self) -> None:
        desk = self._desk
        desk.lab.command({"cmd": "fault", "host": "HV04", "point": "connect", "action": "refuse", "times": None})
        driver.choose_in_tree(desk.window, "Hosts", "HV04")
        driver.read(desk.window, "Host error title")
        self._shoot(desk.window, "host-unreachable")
        driver.press(desk.window, "Host error details")
        self._shoot_and_close("hvdesk error", "host-error", "Close")
        desk.lab.command({"cmd": "clear"})
        driver.press(desk.window, "Connect to Server (host)")
        dialog = driver.window("Connect to Server")
        there, account = desk.lab.host("HV03"), desk.lab.account("no-rights")
        driver.write(dialog, "Computer", f"{there.address}:{there.http_port}")
        driver.write(dialog, "User name", account.user)
        driver.write(dialog, "Password", account.password)
        driver.press(dialog, "OK")
        driver.read(dialog, "Connection error title")
        self._shoot_and_close("Connect to Server", "connect-without-rights", "Cancel")
        driver.press(desk.window, "Help (host)")
        driver.press(driver.window("Help"), "Close")
        menu = desk.window.menuBar().actions()[-1].menu()  # type: ignore[attr-defined]
        next(action for action in menu.actions() if "About" in action.text().replace("&", "")).trigger()
        self._shoot_and_close("About hvdesk", "about", "Close")

    def _log_on(self) -> None:
        desk = self._desk
        desk.lab.command({"cmd": "password", "user": desk.lab.default_account().user, "password": "changed meanwhile"})
        driver.choose_in_tree(desk.window, "Hosts", "HV03")
        driver.read(desk.window, "Host error title")
        self._shoot(desk.window, "logon-refused")
        driver.press(desk.window, "Log On")
        dialog = driver.window("Log On")
        driver.write(dialog, "Password", "guessed")
        driver.press(dialog, "OK")
        driver.read(dialog, "Logon error title")
        self._shoot(dialog, "log-on")
        driver.press(dialog, "Logon error details")
        driver.press(driver.window("Log On error"), "Close")
        driver.write(dialog, "Password", "changed meanwhile")
        driver.press(dialog, "OK")
        driver.gone("Log On")
        driver.until(lambda: driver.cells(desk.window, "Virtual Machines"), "its machines")

    def _wizard(self) -> None:
        wizard = self._desk.wizard("HV01", "dmz-proxy")
        wizard.to_destination()
        driver.write(wizard.window, "Name", "hv99.example.com")
        wizard.press("Next")
        self._shoot_and_close("Connect to Server", "connect-from-wizard", "Cancel")
        driver.write(wizard.window, "Name", "HV02")
        wizard.press("Next")
        wizard.until_heading("Choose Move Options")
        wizard.press("Next")
        wizard.press("Browse")
        browser = driver.window("Select Folder")
        driver.until(lambda: driver.cells(browser, "Folders"), "the drives")
        self._shoot(browser, "select-folder-drives")
        driver.write(browser, "Folder", "X:\\nowhere")
        driver.press(browser, "Go")
        driver.read(browser, "Folder error title")
        self._shoot_and_close("Select Folder", "select-folder-error", "Cancel")
        driver.write(wizard.window, "Folder", "VMs")
        wizard.press("Next")
        wizard.error()
        self._shoot(wizard.window, "virtual-machine-error")
        driver.write(wizard.window, "Folder", FOLDER)
        self._desk.lab.command(
            {"cmd": "fault", "host": "HV02", "point": "before", "verb": "Send", "action": "delay", "seconds": 1.0}
        )
        wizard.press("Next")
        wizard.until_heading("Check the Move")
        self._shoot(wizard.window, "check-busy")
        wizard.checked()
        self._desk.lab.command({"cmd": "clear"})
        self._shoot(wizard.window, "check-blockers")
        wizard.press("Cancel")
        wizard.until_closed()

    def _failed(self) -> None:
        desk = self._desk
        desk.lab.command({"cmd": "world", "do": "free", "host": "HV02", "volume": "D:\\", "gb": 900})
        desk.lab.command(
            {
                "cmd": "world",
                "do": "fail",
                "operation": "Move-VM",
                "host": "HV01",
                "error": "0x80070050",
                "at": "storage",
            }
        )
        wizard = desk.wizard("HV01", "app-01")
        wizard.to_check("HV02", FOLDER)
        self._shoot(wizard.window, "check-clean")
        wizard.press("Next")
        wizard.press("Finish")
        desk.job(JobState.FAILED)
        self._shoot_and_close("Move Wizard error", "move-failed", "Close")
        self._shoot(wizard.window, "summary-after-failure")
        wizard.press("Cancel")
        wizard.until_closed()
        driver.choose(desk.window, "Jobs", lambda row: row[2] == "Failed")
        self._shoot(desk.window, "main-window-failed")

    def _waiting_and_cancelled(self) -> None:
        desk = self._desk
        desk.lab.command({"cmd": "world", "do": "settings", "host": "HV01", "max_vm_migrations": 1})
        desk.lab.command({"cmd": "clock", "speed": 1})
        for vm in ("db-01", "app-01"):
            wizard = desk.wizard("HV01", vm)
            wizard.to_check("HV02", FOLDER)
            wizard.press("Finish")
            driver.until(lambda w=wizard: driver.present(w.window, "Performing the move", QWidget), "the progress box")
            if vm == "app-01":
                driver.until(lambda w=wizard: driver.present(w.window, "Note", QLabel), "why it waits")
                self._shoot(wizard.window, "performing-the-move-waiting")
            wizard.window.close()
            wizard.until_closed()
        driver.until(lambda: "%" in desk.vm("db-01")[5], "the percent in the list")
        self._shoot(desk.window, "main-window-waiting")
        desk.window.close()
        self._shoot_and_close("Quit hvdesk", "quit-with-two-moves", "Stay")
        moving = desk.job(JobState.MOVING)
        dialog = HarderDialog(moving, desk.window)
        dialog.open()
        self._shoot_and_close("Cancel Move", "cancel-harder", "Keep Waiting")
        for vm in ("app-01", "db-01"):
            desk.choose_vm(vm)
            driver.press(desk.window, CANCEL)
        self._shoot(desk.window, "main-window-cancelling")
        desk.release()
        driver.until(lambda: all(job.state.over for job in desk.core.moves.jobs()), "the end of both")
        self._shoot(desk.window, "main-window-cancelled")

    def _away(self) -> None:
        desk = self._desk
        desk.hold_at("phase:storage-2")
        wizard = desk.wizard("HV01", "app-01")
        wizard.to_check("HV02", FOLDER)
        wizard.press("Finish")
        desk.until_held()
        for host in ("HV01", "HV02"):
            desk.lab.command({"cmd": "fault", "host": host, "point": "connect", "action": "refuse", "times": None})
            desk.lab.command({"cmd": "cut", "host": host})
        driver.until(
            lambda: desk.core.moves.jobs()[-1].note or "Unknown" in driver.read(wizard.window, "Phase"), "news"
        )
        driver.read(desk.window, "Host error title")
        self._shoot(wizard.window, "performing-the-move-away")
        self._shoot(desk.window, "main-window-away")
        desk.lab.command({"cmd": "clear"})
        desk.release()
        wizard.until_closed()

    def _no_host_chosen(self) -> None:
        driver.choose_in_tree(self._desk.window, "Hosts", "Hyper-V Manager")
        self._shoot(self._desk.window, "main-window-no-host")

    def _shoot_menu(self, name: str) -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), "no menu is open"
        self._shoot(menu, name)
        menu.close()

    def _shoot_and_close(self, window_name: str, name: str, button: str) -> None:
        window = driver.window(window_name)
        self._shoot(window, name)
        driver.press(window, button)
        driver.gone(window_name)

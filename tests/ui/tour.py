"""The whole move in the window on a lab, step by step, with a picture of every page; also `dev.py demo` off-screen.

python tests/ui/tour.py [FOLDER]    without a display: the tour, then the same move back in the terminal front end
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from labhelp import Lab, running_lab
from PySide6.QtWidgets import QApplication, QWidget
from ui import driver
from ui.desk import Desk, Wizard, opened_desk
from ui.pictures import ready_to_draw, save, without_platform_remarks

from hvdesk.domain.move import JobState, JobView
from hvdesk.ui import theme
from hvdesk.ui.texts import phase_text

ROOT = Path(__file__).parents[2]
FOLDER = "D:\\VMs\\web-01"
WINDOW = (1380, 780)
"""Off-screen there is a small screen, to which the window would keep."""
Shoot = Callable[[QWidget, str], None]


class Tour:
    """Takes the window through a move; `shoot` gets each window worth a picture, with a name."""

    def __init__(self, desk: Desk, shoot: Shoot) -> None:
        self._desk, self._shoot = desk, shoot

    def run(self) -> None:
        """The whole tour."""
        desk = self._desk
        desk.window.resize(*WINDOW)
        desk.show_host("HV01")
        desk.choose_vm("web-01")
        driver.until(lambda: driver.present(desk.window, "Generation", QWidget), "details")
        self._shoot(desk.window, "main-window")
        wizard = self._choose()
        self._check(wizard)
        self._move(wizard)
        self._connect()
        driver.press(desk.window, "Help (host)")
        self._shoot_and_close("Help", "Close")

    def _choose(self) -> Wizard:
        wizard = self._desk.wizard("HV01", "web-01")
        self._shoot(wizard.window, "before-you-begin")
        wizard.press("Next")
        self._shoot(wizard.window, "choose-move-type")
        wizard.press("Next")
        self._shoot(wizard.window, "specify-destination")
        wizard.press("Browse")
        self._shoot_and_close("Select Computer", "Cancel")
        driver.write(wizard.window, "Name", "HV01")
        wizard.press("Next")
        wizard.error()
        self._shoot(wizard.window, "specify-destination-error")
        driver.write(wizard.window, "Name", "HV02")
        wizard.press("Next")
        wizard.until_heading("Choose Move Options")
        self._shoot(wizard.window, "choose-move-options")
        wizard.press("Next")
        self._shoot(wizard.window, "virtual-machine-empty")
        wizard.press("Browse")
        browser = driver.window("Select Folder")
        driver.until(lambda: driver.cells(browser, "Folders"), "the drives")
        driver.write(browser, "Folder", "D:\\")
        driver.press(browser, "Go")
        driver.until(lambda: "free of" in driver.read(browser, "Free space"), "free space")
        self._shoot_and_close("Select Folder", "Cancel")
        driver.write(wizard.window, "Folder", FOLDER)
        driver.until(lambda: "B" in driver.read(wizard.window, "Available space"), "available space")
        self._shoot(wizard.window, "virtual-machine")
        return wizard

    def _check(self, wizard: Wizard) -> None:
        wizard.press("Next")
        wizard.until_heading("Check the Move")
        wizard.checked()
        self._shoot(wizard.window, "check-blocker")
        self._desk.lab.command({"cmd": "world", "do": "free", "host": "HV02", "volume": "D:\\", "gb": 40})
        wizard.press("Make This Folder")
        driver.until(lambda: any(name.startswith("Warning") for name in wizard.findings()), "a warning")
        self._shoot(wizard.window, "check-warning")
        for finding in wizard.findings():
            if finding.startswith("Warning: "):
                driver.press(wizard.window, "Accept: " + finding.removeprefix("Warning: "))
        self._shoot(wizard.window, "check-accepted")
        wizard.press("Next")
        self._shoot(wizard.window, "summary")
        wizard.press("Show PowerShell")
        self._shoot_and_close("PowerShell", "Close")

    def _move(self, wizard: Wizard) -> None:
        desk = self._desk
        desk.hold_at("phase:storage-2")
        wizard.press("Finish")
        desk.until_held()
        driver.until(lambda: driver.read(wizard.window, "Phase") == "Moving storage", "the storage phase")
        driver.until(lambda: "%" in desk.vm("web-01")[5], "the percent in the list")
        self._shoot(wizard.window, "performing-the-move")
        self._shoot(desk.window, "main-window-moving")
        desk.window.close()
        self._shoot_and_close("Quit hvdesk", "Stay")
        desk.release(speed=8)
        wizard.until_closed()
        desk.job(JobState.DONE)
        desk.show_host("HV02")
        desk.choose_vm("web-01")
        driver.until(lambda: driver.present(desk.window, "Generation", QWidget), "details")
        self._shoot(desk.window, "main-window-moved")

    def _connect(self) -> None:
        desk = self._desk
        driver.press(desk.window, "Connect to Server (host)")
        dialog = driver.window("Connect to Server")
        driver.until(lambda: "Looking" not in driver.read(dialog, "Where the password is kept"), "the keyring")
        self._shoot(dialog, "connect-to-server")
        there = desk.lab.host("HV03")
        driver.write(dialog, "Computer", f"{there.address}:{there.http_port}")
        driver.write(dialog, "Name in the list", "Branch office")
        driver.write(dialog, "User name", desk.lab.account("half-admin").user)
        driver.write(dialog, "Password", "not the password")
        driver.press(dialog, "OK")
        driver.read(dialog, "Connection error title")
        self._shoot(dialog, "connect-to-server-refused")
        driver.press(dialog, "Connection error details")
        self._shoot_and_close("Connect to Server error", "Close")
        driver.press(dialog, "Use https")
        driver.write(dialog, "Computer", f"{there.address}:{there.https_port}")
        driver.press(dialog, "OK")
        self._shoot_and_close("Certificate Not Trusted", "Cancel")
        driver.press(dialog, "Cancel")
        driver.gone("Connect to Server")

    def _shoot_and_close(self, name: str, button: str) -> None:
        window = driver.window(name)
        self._shoot(window, name.casefold().replace(" ", "-"))
        driver.press(window, button)
        driver.gone(name)


def print_progress(desk: Desk) -> Callable[[], None]:
    """Print what becomes of moves, as they go on; gives back the undo."""

    def show(job: JobView) -> None:
        percent = "" if job.percent is None else f" {job.percent}%"
        print(f"  {job.vm_name}: {phase_text(job)}{percent}", flush=True)

    return desk.core.moves.subscribe(show)


def back_in_the_terminal(lab: Lab, data: Path) -> int:
    """Move the VM back by the terminal front end, whose progress goes to this terminal."""
    words = ["move", "web-01", "--from", "HV02", "--to", "HV01", "--path", "D:\\VMs"]
    print("The same in the terminal: hvdesk", *words, flush=True)
    lab.command({"cmd": "clock", "speed": 4})
    command = [sys.executable, "-m", "hvdesk", f"--lab={lab.state_file}", "--data-dir", str(data), *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main(words: list[str]) -> int:
    """The demo without a display."""
    folder = Path(words[0] if words else ROOT / "shots" / "demo").resolve()
    theme.before_application()
    application = QApplication(sys.argv[:1])
    theme.apply(application)
    ready_to_draw()
    without_platform_remarks()
    print(f"The window off-screen moves web-01 from HV01 to HV02 in the lab; pictures go to {folder}", flush=True)
    with running_lab() as lab, tempfile.TemporaryDirectory(prefix="hvdesk-tour-") as data:
        with opened_desk(lab, Path(data)) as desk:
            undo = print_progress(desk)
            Tour(desk, save(folder)).run()
            undo()
        code = back_in_the_terminal(lab, Path(data))
    print(f"{len(list(folder.glob('*.png')))} pictures are in {folder}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The window on a lab, and the steps that many tests take in it; needs no pytest, so that the tour can use it too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelp import Lab
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QWidget
from ui import driver

from hvdesk.app.build import opened
from hvdesk.app.core import Core
from hvdesk.domain.move import JobState, JobView
from hvdesk.ui.main import Session

QUIT_SECONDS = 20.0
BUTTONS = ("Previous", "Next", "Finish", "Cancel")


@dataclass
class Desk:
    """`window` is the main window; `core` is there for what a user cannot see, such as the ids of jobs."""

    core: Core
    window: QWidget
    lab: Lab
    session_ended: bool = False
    """True once the user has quit and the core has ended."""

    def on_finished(self) -> None:
        """The core has ended."""
        self.session_ended = True

    def show_host(self, name: str) -> None:
        """Choose a host in the tree and wait for its list."""
        driver.choose_in_tree(self.window, "Hosts", name)
        driver.until(lambda: driver.cells(self.window, "Virtual Machines"), f"VMs of {name}")

    def vm_names(self) -> list[str]:
        """The names in the list."""
        return [row[0] for row in driver.cells(self.window, "Virtual Machines")]

    def vm(self, name: str) -> list[str]:
        """What the list shows of a VM."""
        return next((row for row in driver.cells(self.window, "Virtual Machines") if row[0] == name), [])

    def choose_vm(self, name: str, number: int = 0) -> None:
        """Select a VM; `number` tells VMs of one name apart."""
        driver.choose(self.window, "Virtual Machines", lambda row: row[0] == name, number)

    def wizard(self, host: str, vm: str, number: int = 0) -> Wizard:
        """Open the Move Wizard for a VM."""
        self.show_host(host)
        self.choose_vm(vm, number)
        driver.press(self.window, "Move (virtual machine)")
        return Wizard(self, driver.window("Move Wizard"))

    def world(self) -> dict[str, Any]:
        """The lab's world as it is."""
        return self.lab.command({"cmd": "show"})

    def vms_on(self, host: str) -> dict[str, str]:
        """Ids and names of the VMs that really are on a host."""
        return {vm["id"]: vm["name"] for vm in self.world()["hosts"][host]["vms"]}

    def planned_on(self, host: str) -> list[Any]:
        """The planned VMs on a host."""
        planned: list[Any] = self.world()["hosts"][host]["planned"]
        return planned

    def calls(self, cmdlet: str) -> int:
        """How often a cmdlet was really executed on any host."""
        return sum(1 for call in self.world()["calls"] if call["cmdlet"] == cmdlet)

    def hold_at(self, event: str) -> None:
        """Let the world's clock run fast until a migration gets to `event`, and stop it there."""
        self.lab.command({"cmd": "clock", "speed": 20})
        self.lab.command({"cmd": "world", "do": "when", "event": event, "then": {"cmd": "clock", "hold": True}})

    def until_held(self) -> None:
        """Wait until a migration has got there."""
        driver.until(lambda: self.world()["clock"]["held"], "the stop of the clock")

    def release(self, speed: float = 20.0) -> None:
        """Let the world's clock run on, faster."""
        self.lab.command({"cmd": "clock", "speed": speed, "hold": False})

    def job(self, state: JobState) -> JobView:
        """Wait for a job in a state."""

        def there() -> list[JobView]:
            return [job for job in self.core.moves.jobs() if job.state is state]

        driver.until(there, f"a job that is {state}")
        return there()[0]


class Wizard:
    """The Move Wizard of a desk."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        self.desk, self.window = desk, window

    @property
    def heading(self) -> str:
        """The heading in the band."""
        return driver.read(self.window, "Heading")

    def pages(self) -> list[tuple[str, bool]]:
        """The list on the left: names, and whether they are black."""
        pages = driver.find(self.window, "Pages", QListWidget)
        items = [pages.item(place) for place in range(pages.count())]
        return [(item.text(), bool(item.flags() & Qt.ItemFlag.ItemIsEnabled)) for item in items]

    def can(self) -> dict[str, bool]:
        """Which of the four buttons can be pressed."""
        return {name: driver.enabled(self.window, name) for name in BUTTONS}

    def press(self, name: str) -> None:
        """Press a button."""
        driver.press(self.window, name)

    def until_heading(self, heading: str) -> None:
        """Wait for a page."""
        driver.until(lambda: self.heading == heading, f"page {heading!r}, not {self.heading!r}")

    def error(self) -> str:
        """Wait for the error of the page, and give its title."""
        return driver.read(self.window, "Page error title")

    def to_destination(self) -> None:
        """From the first page to Specify Destination."""
        self.press("Next")
        self.press("Next")
        self.until_heading("Specify Destination Computer")

    def to_folder(self, destination: str) -> None:
        """From the first page to the folder."""
        self.to_destination()
        driver.write(self.window, "Name", destination)
        self.press("Next")
        self.until_heading("Choose Move Options")
        self.press("Next")
        self.until_heading("Choose a new location for virtual machine")

    def to_check(self, destination: str, folder: str) -> None:
        """From the first page to the end of the check."""
        self.to_folder(destination)
        driver.write(self.window, "Folder", folder)
        self.press("Next")
        self.until_heading("Check the Move")
        self.checked()

    def checked(self) -> None:
        """Wait until the check has said something."""
        driver.until(lambda: driver.read(self.window, "Result of the check"), "result of the check")

    def findings(self) -> list[str]:
        """Names of the findings shown."""
        starts = ("Blocker:", "Warning:", "Note:")
        frames = self.window.findChildren(QWidget)
        return [one.accessibleName() for one in frames if one.isVisible() and one.accessibleName().startswith(starts)]

    def is_open(self) -> bool:
        """True while it is on the screen."""
        return self.window in driver.windows()

    def until_closed(self) -> None:
        """Wait until it has closed itself."""
        driver.gone("Move Wizard")


@contextmanager
def opened_desk(lab: Lab, data: Path) -> Iterator[Desk]:
    """The window on a running lab for a block. Moves that still run at its end are cancelled."""
    with opened(str(lab.state_file), data, QUIT_SECONDS) as core:
        session = Session()
        session.begin(core)
        desk = Desk(core, session.window, lab)
        session.finished.connect(desk.on_finished)
        session.window.show()
        try:
            yield desk
        finally:
            session.end()
            core.quit("cancel", QUIT_SECONDS)
            session.window.deleteLater()
            driver.turn()

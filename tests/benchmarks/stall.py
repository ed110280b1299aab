"""The longest stall of the window's thread while twenty hosts refresh and eight moves run, beside the same window idle.

Both in one run, five times: the idle figures tell how noisy the machine itself is.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.heartbeat import Delays, Heartbeat
from benchmarks.report import Line
from benchmarks.twenty import ask_all
from labhelp import Lab
from PySide6.QtCore import QTimer
from ui import driver
from ui.desk import Desk, opened_desk

from hvdesk.domain.move import CheckReport, JobState, JobView, MoveRequest, SingleLocation
from hvdesk.hyperv.connector import Pending
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.prepare import PreparedMove
from hvdesk.settings.schema import HostEntry
from hvdesk.ui.host_book import HostBook

RUNS = 5
MOVES = 8
SECONDS = 5.0
REFRESH_MS = 2000
"""How often all hosts are asked everything; by itself the window asks only the host shown and those with a move."""
MOST_MS = {"99th percentile": 16.0, "longest": 50.0}
_NEVER = 3600.0


def measure(lab: Lab) -> list[Line]:
    """One window for all runs."""
    idle, busy = [], []
    with tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as data, opened_desk(lab, Path(data)) as desk:
        heart = Heartbeat()
        _connect_all(desk)
        for _ in range(RUNS):
            with _asking_nobody(desk):
                driver.turn(500)
                idle.append(heart.listen(SECONDS))
            with _moves(desk), _refreshing(desk):
                busy.append(heart.listen(SECONDS))
    return [
        _line("99th percentile", lambda one: one.percentile_99, busy, idle),
        _line("longest", lambda one: one.longest, busy, idle),
    ]


def _line(what: str, figure: Callable[[Delays], float], busy: Sequence[Delays], idle: Sequence[Delays]) -> Line:
    """The median of what one run has more than its own idle time, on top of the median of the idle times."""
    more = statistics.median(figure(hot) - figure(cold) for hot, cold in zip(busy, idle, strict=True))
    base = statistics.median(figure(cold) for cold in idle)
    return Line(what, base + more, base, "ms", most=MOST_MS[what], difference=True)


def _connect_all(desk: Desk) -> None:
    hosts = _book(desk).hosts()
    for outcome in ask_all(desk.core, [entry.id for entry in hosts], HyperVHost.ping):
        outcome.get()
    desk.show_host(hosts[0].name)
    for entry in hosts:
        _book(desk).refresh(entry.id)
    driver.until(lambda: all(_book(desk).state(entry.id).facts for entry in hosts), "facts of all hosts")


@contextmanager
def _asking_nobody(desk: Desk) -> Iterator[None]:
    """Every host is idle: the window asks none."""
    before = desk.core.preferences()
    desk.core.change_preferences(lambda old: replace(old, refresh_seconds=_NEVER, jobs_refresh_seconds=_NEVER))
    yield
    desk.core.change_preferences(lambda _: before)


@contextmanager
def _refreshing(desk: Desk) -> Iterator[None]:
    """Every host is asked everything, all at the same moment, now and again and again."""
    book = _book(desk)

    def refresh() -> None:
        for entry in book.hosts():
            book.refresh(entry.id)

    timer = QTimer()
    timer.timeout.connect(refresh)
    timer.start(REFRESH_MS)
    QTimer.singleShot(0, refresh)
    yield
    timer.stop()


@contextmanager
def _moves(desk: Desk) -> Iterator[None]:
    """Eight moves between sixteen hosts that run all through the block, and are over soon after it."""
    hosts = desk.core.hosts()
    checks = [_checking(desk, hosts[2 * pair], hosts[2 * pair + 1]) for pair in range(MOVES)]
    jobs = [prepared.start(frozenset(one.code for one in report.get().warnings)) for prepared, report in checks]
    driver.until(lambda: _states(desk, jobs) == {JobState.MOVING}, "eight moves that run")
    yield
    assert _states(desk, jobs) == {JobState.MOVING}, "a move did not last as long as the measurement"
    desk.lab.command({"cmd": "clock", "speed": 20})
    driver.until(lambda: _states(desk, jobs) == {JobState.DONE}, "the end of the moves")
    desk.lab.command({"cmd": "clock", "speed": 1})


def _checking(desk: Desk, source: HostEntry, destination: HostEntry) -> tuple[PreparedMove, Pending[CheckReport]]:
    """The check of a move of the first machine that is still there."""
    vm = desk.world()["hosts"][source.name]["vms"][0]
    request = MoveRequest(
        vm_id=vm["id"],
        vm_name=vm["name"],
        source=source.id,
        destination=destination.id,
        storage=SingleLocation(folder="D:\\Moved"),
    )
    report: Pending[CheckReport] = Pending()
    return desk.core.moves.prepare(request, report.deliver), report


def _states(desk: Desk, jobs: Sequence[str]) -> set[JobState]:
    views: dict[str, JobView] = {job.id: job for job in desk.core.moves.jobs()}
    return {views[job].state for job in jobs}


def _book(desk: Desk) -> HostBook:
    book = desk.window.findChild(HostBook)
    assert isinstance(book, HostBook)
    return book

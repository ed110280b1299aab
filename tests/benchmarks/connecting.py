"""The time to connect twenty hosts against one: 20 ms each way, and a PowerShell that takes 1 s to start."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.report import Line
from benchmarks.twenty import HOSTS, ask_all
from labhelp import Lab

from hvdesk.app.build import opened
from hvdesk.hyperv.host import HyperVHost

EACH_WAY_MS = 20
START_SECONDS = 1.0
ROUNDS = 3
MOST_TIMES = 3.0
_QUIT_SECONDS = 20.0


def measure(lab: Lab) -> list[Line]:
    """In turn one host and twenty, each time by a program that has not logged on yet."""
    lab.command({"cmd": "rtt", "ms": 2 * EACH_WAY_MS})
    lab.command({"cmd": "powershell_start", "seconds": START_SECONDS})
    one, twenty = [], []
    for _ in range(ROUNDS):
        one.append(_seconds(lab, 1))
        twenty.append(_seconds(lab, HOSTS))
    lab.command({"cmd": "rtt", "ms": 0})
    lab.command({"cmd": "powershell_start", "seconds": 0})
    what = f"until {HOSTS} hosts have answered, against one"
    return [Line(what, statistics.median(twenty), statistics.median(one), "s", most=MOST_TIMES)]


def _seconds(lab: Lab, hosts: int) -> float:
    """From the question to the last answer; opening and ending the program do not count."""
    with (
        tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as data,
        opened(str(lab.state_file), Path(data), _QUIT_SECONDS) as core,
    ):
        ids = [entry.id for entry in core.hosts()[:hosts]]
        begin = time.perf_counter()
        outcomes = ask_all(core, ids, HyperVHost.ping)
        seconds = time.perf_counter() - begin
        for outcome in outcomes:
            outcome.get()
        return seconds

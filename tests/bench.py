"""All benchmarks: hvdesk beside something else in the same run, as ratios or differences with their limits.

python3 dev.py bench [PART ...]    all parts without one; the exit code is 1 when a limit is missed
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(1, str(Path(__file__).parents[1]))

from benchmarks import connecting, listing, memory, operations, stall, starting
from benchmarks.report import Line, table
from benchmarks.twenty import HOSTS, twenty_hosts
from labhelp import Lab
from PySide6.QtWidgets import QApplication
from rich.console import Console
from ui.pictures import without_platform_remarks

from hvdesk.ui import theme


class Bench:
    """The parts; each prints what it found and tells whether its limits were kept."""

    def __init__(self, console: Console, stack: ExitStack) -> None:
        self._console, self._stack = console, stack

    @cached_property
    def _lab(self) -> Lab:
        return self._stack.enter_context(twenty_hosts())

    @cached_property
    def _application(self) -> QApplication:
        theme.before_application()
        application = QApplication(sys.argv[:1])
        theme.apply(application)
        without_platform_remarks()
        return application

    def operations(self) -> bool:
        """Requests and milliseconds of one operation beside pywinrm and pypsrp."""
        return operations.run(self._console)

    def start(self) -> bool:
        """A fresh process up to its first painted window."""
        return self._show("start to the first painted window", "hvdesk", "bare window", starting.measure(self._lab))

    def table(self) -> bool:
        """Ten thousand virtual machines in the list."""
        assert self._application
        title = f"a table of {listing.MACHINES:,} virtual machines"
        return self._show(title, "hvdesk", "bare model", listing.measure())

    def stall(self) -> bool:
        """How long the window does not react."""
        assert self._application
        title = f"stalls of the window: {HOSTS} hosts refresh and {stall.MOVES} moves run, median of {stall.RUNS} runs"
        return self._show(title, "busy", "idle", stall.measure(self._lab))

    def memory(self) -> bool:
        """Memory per connected host; no limit is set."""
        one, further = memory.measure(self._lab)
        self._console.print(f"memory: {one:.0f} MB with one connected host, {further:.2f} MB for each further one")
        return True

    def connect(self) -> bool:
        """Twenty hosts against one, far away and slow to start."""
        way, start = connecting.EACH_WAY_MS, connecting.START_SECONDS
        title = f"connecting, {way} ms each way, PowerShell starts in {start:g} s"
        return self._show(title, f"{HOSTS} hosts", "one host", connecting.measure(self._lab))

    def _show(self, title: str, ours: str, other: str, lines: Sequence[Line]) -> bool:
        self._console.print(table(title, ours, other, lines))
        return all(line.kept for line in lines)


def main(words: Sequence[str]) -> int:
    """Run the parts named, or all."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    begin, missed = time.monotonic(), []
    with ExitStack() as stack:
        bench = Bench(console, stack)
        parts: dict[str, Callable[[], bool]] = {
            part.__name__: part
            for part in (bench.operations, bench.start, bench.table, bench.stall, bench.memory, bench.connect)
        }
        if unknown := set(words) - set(parts):
            console.print(f"no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
            return 2
        for name in words or parts:
            if not parts[name]():
                missed.append(name)
    console.print(f"{time.monotonic() - begin:.0f} s; limits missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

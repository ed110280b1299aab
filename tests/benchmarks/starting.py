"""From the start of a fresh process to its first painted window: hvdesk beside a bare QMainWindow."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Line
from benchmarks.twenty import HOSTS
from labhelp import Lab

ROUNDS = 15
MOST_TIMES = 2.0
_PROGRAM = Path(__file__).with_name("first_paint.py")


def measure(lab: Lab) -> list[Line]:
    """The fastest starts, which the machine's other work disturbed least: in turn bare, with an empty list, and with
    twenty hosts listed; a first round, which compiles, does not count."""
    sides = {"bare": ["bare"], "empty list": ["hvdesk"], f"{HOSTS} hosts listed": ["hvdesk", f"--lab={lab.state_file}"]}
    painted: dict[str, list[float]] = {name: [] for name in sides}
    ready: dict[str, list[float]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as folder:
        environment = _environment(Path(folder, "compiled"))
        for number, (name, words) in itertools.product(range(ROUNDS + 1), sides.items()):
            data = [] if name == "bare" else ["--data-dir", str(Path(folder, f"{number} {name}"))]
            times = _milliseconds([*words, *data], environment)
            if number > 0:
                painted[name].append(times[0])
                ready[name].append(times[1])
    return [
        Line(f"{what}, {name}", min(times[name]), min(times["bare"]), "ms", most=most)
        for what, times, most in (("painted", painted, MOST_TIMES), ("takes input", ready, None))
        for name in sides
        if name != "bare"
    ]


def _environment(compiled: Path) -> dict[str, str]:
    """Byte code is kept, as it is in an installed program, but not beside the sources; the off-screen platform does not
    say what it cannot do."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(compiled), "QT_LOGGING_RULES": "default.warning=false"}


def _milliseconds(words: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Until the process says that its window is painted, and that it takes input; it must then end well."""
    begin = time.perf_counter()
    command = [sys.executable, str(_PROGRAM), *words]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said, times = [], []
        for line in process.stdout:
            said.append(line)
            times.append((time.perf_counter() - begin) * 1000)
    assert (said, process.returncode) == (["painted\n", "ready\n"], 0), (said, process.returncode)
    painted, ready = times
    return painted, ready

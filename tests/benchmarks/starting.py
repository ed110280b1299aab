"""From the start of a fresh process to its first painted window: hvdesk beside a bare QMainWindow."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Line
from benchmarks.twenty import HOSTS
from labhelp import Lab

ROUNDS = 11
MOST_TIMES = 2.0
_PROGRAM = Path(__file__).with_name("first_paint.py")


def measure(lab: Lab) -> list[Line]:
    """In turn bare, empty, and with twenty hosts in the list; a first round, which compiles, is not counted."""
    with tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as folder:
        environment = _environment(Path(folder, "compiled"))
        times: list[tuple[float, float, float]] = []
        for number in range(ROUNDS + 1):
            data = ["--data-dir", str(Path(folder, str(number)))]
            bare = _milliseconds(["bare"], environment)
            empty = _milliseconds(["hvdesk", *data], environment)
            full = _milliseconds(
                [
                    "hvdesk",
                    f"--lab={lab.state_file}",
                    *data,
                ],
                environment,
            )
            times.append((bare, empty, full))
    bare, empty, full = (statistics.median(column) for column in zip(*times[1:], strict=True))
    return [
        Line("empty list", empty, bare, "ms", most=MOST_TIMES),
        Line(f"{HOSTS} hosts listed", full, bare, "ms", most=MOST_TIMES),
    ]


def _environment(compiled: Path) -> dict[str, str]:
    """Byte code is kept, as it is in an installed program, but not beside the sources."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(compiled)}


def _milliseconds(words: Sequence[str], environment: dict[str, str]) -> float:
    """Until the process says that its window is painted; it must then end well."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(_PROGRAM), *words], env=environment, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        said = process.stdout.readline()
        milliseconds = (time.perf_counter() - begin) * 1000
    assert (said, process.returncode) == ("painted\n", 0), (said, process.returncode)
    return milliseconds

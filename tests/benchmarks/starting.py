"""From the start of a fresh process to its first painted window: hvdesk beside a bare QMainWindow."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Line
from benchmarks.twenty import HOSTS
from labhelp import Lab

MOST_ROUNDS = 40
SETTLED = 8
"""So many rounds without a faster start end the measurement."""
FASTER = 0.99
MOST_TIMES = 2.0
_PROGRAM = Path(__file__).with_name("first_paint.py")


@dataclass(frozen=True)
class Start:
    """Milliseconds from the start of the process until its window is painted, and until it takes input."""

    painted: float
    ready: float

    def or_faster(self, other: Start) -> Start:
        """The better of both figures."""
        return Start(min(self.painted, other.painted), min(self.ready, other.ready))


def measure(lab: Lab) -> list[Line]:
    """The fastest starts, which the machine's other work disturbed least: in turn bare, with an empty list, and with
    twenty hosts listed, until no side becomes faster. A first round, which compiles, does not count."""
    sides = {"bare": ["bare"], "empty list": ["hvdesk"], f"{HOSTS} hosts listed": ["hvdesk", f"--lab={lab.state_file}"]}
    fastest: dict[str, Start] = {}
    with tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as folder:
        environment = _environment(Path(folder, "compiled"))
        rounds = last_faster = 0
        while rounds < MOST_ROUNDS and rounds - last_faster < SETTLED:
            for name, words in sides.items():
                data = [] if name == "bare" else ["--data-dir", str(Path(folder, f"{rounds} {name}"))]
                start = _start([*words, *data], environment)
                before = fastest.get(name) if rounds > 1 else None
                fastest[name] = start if before is None else start.or_faster(before)
                if before is None or fastest[name].painted < before.painted * FASTER:
                    last_faster = rounds
            rounds += 1
    bare = fastest.pop("bare")
    return [
        *(Line(f"painted, {name}", one.painted, bare.painted, "ms", most=MOST_TIMES) for name, one in fastest.items()),
        *(Line(f"takes input, {name}", one.ready, bare.ready, "ms") for name, one in fastest.items()),
    ]


def _environment(compiled: Path) -> dict[str, str]:
    """Byte code is kept, as it is in an installed program, but not beside the sources; the off-screen platform does not
    say what it cannot do."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(compiled), "QT_LOGGING_RULES": "default.warning=false"}


def _start(words: Sequence[str], environment: dict[str, str]) -> Start:
    """A process that says that its window is painted, and that it takes input; it must then end well."""
    begin = time.perf_counter()
    command = [sys.executable, str(_PROGRAM), *words]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said, times = [], []
        for line in process.stdout:
            said.append(line)
            times.append((time.perf_counter() - begin) * 1000)
    assert (said, process.returncode) == (["painted\n", "ready\n"], 0), (said, process.returncode)
    return Start(*times)

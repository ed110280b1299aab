"""Memory per connected host: a process with twenty connected hosts against one with a single host."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.twenty import HOSTS
from labhelp import Lab

ROUNDS = 3
_PROGRAM = Path(__file__).with_name("footprint.py")


def measure(lab: Lab) -> tuple[float, float]:
    """Millions of bytes: of the process with one host, and of every further host."""
    one = statistics.median(_resident(lab, 1) for _ in range(ROUNDS))
    twenty = statistics.median(_resident(lab, HOSTS) for _ in range(ROUNDS))
    return one, (twenty - one) / (HOSTS - 1)


def _resident(lab: Lab, hosts: int) -> float:
    words = [sys.executable, str(_PROGRAM), str(lab.state_file), str(hosts)]
    return float(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)

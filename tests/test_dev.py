"""dev.py from the outside: its tasks are explained, and what cannot be done says so with exit code 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _dev(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "dev.py", *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_every_task_of_contributing_is_explained() -> None:
    shown = _dev("--help").stdout
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    tasks = {line.split()[2] for line in lines if line.startswith("python3 dev.py ")}
    assert {"demo", "test", "lint", "bench", "shots"} <= tasks
    assert all(f"\n  {task} " in shown for task in tasks)


@pytest.mark.parametrize("words", [["build"], ["nonsense"], []])
def test_what_cannot_be_done_exits_2(words: list[str]) -> None:
    done = _dev(*words)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr

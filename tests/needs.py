"""What a test needs that a contributor's machine may not have: skipped by name, a failure under HVDESK_TEST_ALL=1."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Need:
    """One thing, how to see whether it is there, and the line that would install it."""

    present: Callable[[], bool]
    install: str


def engine() -> Path | None:
    """The PowerShell engine named by HVDESK_POWERSHELL, when it can be run."""
    named = os.environ.get("HVDESK_POWERSHELL")
    return Path(named) if named and os.access(named, os.X_OK) and Path(named).is_file() else None


def _keyring_daemon() -> bool:
    return bool(shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session"))


NEEDS = {
    "curl": Need(lambda: shutil.which("curl") is not None, "apt-get install curl"),
    "powershell engine": Need(
        lambda: engine() is not None, "HVDESK_POWERSHELL=/path/to/powershell (see CONTRIBUTING.md)"
    ),
    "keyring daemon": Need(_keyring_daemon, "apt-get install gnome-keyring dbus"),
}


def needs(name: str) -> None:
    """Skip the test that calls this when `name` (a key of NEEDS) is not there; fail it under HVDESK_TEST_ALL=1."""
    need = NEEDS[name]
    if need.present():
        return
    words = f"needs {name}: {need.install}"
    if os.environ.get("HVDESK_TEST_ALL") == "1":
        pytest.fail(words)
    pytest.skip(words)

"""What a test needs that a contributor's machine may not have: skipped by name, a failure under HVDESK_TEST_ALL=1."""

from __future__ import annotations

import importlib.util
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


def _kerberos() -> bool:
    from hvdesk.lab.winrm.kdc import missing

    return not missing()


def _module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


_KERBEROS = "apt-get install krb5-kdc krb5-admin-server krb5-user libkrb5-dev gcc python3-dev, then dev.py test again"


def _keyring_daemon() -> bool:
    return bool(shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session"))


NEEDS = {
    "curl": Need(lambda: shutil.which("curl") is not None, "apt-get install curl"),
    "kerberos": Need(_kerberos, _KERBEROS),
    "pykerberos": Need(lambda: _module("kerberos"), _KERBEROS),
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

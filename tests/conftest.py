"""Fixtures and guards of every test: off-screen Qt, no real keyring, no real user folders, a lab, a leak check."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import leaks
import pytest
from labhelp import Lab, running_lab

# Set before anything is imported that reads them; child processes inherit them.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


@pytest.fixture(scope="session", autouse=True)
def _no_real_user_folders() -> Iterator[None]:
    """Settings, journal and logs of a program started without --data-dir land in a folder of the test run."""
    with tempfile.TemporaryDirectory(prefix="hvdesk-test-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, folder)
        patch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", folder)  # platformdirs on Windows
        patch.delenv("HVDESK_DATA_DIR", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_foreign_realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where Kerberos is installed, a logon would ask name servers for a realm first, and wait for them in vain."""
    config = tmp_path_factory.mktemp("kerberos") / "krb5.conf"
    config.write_text("[libdefaults]\n dns_lookup_kdc = false\n dns_lookup_realm = false\n", encoding="ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KRB5_CONFIG", str(config))
        yield


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """The test leaves no thread, open file, socket or child process behind; ask for it before `lab`."""
    with leaks.nothing_left():
        yield


@pytest.fixture
def lab() -> Iterator[Lab]:
    """The standard scenario on simulated hosts in a child process, which must have ended well after the test."""
    with running_lab() as running:
        yield running

"""The vault on a real Secret Service: a keyring daemon on a session bus of its own, as on a headless machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from needs import needs

from hvdesk.credentials.vault import Vault
from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret

_SCRIPT = """
echo -n "$1" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
exec "$2" "$3" "$4"
"""


def _run(step: str, home: Path, unlock_with: str) -> str:
    """Run `step` of this file on a bus with a daemon that was unlocked with a password; returns what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHON_KEYRING_BACKEND"}
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "XDG_DATA_HOME": str(home / "data")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    words = ["bash", "-c", _SCRIPT, "bash", unlock_with, sys.executable, __file__, step]
    done = subprocess.run(
        ["dbus-run-session", "--", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    needs("keyring daemon")
    return tmp_path


def test_a_password_outlives_program_and_daemon(home: Path) -> None:
    assert _run("put", home, "keyring password") == "safe"
    assert _run("get", home, "keyring password") == "kept and deleted"


def test_a_keyring_that_stays_locked_is_said_to_be_locked(home: Path) -> None:
    assert _run("put", home, "keyring password") == "safe"
    assert _run("get", home, "another password") == "credential.locked"


def _put() -> str:
    vault = Vault()
    vault.put("id-1", "LAB\\ädmin", Secret("pässwörd 😀"))
    return "safe" if vault.safe() else "not safe"


def _get() -> str:
    vault = Vault()
    try:
        if vault.get("id-1", "LAB\\ädmin") != Secret("pässwörd 😀"):
            return "lost"
    except HvError as error:
        return error.code
    vault.delete("id-1", "LAB\\ädmin")
    return "kept and deleted" if vault.get("id-1", "LAB\\ädmin") is None else "not deleted"


if __name__ == "__main__":
    import threading

    worker = threading.Thread(target=lambda: print({"put": _put, "get": _get}[sys.argv[1]]()))
    worker.start()
    worker.join()

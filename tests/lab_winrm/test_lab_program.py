"""`hvdesk lab` as a program: its state file, its control line, its ends."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from labhelp import Lab, running_lab
from winrm.exceptions import InvalidCredentialsError
from winrm.protocol import Protocol

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def shared() -> object:
    """One lab for the tests that leave it as it was."""
    with running_lab() as lab:
        yield lab


def client(lab: Lab, user: str, password: str, host: str = "HV01") -> Protocol:
    """A pywinrm client for a host of the lab."""
    return Protocol(
        f"http://127.0.0.1:{lab.host(host).http_port}/wsman",
        transport="ntlm",
        username=user,
        password=password,
        message_encryption="always",
        proxy=None,
        ca_trust_path=None,
    )


def test_state_file_is_for_its_owner_and_ready_line_tells_no_password(nothing_left: None) -> None:
    with running_lab() as lab:
        assert stat.S_IMODE(os.stat(lab.state_file).st_mode) == 0o600
        assert lab.state["pid"] == lab.pid
        assert lab.state["logon"] == "credssp"
        assert lab.default_account().kind == "domain-admin"
        assert os.path.exists(lab.ca_file)
        words = [sys.executable, "-m", "hvdesk", "lab"]
        done = subprocess.run(words, input="", capture_output=True, text=True, timeout=30, cwd=PROJECT)
    ready = json.loads(done.stdout)
    assert (done.returncode, done.stderr, ready["event"]) == (0, "", "ready")
    assert "password" not in done.stdout
    assert not os.path.exists(ready["state"])
    assert not os.path.exists(ready["ca_file"])


def test_programs_run_on_the_hosts(shared: Lab) -> None:
    account = shared.default_account()
    protocol = client(shared, account.user, account.password)
    shell = protocol.open_shell()
    output = protocol.get_command_output(shell, protocol.run_command(shell, "hostname"))
    protocol.close_shell(shell)
    assert output == (b"HV01\r\n", b"", 0)


def test_counts_cut_expire_kill(shared: Lab) -> None:
    account = shared.default_account()
    protocol = client(shared, account.user, account.password, "HV02")
    shell = protocol.open_shell()
    protocol.run_command(shell, "more", console_mode_stdin=False)
    counts = shared.log("HV02")
    assert (counts["open_shells"], counts["requests"]) == (1, {"Create": 1, "Command": 1})
    assert counts["logons"] == {account.user: {"ok": 1, "failed": 0}}
    assert shared.command({"cmd": "kill", "host": "HV02"}) == {"ok": True, "programs": 1}
    assert shared.command({"cmd": "expire", "host": "HV01"}) == {"ok": True, "shells": 0}
    assert shared.command({"cmd": "expire"}) == {"ok": True, "shells": 1}
    assert shared.command({"cmd": "cut", "host": "HV02"}) == {"ok": True, "connections": 1}
    shared.until(lambda: shared.log("HV02")["open_connections"] == 0)
    protocol.transport.close_session()


def test_password_and_faults_by_command(shared: Lab) -> None:
    account = shared.account("no-rights")
    shared.command({"cmd": "password", "user": account.user, "password": "new"})
    protocol = client(shared, account.user, account.password)
    with pytest.raises(InvalidCredentialsError):
        protocol.open_shell()
    protocol.transport.close_session()
    assert shared.log("HV01")["logons"][account.user] == {"ok": 0, "failed": 1}
    shared.command({"cmd": "fault", "host": "HV01", "point": "connect", "action": "refuse"})
    shared.command({"cmd": "clear"})
    shared.command({"cmd": "rtt", "ms": 0})


@pytest.mark.parametrize(
    "command",
    [
        {"cmd": "nonsense"},
        {},
        {"cmd": "cut", "host": "HV99"},
        {"cmd": "fault", "host": "HV99", "point": "connect", "action": "drop"},
        {"cmd": "fault", "host": "HV01", "point": "connect", "action": "sing"},
        {"cmd": "password", "user": "LAB\\nobody", "password": "x"},
        {"cmd": "password", "user": "LAB\\admin"},
        {"cmd": "rtt", "ms": "long"},
    ],
)
def test_command_that_makes_no_sense_gets_an_answer(shared: Lab, command: dict[str, object]) -> None:
    answer = shared.try_command(command)
    assert answer["ok"] is False
    assert answer["error"]


def test_everything_else_goes_to_the_world(shared: Lab) -> None:
    assert "web-01" in json.dumps(shared.command({"cmd": "show"}))


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_ends_well_by_signal_without_a_control_line(end: signal.Signals, nothing_left: None) -> None:
    words = [sys.executable, "-m", "hvdesk", "lab"]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.send_signal(end)
        assert process.wait(15) == 0
    assert not os.path.exists(ready["ca_file"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--powershell", "/no/such/engine"], "/no/such/engine is not a program"),
        (["--scenario", "no-such"], "no-such"),
        (["--scenario", "no-such.toml"], "no-such.toml"),
        (["--state", "/no/such/folder/state.json"], "the state file cannot be written"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hvdesk", "lab", *arguments], capture_output=True, text=True, timeout=30, cwd=PROJECT
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr

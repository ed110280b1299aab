"""`hvdesk lab` as a program: its state file, its control line, its ends."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
import spnego
from labhelp import Lab, running_lab
from needs import needs
from tickets import take_ticket
from winrm.exceptions import InvalidCredentialsError, WSManFaultError
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
        {"cmd": "restart", "seconds": -1},
        {"cmd": "restart", "host": "HV99", "seconds": 1},
        {"cmd": "winrm", "host": "HV01", "name": "MaxShellsPerUser", "value": "many"},
        {"cmd": "winrm", "name": "nonsense", "value": 1},
        {"cmd": "powershell_start"},
    ],
)
def test_command_that_makes_no_sense_gets_an_answer(shared: Lab, command: dict[str, object]) -> None:
    answer = shared.try_command(command)
    assert answer["ok"] is False
    assert answer["error"]


def test_quotas_and_restart_by_command() -> None:
    with running_lab() as lab:
        account = lab.default_account()
        lab.command({"cmd": "winrm", "host": "HV01", "name": "MaxShellsPerUser", "value": 1})
        protocol = client(lab, account.user, account.password)
        protocol.open_shell()
        with pytest.raises(WSManFaultError):
            protocol.open_shell()
        lab.command({"cmd": "restart", "host": "HV01", "seconds": 0})
        assert lab.log("HV01")["open_shells"] == 0
        protocol.transport.close_session()
        lab.until(lambda: opens(lab.host("HV01").http_port))
        protocol.close_shell(protocol.open_shell())


def opens(port: int) -> bool:
    """Whether a port takes connections."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_powershell_takes_its_time_to_start(shared: Lab) -> None:
    account = shared.default_account()
    protocol = client(shared, account.user, account.password)
    shared.command({"cmd": "powershell_start", "seconds": 0.5})
    shell = protocol.open_shell()
    took = []
    for line in ("hostname", "powershell -Command hostname"):
        begin = time.monotonic()
        output = protocol.get_command_output(shell, protocol.run_command(shell, line))
        took.append(time.monotonic() - begin)
        assert output == (b"HV01\r\n", b"", 0)
    protocol.close_shell(shell)
    shared.command({"cmd": "powershell_start", "seconds": 0})
    assert took[0] < 0.5 < took[1]


def test_local_account_has_a_certificate() -> None:
    with running_lab(str(PROJECT / "tests" / "remoting" / "wire.toml")) as lab:
        account = lab.account("local-admin")
        assert account.certificate is not None
        assert stat.S_IMODE(os.stat(account.certificate).st_mode) == 0o600
        assert (account.principal, lab.default_account().certificate) == (None, None)
        protocol = Protocol(
            f"https://127.0.0.1:{lab.host('HV01').https_port}/wsman",
            transport="certificate",
            cert_pem=account.certificate,
            cert_key_pem=account.certificate,
            ca_trust_path=lab.ca_file,
            proxy=None,
        )
        protocol.close_shell(protocol.open_shell())


def test_state_tells_what_a_kerberos_client_needs(shared: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("kerberos")
    told = shared.state["kerberos"]
    assert told["realm"] == "LAB.TEST"
    assert told["services"]["HV01"] == ["HTTP/hv01.lab.test", "HTTP/hv01", "HTTP/localhost", "HTTP/127.0.0.1"]
    account = shared.default_account()
    assert account.principal == "admin@LAB.TEST"
    monkeypatch.setenv("KRB5_CONFIG", told["config"])
    before = shared.command({"cmd": "log"})["kdc"]
    monkeypatch.setenv("KRB5CCNAME", take_ticket(account.principal, account.password, tmp_path / "ccache"))
    token = spnego.client(hostname="hv01.lab.test", service="HTTP", protocol="kerberos").step() or b""
    header = {"Authorization": f"Negotiate {base64.b64encode(token).decode()}"}
    url = f"http://127.0.0.1:{shared.host('HV01').http_port}/wsman"
    assert requests.post(url, headers=header, timeout=10).status_code == 200
    after = shared.command({"cmd": "log"})["kdc"]
    assert (after["tickets"] - before["tickets"], after["failed"]) == (1, before["failed"])
    shared.command({"cmd": "trust", "host": "HV01", "delegation": True})


@pytest.mark.skipif(sys.platform != "linux", reason="the KDC is for Linux")
def test_killed_lab_takes_its_kdc_along() -> None:
    needs("kerberos")
    with running_lab() as lab:
        children = Path(f"/proc/{lab.pid}/task/{lab.pid}/children").read_text().split()
        names = [Path(f"/proc/{child}/comm").read_text().strip() for child in children]
        assert names == ["krb5kdc"]
        lab.kill()
        lab.until(lambda: not Path(f"/proc/{children[0]}").exists() or zombie(children[0]))


def zombie(process: str) -> bool:
    """Whether a process has ended, and only waits for the parent that took it over."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


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

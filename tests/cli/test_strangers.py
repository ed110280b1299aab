"""The terminal without a lab mode: hosts as any other WinRM host, named, trusted and logged on to by options."""

import hashlib
import os
import select
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from labhelp import Lab
from terminal import SECONDS, Terminal


@pytest.fixture
def stranger(shared_lab: Lab, tmp_path: Path) -> Terminal:
    """Commands that know nothing of the lab."""
    return Terminal(None, tmp_path / "data")


def reach(lab: Lab, host: str) -> list[str]:
    return ["--address", "localhost", "--port", str(lab.host(host).https_port), "--https"]


def trust(lab: Lab) -> list[str]:
    return ["--ca", lab.ca_file, "--user", lab.default_account().user, "--password-stdin"]


def test_a_host_is_kept_and_its_password_is_not(stranger: Terminal, shared_lab: Lab) -> None:
    secret = shared_lab.default_account().password + "\n"
    words = ["hosts", "add", "hv", *reach(shared_lab, "HV01"), *trust(shared_lab), "--json"]
    refused = stranger.run(*words, stdin=secret)
    assert (refused.code, refused.last["error"]["code"]) == (3, "credential.no_vault")
    assert stranger.run("hosts", "--json").rows == []

    assert stranger.run(*words, "--session-only", stdin=secret).code == 0
    (row,) = stranger.run("hosts", "--json").rows
    assert (row["state"], row["error"]["code"], row["remember"]) == ("error", "logon.no_credential", False)
    assert stranger.run("vms", "--host", "hv", "--password-stdin", stdin=secret).code == 0


def test_hosts_in_no_list_move_a_vm_between_them(stranger: Terminal, shared_lab: Lab) -> None:
    words = ["move", "app-01", "--path", "D:\\VMs", "--check", "--json"]
    for side, host in (("from", "HV01"), ("to", "HV02")):
        options = [*reach(shared_lab, host), *trust(shared_lab)]
        words += [f"--{side}", host, *(word.replace("--", f"--{side}-") for word in options)]
    password = shared_lab.default_account().password
    done = stranger.run(*words, stdin=f"{password}\n{password}\n")
    assert done.code == 0, done.out + done.err
    assert done.last["event"] == "check"


def test_a_pinned_certificate_needs_no_authority(stranger: Terminal, shared_lab: Lab) -> None:
    pem = ssl.get_server_certificate(("127.0.0.1", shared_lab.host("HV02").https_port))
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    secret = shared_lab.default_account().password + "\n"
    words = ["hosts", "test", "hv", *reach(shared_lab, "HV02"), "--user", shared_lab.default_account().user]
    words += ["--password-stdin", "--json", "--pin"]
    assert stranger.run(*words, pin.upper(), stdin=secret).code == 0
    wrong = stranger.run(*words, pin[:-1] + ("0" if pin[-1] != "0" else "1"), stdin=secret)
    assert wrong.code == 3
    assert wrong.last["error"]["code"].startswith("tls.")


@pytest.mark.skipif(os.name == "nt", reason="a terminal of Windows cannot be made like this")
def test_in_a_terminal_the_password_is_asked_for_and_not_shown(stranger: Terminal, shared_lab: Lab) -> None:
    import pty

    user = shared_lab.default_account().user
    words = ["vms", "--host", "hv", *reach(shared_lab, "HV01"), "--ca", shared_lab.ca_file, "--user", user]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hvdesk", "--data-dir", str(stranger.data), *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    os.close(theirs)
    secret = shared_lab.default_account().password
    screen = _read_until(ours, f"Password for {user} at hv: ")
    os.write(ours, secret.encode() + b"\n")
    screen += _read_until(ours, "web-01")
    assert process.wait(SECONDS) == 0
    os.close(ours)
    assert secret not in screen


def _read_until(terminal: int, words: str) -> str:
    screen, deadline = "", time.monotonic() + SECONDS
    while words not in screen:
        assert select.select([terminal], [], [], deadline - time.monotonic())[0], screen
        screen += os.read(terminal, 65536).decode(errors="replace")
    return screen

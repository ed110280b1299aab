"""Clients that nobody here wrote: pypsrp's WinRS over its logons, pywinrm's Session, curl."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import winrm
from lab_winrm.wirebench import ADMIN, LOCAL_1, Bench
from needs import needs
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.shell import CommandState, Process, SignalCode, WinRS
from pypsrp.wsman import WSMan


@contextmanager
def wsman(
    bench: Bench, auth: str, *, ssl: bool, user: str = ADMIN.user, password: str = ADMIN.password
) -> Iterator[WSMan]:
    """A pypsrp connection."""
    host = bench.server.hosts["HV01"]
    with WSMan(
        "127.0.0.1",
        port=host.https.port if ssl else host.http.port,
        username=user,
        password=password,
        auth=auth,
        ssl=ssl,
        cert_validation=str(bench.server.pki.ca_file),
        no_proxy=True,
        operation_timeout=5,
    ) as connection:
        yield connection


@pytest.mark.parametrize("ssl", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("auth", ["ntlm", "negotiate", "credssp"])
def test_pypsrp_runs_programs(bench: Bench, auth: str, ssl: bool) -> None:
    with (
        wsman(bench, auth, ssl=ssl) as connection,
        WinRS(connection, environment={"A": "1"}, idle_time_out=90) as shell,
    ):
        assert (shell.owner, shell.idle_time_out) == ("LAB\\admin", "PT90.000S")
        assert shell._get_shell()["ShellId"] == shell.id
        process = Process(shell, "both")
        process.invoke()
        process.signal(SignalCode.CTRL_C)
        assert (process.rc, process.stdout, process.stderr) == (3, b"to out\r\n", b"to err\r\n")
        process = Process(shell, "more")
        process.begin_invoke()
        process.send(b"in" * 50000, end=False)
        process.send(b"put", end=True)
        process.end_invoke()
        assert (process.rc, process.stdout) == (0, b"in" * 50000 + b"put")
        assert process.state == CommandState.DONE


def test_pypsrp_basic(bench: Bench) -> None:
    with (
        wsman(bench, "basic", ssl=True, user=LOCAL_1.user, password=LOCAL_1.password) as connection,
        WinRS(connection) as shell,
    ):
        assert shell.owner == LOCAL_1.user


def test_pypsrp_wrong_password_and_faults(bench: Bench) -> None:
    with wsman(bench, "negotiate", ssl=False, password="wrong") as connection, pytest.raises(AuthenticationError):
        WinRS(connection).open()
    assert bench.logons() == (0, 1)
    with wsman(bench, "ntlm", ssl=False) as connection:
        with pytest.raises(WSManFaultError) as caught, WinRS(connection) as shell:
            shell.receive()  # without a command id
        assert (caught.value.code, caught.value.provider) == (87, "Shell cmd plugin")
        with pytest.raises(WSManFaultError) as caught:
            WinRS(connection, resource_uri="http://schemas.microsoft.com/powershell/Microsoft.PowerShell").open()
        assert caught.value.code == 2150858752


def test_pypsrp_reads_the_configuration(bench: Bench) -> None:
    with wsman(bench, "ntlm", ssl=False) as connection:
        connection.update_max_payload_size()
        assert connection.max_envelope_size == 500 * 1024


@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
def test_pywinrm_session(bench: Bench, transport: str) -> None:
    session = winrm.Session(
        bench.url(),
        auth=(ADMIN.user, ADMIN.password),
        transport=transport,
        message_encryption="always",
        proxy=None,
        ca_trust_path=None,
    )
    answer = session.run_cmd("both")
    assert (answer.status_code, answer.std_out, answer.std_err) == (3, b"to out\r\n", b"to err\r\n")
    assert bench.log()["open_shells"] == 0


def test_curl_basic_over_https(bench: Bench) -> None:
    needs("curl")
    words = ["curl", "-sS", "--cacert", str(bench.server.pki.ca_file), "--basic", "--data-binary", ""]
    words += ["-o", "-", "-w", "%{http_code}", bench.url(https=True)]
    for password, status in ((LOCAL_1.password, "200"), ("wrong", "401")):
        done = subprocess.run(
            [*words, "-u", f"{LOCAL_1.user}:{password}"], capture_output=True, text=True, timeout=30, check=True
        )
        assert done.stdout == status

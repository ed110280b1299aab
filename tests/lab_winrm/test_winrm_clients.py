"""Clients that nobody here wrote find the hosts real: the whole table of them, and what pypsrp reads besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab_winrm.clients import WAYS, Way, outcome, table
from lab_winrm.wirebench import ADMIN, Bench
from needs import needs
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.shell import WinRS
from pypsrp.wsman import WSMan

from hvdesk.lab.winrm.kdc import Kdc

DESIGN = Path(__file__).parents[2] / "DESIGN.md"


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_client_and_logon(way: Way, https: bool, start: Callable[..., Bench], request: pytest.FixtureRequest) -> None:
    for need in way.needs:
        needs(need)
    kdc: Kdc | None = request.getfixturevalue("kdc") if "kerberos" in way.needs else None
    bench = start(kdc=kdc)
    assert outcome(bench, way, https) == way.expected(https)
    assert bench.log()["open_shells"] == 0


def test_the_design_keeps_the_table_of_clients() -> None:
    assert table() in DESIGN.read_text(encoding="utf-8"), "python -m lab_winrm.clients prints the new one"


@contextmanager
def wsman(bench: Bench, auth: str, password: str = ADMIN.password) -> Iterator[WSMan]:
    """A pypsrp connection over http."""
    port = bench.server.hosts["HV01"].http.port
    with WSMan(
        "127.0.0.1", port=port, username=ADMIN.user, password=password, auth=auth, ssl=False, no_proxy=True
    ) as connection:
        yield connection


def test_pypsrp_reads_the_shell(bench: Bench) -> None:
    with wsman(bench, "ntlm") as connection, WinRS(connection, environment={"A": "1"}, idle_time_out=90) as shell:
        assert (shell.owner, shell.idle_time_out) == ("LAB\\admin", "PT90.000S")
        assert shell._get_shell()["ShellId"] == shell.id


def test_pypsrp_wrong_password_and_faults(bench: Bench) -> None:
    with wsman(bench, "negotiate", "wrong") as connection, pytest.raises(AuthenticationError):
        WinRS(connection).open()
    assert bench.logons() == (0, 1)
    with wsman(bench, "ntlm") as connection:
        with pytest.raises(WSManFaultError) as caught, WinRS(connection) as shell:
            shell.receive()  # without a command id
        assert (caught.value.code, caught.value.provider) == (87, "Shell cmd plugin")
        with pytest.raises(WSManFaultError) as caught:
            WinRS(connection, resource_uri="http://schemas.microsoft.com/powershell/Microsoft.PowerShell").open()
        assert caught.value.code == 2150858752


def test_pypsrp_reads_the_configuration(bench: Bench) -> None:
    with wsman(bench, "ntlm") as connection:
        connection.update_max_payload_size()
        assert connection.max_envelope_size == 500 * 1024

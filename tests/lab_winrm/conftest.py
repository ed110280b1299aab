"""Fixtures that start WinRM servers in the test's own process and prove that nothing is left of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import leaks
import pytest
from lab_winrm.tiny import TinyLauncher
from lab_winrm.wirebench import ADMIN, GUEST, PEOPLE, SENSITIVE, TWO_HOSTS, Bench
from needs import needs
from tickets import take_ticket

from hvdesk.lab.winrm.kdc import Kdc, Person, Service
from hvdesk.lab.winrm.server import HostSetup, WinRMServer


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Starts servers, given host set-ups and limits; nothing is left of them at the end."""
    benches = []
    with leaks.nothing_left():

        def begin(*setups: HostSetup, **more: object) -> Bench:
            launcher = TinyLauncher()
            bench = Bench(WinRMServer(setups or TWO_HOSTS, PEOPLE, launcher, tmp_path, **more), launcher)
            benches.append(bench)
            return bench

        yield begin
        for bench in benches:
            bench.close()
            bench.server.stop()


@pytest.fixture
def bench(start: Callable[..., Bench]) -> Bench:
    """A server for HV01 and HV02 with good certificates."""
    return start()


@pytest.fixture
def kdc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kdc]:
    """The realm LAB.TEST with HV01 and HV02, and ADMIN's ticket in this process's cache."""
    needs("kerberos")
    services = [Service("HV01", "hv01.lab.test"), Service("HV02", "hv02.lab.test")]
    people = [Person(one.user, one.password, one is SENSITIVE) for one in (ADMIN, GUEST, SENSITIVE)]
    realm = Kdc(tmp_path / "kdc", "LAB.TEST", services, people)
    for name, value in realm.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("KRB5CCNAME", take_ticket("admin@LAB.TEST", ADMIN.password, tmp_path / "ccache"))
    yield realm
    realm.stop()


@pytest.fixture
def kerberos(kdc: Kdc, start: Callable[..., Bench]) -> Bench:
    """A server for HV01 and HV02 that takes tickets of that realm."""
    return start(kdc=kdc)

"""Fixtures that start WinRM servers in the test's own process and prove that nothing is left of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import leaks
import pytest
from lab_winrm.tiny import TinyLauncher
from lab_winrm.wirebench import PEOPLE, TWO_HOSTS, Bench

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

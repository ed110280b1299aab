"""One lab for all tests of the wire, and proof after each that nothing is left of it."""

from __future__ import annotations

from collections.abc import Iterator

import leaks
import pytest
from labhelp import running_lab
from remoting.wirelab import SCENARIO, WireLab


@pytest.fixture(scope="package")
def _shared_lab() -> Iterator[WireLab]:
    with running_lab(SCENARIO) as lab:
        yield WireLab(lab)


@pytest.fixture
def wire(_shared_lab: WireLab) -> Iterator[WireLab]:
    """The lab, counting from here; afterwards neither this process nor the hosts hold anything of the test."""
    _shared_lab.begin()
    with leaks.nothing_left():
        yield _shared_lab
    shells = {host["name"]: _shared_lab.open_shells(host["name"]) for host in _shared_lab.lab.state["hosts"]}
    assert not any(shells.values()), f"shells left: {shells}"

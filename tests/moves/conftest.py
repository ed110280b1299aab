"""One lab for all tests of moves, and a program on a data folder for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import leaks
import pytest
from labhelp import running_lab
from moves.programs import Program, World, running


@pytest.fixture(scope="package")
def _shared() -> Iterator[World]:
    with running_lab() as lab:
        yield World(lab)


@pytest.fixture
def world(_shared: World) -> Iterator[World]:
    """The lab's world; after the test neither this process nor the hosts hold anything of it."""
    _shared.begin()
    with leaks.nothing_left():
        yield _shared
    _shared.end()
    _shared.lab.until(lambda: not any(_shared.lab.log(name)["open_shells"] for name in _shared.show()["hosts"]))


@pytest.fixture
def program(world: World, tmp_path: Path) -> Iterator[Program]:
    """hvdesk, logging on by CredSSP."""
    with running(world.lab.state, tmp_path) as program:
        yield program

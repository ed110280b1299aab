"""Terminals on a running lab."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from labhelp import Lab, running_lab
from terminal import Terminal


@pytest.fixture
def terminal(lab: Lab, tmp_path: Path) -> Terminal:
    """Commands on this test's lab, with a data folder of their own."""
    return Terminal(lab, tmp_path / "data")


@pytest.fixture(scope="module")
def shared_lab() -> Iterator[Lab]:
    """A lab for tests that change nothing in it."""
    with running_lab() as running:
        yield running


@pytest.fixture
def looking(shared_lab: Lab, tmp_path: Path) -> Terminal:
    """Commands on the shared lab, with a data folder of their own."""
    return Terminal(shared_lab, tmp_path / "data")

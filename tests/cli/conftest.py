"""A terminal on a running lab."""

from pathlib import Path

import pytest
from labhelp import Lab
from terminal import Terminal


@pytest.fixture
def terminal(lab: Lab, tmp_path: Path) -> Terminal:
    """Commands on this test's lab, with a data folder of their own."""
    return Terminal(lab, tmp_path / "data")

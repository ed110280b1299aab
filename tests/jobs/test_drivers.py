"""A program is known to drive jobs for as long as it lives, seen with real processes that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hvdesk.domain.errors import HvError
from hvdesk.jobs.drivers import Drivers

OTHER = """
import sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from hvdesk.jobs.drivers import Drivers
print(Drivers(Path(sys.argv[1])).token, flush=True)
threading.Event().wait()
"""


def test_another_program_is_alive_until_it_is_killed(tmp_path: Path) -> None:
    root = str(Path(__file__).parent.parent.parent)
    ours = Drivers(tmp_path)
    command = [sys.executable, "-c", OTHER, str(tmp_path), root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        token = other.stdout.readline().strip()
        assert ours.alive(token)
        assert ours.alive(token)  # looking does not end it
        other.kill()
        other.wait(10)
    assert not ours.alive(token)
    assert [path.stem for path in tmp_path.iterdir()] == [ours.token]
    ours.close()


def test_a_program_is_alive_to_itself_and_gone_after_it_ended(tmp_path: Path) -> None:
    first, second = Drivers(tmp_path), Drivers(tmp_path)
    assert first.alive(first.token)
    assert second.alive(first.token)
    first.close()
    assert not second.alive(first.token)
    second.close()
    assert list(tmp_path.iterdir()) == []


def test_a_token_that_never_was_is_gone(tmp_path: Path) -> None:
    ours = Drivers(tmp_path)
    assert not ours.alive("nobody")
    ours.close()


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HvError) as refused:
        Drivers(tmp_path / "file" / "drivers")
    assert refused.value.code == "journal.unusable"

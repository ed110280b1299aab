"""The entry point: what belongs to it, what to the command, and which front end is loaded for what."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import hvdesk
from hvdesk.__main__ import main

Call = tuple[list[str], str | None, Path | None]


@pytest.fixture
def cli_calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """What the entry point hands to the terminal front end."""
    calls: list[Call] = []

    def run(argv: list[str], *, lab: str | None, data_dir: Path | None) -> int:
        calls.append((argv, lab, data_dir))
        return 7

    monkeypatch.setattr("hvdesk.cli.main.run", run)
    return calls


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (["vms"], (["vms"], None, None)),
        (["--lab", "vms", "--json"], (["vms", "--json"], "", None)),
        (["--lab=two", "hosts", "add", "--lab"], (["hosts", "add", "--lab"], "two", None)),
        (["--data-dir", "lab", "--lab", "move", "--", "-x"], (["move", "--", "-x"], "", Path("lab"))),
        (["--data-dir=here", "jobs"], (["jobs"], None, Path("here"))),
    ],
)
def test_options_before_the_command_are_taken_and_the_rest_handed_on(
    words: list[str], call: Call, cli_calls: list[Call]
) -> None:
    assert main(words) == 7
    assert cli_calls == [call]


def test_data_dir_comes_from_the_environment_unless_given(
    cli_calls: list[Call], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HVDESK_DATA_DIR", str(tmp_path))
    main(["vms"])
    main(["--data-dir", "other", "vms"])
    assert [call[2] for call in cli_calls] == [tmp_path, Path("other")]


@pytest.mark.parametrize(
    "words",
    [["--la", "vms"], ["--data-dir"], ["--data-dir", __file__, "vms"], ["--lab", "lab"], ["--nonsense"]],
)
def test_wrong_options_exit_2(words: list[str], cli_calls: list[Call], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "usage: hvdesk" in capsys.readouterr().err
    assert cli_calls == []


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"hvdesk {hvdesk.__version__}\n"


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


_NO_QT = "import sys; sys.modules['PySide6'] = None; from hvdesk.__main__ import main; sys.exit(main({words!r}))"


def test_the_window_without_pyside_says_what_to_install() -> None:
    done: Any = _run(_NO_QT.format(words=[]))
    assert done.returncode == 2
    assert "the window needs PySide6" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["lab", "--help"], ["agent-script"], ["vms", "--help"]])
def test_commands_work_without_pyside(words: list[str]) -> None:
    done = _run(_NO_QT.format(words=words))
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_command_of_the_help_explains_itself() -> None:
    text = _run("from hvdesk.__main__ import main; main(['--help'])").stdout
    listed = text.partition("commands")[2].splitlines()[2:]
    commands = [line.split()[0] for line in listed if line.strip()]
    assert "move" in commands
    for command in commands:
        helped = _run(f"from hvdesk.__main__ import main; main([{command!r}, '--help'])")
        assert helped.returncode == 0, helped.stderr
        assert f"hvdesk {command}" in helped.stdout

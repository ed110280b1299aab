"""What is wrong with the words alone is said before anything is started: no lab, no data folder, no logon."""

import json
from pathlib import Path

import pytest

from hvdesk.cli.main import run

TO = ["--to", "HV02", "--path", "D:\\VMs"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--path", "D:\\VMs"], "input.no_destination"),
        (["--to", "HV02"], "input.no_storage"),
        ([*TO, "--disk", "a=b"], "program.not_yet"),
        ([*TO, "--config", "D:\\"], "program.not_yet"),
        ([*TO, "--checkpoints", "D:\\"], "program.not_yet"),
        ([*TO, "--smart-paging", "D:\\"], "program.not_yet"),
        ([*TO, "--vm-only"], "program.not_yet"),
        ([*TO, "--switch", "a=b"], "program.not_yet"),
        ([*TO, "--type", "quick"], "program.not_yet"),
        ([*TO, "--leave-cluster"], "program.not_yet"),
        ([*TO, "--join-cluster"], "program.not_yet"),
    ],
)
def test_a_move_that_cannot_be_asked_for(
    words: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run(["move", "web-01", "--from", "HV01", *words, "--json"], lab=None, data_dir=tmp_path)
    last = json.loads(capsys.readouterr().out)
    assert (done, last["event"], last["error"]["code"]) == (2, "failed", code)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["move-storage", "web-01", "--host", "HV01"], ["settings", "HV01"]])
def test_commands_of_later_versions_say_so(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words, lab=None, data_dir=tmp_path) == 2
    said = capsys.readouterr()
    assert "not in this version yet" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["hosts", "add", "X", "--password", "secret"],
        ["hosts", "add", "X", "--pass", "secret"],
        ["hosts", "add"],
        ["hosts", "add", "X", "--logon", "magic"],
        ["hosts", "add", "X", "--ca", "a.pem", "--pin", "00"],
        ["vms", "--hos", "HV01"],
        ["move", "web-01"],
        ["nonsense"],
    ],
)
def test_words_that_do_not_exist(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A password among them is an option that does not exist, abbreviated or not."""
    with pytest.raises(SystemExit) as left:
        run(words, lab=None, data_dir=tmp_path)
    assert left.value.code == 2
    assert "usage: hvdesk" in capsys.readouterr().err


def test_json_before_or_after_the_action(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words in (["hosts", "--json", "remove", "X"], ["hosts", "remove", "X", "--json"]):
        assert run(words, lab=None, data_dir=tmp_path) == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == "host.not_listed"


def test_the_agents_script_is_printed_as_it_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agent-script"], lab=None, data_dir=None) == 0
    assert "Set-StrictMode" in capsys.readouterr().out

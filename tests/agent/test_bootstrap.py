"""The start command, as cmd.exe and the C runtime would take it, and what a started agent makes of its console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from agent import contract_world, engine
from agent.steps import NAME
from needs import needs

from hvdesk.domain.model import HostFacts
from hvdesk.hyperv import bootstrap, messages
from hvdesk.hyperv.agent import source
from hvdesk.hyperv.messages import Answer, Mode, Ready


def test_command_line_survives_cmd_and_the_c_runtime() -> None:
    text = bootstrap.SCRIPT
    assert text.isascii()
    assert not set(text) & set('"|&<>^%!\r\n\t')
    assert "  " not in text
    assert text == text.strip()
    assert not text.endswith("\\")
    assert len(" ".join((bootstrap.COMMAND, *bootstrap.ARGUMENTS))) < 1000  # cmd.exe takes 8,191


def test_language_mode_comes_first_and_without_a_method_call() -> None:
    before, mark, _ = bootstrap.SCRIPT.partition("$ExecutionContext.SessionState.LanguageMode;")
    assert mark
    assert "(" not in before
    assert f"'{bootstrap.MODE_MARK}' +" in before


def test_source_is_readable_ascii_and_has_every_part() -> None:
    text = source.agent_source()
    assert text.isascii()
    assert "\r" not in text
    assert bootstrap.END_MARK not in text
    assert not re.search(r"[A-Za-z0-9+/]{80}", text)  # nothing packed
    folder = Path(source.__file__).parent
    parts = sorted(path.name for path in folder.glob("*.ps1"))
    assert parts == list(source.PARTS)
    for part in parts:
        assert (folder / part).read_text("ascii").strip() in text
        assert len((folder / part).read_text("ascii").splitlines()) <= 400


def test_first_input_ends_with_the_mark() -> None:
    assert bootstrap.first_input().endswith(b"\n#@hvdesk-end\n")


def _requests() -> bytes:
    lines = [messages.request_line(1, "host_facts"), messages.request_line(2, "list_vms")]
    return b"".join([*lines, messages.request_line(3, "vm_details", {"vm_id": contract_world.HOSTILE})])


@pytest.mark.parametrize("windows", ["2012", "2022"])
@pytest.mark.parametrize(
    "console",
    [
        {"CULTURE": "de-DE", "CODEPAGE": "850", "WIDTH": "80"},
        {"CULTURE": "fr-FR", "CODEPAGE": "65001", "WIDTH": "40"},
        {"CULTURE": "en-GB", "CODEPAGE": "1252", "WIDTH": "200"},
    ],
    ids=lambda console: console["CULTURE"],
)
def test_started_as_on_a_host_whatever_its_console(windows: str, console: dict[str, str], tmp_path: Path) -> None:
    needs("powershell engine")
    with engine.start(contract_world.build_world(windows), tmp_path, **console) as agent:
        agent.send(bootstrap.first_input() + _requests())
        lines = [agent.next_line() for _ in range(5)]
        assert agent.end() == (0, b"")
        assert agent.next_line() is None
    mode, ready, facts, listed, details = (messages.parse_line((line or b"").decode("ascii")) for line in lines)
    assert mode == Mode("FullLanguage")
    assert isinstance(ready, Ready)
    assert isinstance(facts, Answer)
    assert isinstance(listed, Answer)
    assert isinstance(details, Answer)
    found = messages.read(facts.result, HostFacts)
    assert found.volumes[1].free_bytes > 3 * 10**15
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", found.now)
    assert messages.read(listed.result, messages.VmList).vms[1].name == NAME


def test_source_cut_off_is_not_run(tmp_path: Path) -> None:
    needs("powershell engine")
    with engine.bare("5.1", tmp_path) as agent:
        agent.send(bootstrap.first_input()[: -len(bootstrap.END_MARK) - 5])
        assert agent.end() == (3, b"")
        assert agent.next_line() == b"@hvdesk-mode FullLanguage\r\n"
        assert agent.next_line() is None


def test_host_without_hyper_v(tmp_path: Path) -> None:
    needs("powershell engine")
    with engine.start(contract_world.build_world("2022", hyperv=False), tmp_path) as agent:
        agent.send(bootstrap.first_input() + messages.request_line(1, "list_vms") + messages.request_line(2, "ping"))
        lines = [agent.next_line() for _ in range(4)]
        assert agent.end() == (0, b"")
    _, _, refused, alive = (messages.parse_line((line or b"").decode("ascii")) for line in lines)
    assert isinstance(refused, Answer)
    assert refused.fault is not None
    assert refused.fault.name == "HvDesk.NoHyperV"
    assert isinstance(alive, Answer)
    assert alive.fault is None

"""All PowerShell of the project passes the engine's static check for every Windows Server from 2012 to 2025."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from needs import engine, needs

from hvdesk.hyperv import calls, render
from hvdesk.hyperv.agent import source
from hvdesk.lab.engine import proxies
from hvdesk.lab.windows import VERSIONS

STRICT = "Set-StrictMode -Version 3.0\n$ErrorActionPreference = 'Stop'\n"


def findings(*paths: Path, allow: str = "", server: str = "all") -> str:
    """What the check finds in files or folders for a Windows Server; "" when that is nothing."""
    needs("powershell engine")
    program = engine()
    assert program is not None
    command: list[str | Path] = [program, "--check", *paths, "--server", server, *(["--allow", allow] if allow else [])]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).decode()


def test_agent_as_it_is_sent(tmp_path: Path) -> None:
    script = tmp_path / "agent.ps1"
    script.write_text(source.agent_source(), encoding="ascii")
    assert findings(script) == ""


def test_agent_part_by_part() -> None:
    """Strict mode is set in the first part for all of them."""
    assert findings(Path(source.__file__).parent, allow="strict-mode") == ""


@pytest.mark.parametrize("windows", VERSIONS)
def test_proxies_pass_for_the_windows_they_play(windows: str, tmp_path: Path) -> None:
    """What an engine alone has is allowed line by line."""
    proxies.write(tmp_path, windows, hyperv=True)
    assert findings(tmp_path, server=windows) == ""


def test_the_check_finds_something(tmp_path: Path) -> None:
    script = tmp_path / "bad.ps1"
    script.write_text(STRICT + "Move-VM -Nonsense 1\n", encoding="ascii")
    assert "Nonsense" in findings(script)


ID = "11111111-aaaa-4000-8000-000000000001"
HOSTILE = "'; Remove-VM * #\u2018\u2019\u201a\u201b $(x) `n\n\r\n\x00\x1b[2J\u202e\u2028\U0001f4be\ud800"


def _statements(value: str) -> str:
    every = (
        calls.compare(ID, value, value),
        calls.move(ID, value, value),
        calls.new_folder(value),
        calls.cancel(value),
        calls.cancel(value, kill=True),
        calls.destroy(value),
    )
    return render.script(every)


@pytest.mark.parametrize("value", ["D:\\VMs", HOSTILE], ids=["plain", "hostile"])
def test_rendered_calls_pass_for_every_version(value: str, tmp_path: Path) -> None:
    script = tmp_path / "calls.ps1"
    script.write_text(STRICT + _statements(value), encoding="utf-8-sig")
    assert findings(script, allow="non-ascii") == ""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(max_size=40))
def test_rendered_calls_of_any_text_pass(value: str, tmp_path: Path) -> None:
    script = tmp_path / "calls.ps1"
    script.write_text(STRICT + _statements(value), encoding="utf-8-sig")
    assert findings(script, allow="non-ascii") == ""

"""Set-VMHost in an engine: it changes what Get-VMHost tells, and refuses the words that Windows refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent import contract_world
from agent.engine import started
from needs import needs

from hvdesk.lab.windows import VERSIONS

CHANGE = """
Set-VMHost -MaximumVirtualMachineMigrations 7 -VirtualMachineMigrationAuthenticationType Kerberos
$now = Get-VMHost
"$($now.MaximumVirtualMachineMigrations) $($now.VirtualMachineMigrationAuthenticationType)"
"""
REFUSED = r"""
try {
    Set-VMHost -VirtualMachineMigrationPerformanceOption SMBTransport
} catch { "$($_.FullyQualifiedErrorId) $("$_" -replace '\s+', ' ')" }
(Get-VMHost).VirtualMachineMigrationPerformanceOption.ToString()
Set-VMHost -VirtualMachineMigrationPerformanceOption SMB
(Get-VMHost).VirtualMachineMigrationPerformanceOption.ToString()
"""


def said(windows: str, folder: Path, script: str) -> list[str]:
    """The lines that the script puts out on a host with this Windows Server."""
    needs("powershell engine")
    arguments = ("-NoProfile", "-NonInteractive", "-Command", script)
    with started(contract_world.build_world(windows), folder, *arguments) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    return out.decode().splitlines()


@pytest.mark.parametrize("windows", VERSIONS)
def test_a_change_is_what_the_host_tells(windows: str, tmp_path: Path) -> None:
    assert said(windows, tmp_path, CHANGE) == ["7 Kerberos"]


@pytest.mark.parametrize("windows", VERSIONS[1:])  # 2012 has no such parameter
def test_a_word_that_only_prose_knows_is_refused(windows: str, tmp_path: Path) -> None:
    refusal, *values = said(windows, tmp_path, REFUSED)
    # Of a function, as the proxy is one; of a compiled cmdlet it is CannotConvertArgumentNoMessage with the same words.
    assert refusal.startswith("ParameterArgumentTransformationError,Set-VMHost")
    assert "SMBTransport" in refusal
    assert values == ["Compression", "SMB"]

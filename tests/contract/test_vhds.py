"""-Vhds of Move-VM in an engine: plain tables with both keys, as scripts from the field say that Windows wants them."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent import contract_world
from agent.engine import started
from needs import needs

LINE = """
try {{
    $vm = Get-VM -Id '{vm}'
    Move-VM -VM $vm -DestinationHost 'hv02.lab.test' -VirtualMachinePath 'D:\\x' -Vhds {disks}
}} catch {{ [Console]::Out.WriteLine(([string]$_.FullyQualifiedErrorId -split ',')[0]) }}
"""
GOOD = "@{ SourceFilePath = 'D:\\a.vhdx'; DestinationFilePath = 'E:\\a.vhdx' }"
TAKEN, INCOMPLETE, NO_TABLE = "NotInTheLab", "InvalidParameter", "ParameterArgumentTransformationError"


@pytest.mark.parametrize(
    ("disks", "wanted"),
    [
        (GOOD, TAKEN),
        (f"@({GOOD}, {GOOD})", TAKEN),
        (f"$(foreach ($path in 'a', 'b') {{ {GOOD} }})", TAKEN),
        (f"([ordered]{GOOD})", TAKEN),  # PowerShell itself makes a Hashtable of it
        (f"@({GOOD}, @{{ SourceFilePath = 'D:\\b.vhdx' }})", INCOMPLETE),
        ("@{ SourceFilePath = 'D:\\a.vhdx'; DestinationFilePath = 7 }", INCOMPLETE),
        ("@('a' | ForEach-Object { @{ SourceFilePath = $_; DestinationFilePath = $_ } })", INCOMPLETE),
        (f"([pscustomobject]{GOOD})", NO_TABLE),
        ("'D:\\a.vhdx'", NO_TABLE),
    ],
    ids=["one", "two", "loop", "ordered", "second", "number", "pipeline", "object", "text"],
)
@pytest.mark.parametrize("windows", ["2012", "2022"])
def test_tables_of_disks(windows: str, disks: str, wanted: str, tmp_path: Path) -> None:
    needs("powershell engine")
    script = LINE.format(vm=contract_world.WEB, disks=disks)
    with started(contract_world.build_world(windows), tmp_path, "-NoProfile", "-Command", script) as process:
        out, err = process.communicate(timeout=60)
    assert (out.decode().split(), err) == ([wanted], b"")

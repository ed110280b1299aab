"""The generated proxies have Windows' parameter sets, and the world answers to each of them with known properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from agent import contract_world
from agent.engine import started
from needs import needs

from hvdesk.lab.engine.played import CMDLETS
from hvdesk.lab.engine.values import CLASSES
from hvdesk.lab.powershell import signatures
from hvdesk.lab.powershell.binding import COMMON
from hvdesk.lab.powershell.signatures import ALL_SETS, Cmdlet
from hvdesk.lab.windows import VERSIONS, since

LIST = """
foreach ($name in NAMES) {
    $command = Get-Command -Name $name
    $sets = @{}
    foreach ($set in $command.ParameterSets) {
        $rows = @{}
        foreach ($parameter in $set.Parameters) {
            $kind = $parameter.ParameterType.Name
            $rows[$parameter.Name] = @([bool]$parameter.IsMandatory, [int]$parameter.Position, $kind)
        }
        $sets[$set.Name] = $rows
    }
    $row = @{ name = $name; default = $command.DefaultParameterSet; sets = $sets }
    [Console]::Out.WriteLine((ConvertTo-Json -InputObject $row -Depth 5 -Compress))
}
"""
BY_NAME = -2147483648
OTHERS = {"WhatIf", "Confirm", "ProgressAction", *COMMON}


@pytest.mark.parametrize("windows", VERSIONS)
def test_an_engine_sees_the_parameter_sets_of_windows(windows: str, tmp_path: Path) -> None:
    needs("powershell engine")
    known = signatures.cmdlets(windows)
    script = LIST.replace("NAMES", ", ".join(f"'{name}'" for name in known))
    arguments = ("-NoProfile", "-NonInteractive", "-Command", script)
    with started(contract_world.build_world(windows), tmp_path, *arguments) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    seen = {row["name"]: row for row in map(json.loads, out.splitlines())}
    assert seen.keys() == known.keys()
    for name, cmdlet in known.items():
        assert _shown(seen[name]) == _wanted(cmdlet), name


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    sets = {
        ALL_SETS if name == "__AllParameterSets" else name: {
            parameter: (mandatory, None if position == BY_NAME else position)
            for parameter, (mandatory, position, _) in rows.items()
            if parameter not in OTHERS
        }
        for name, rows in row["sets"].items()
    }
    types = {p: kind.lower() for rows in row["sets"].values() for p, (_, _, kind) in rows.items() if p not in OTHERS}
    return {"default": row["default"] or ALL_SETS, "sets": sets, "types": types}


def _wanted(cmdlet: Cmdlet) -> dict[str, Any]:
    entries = [entry for rows in cmdlet.sets.values() for entry in rows]
    sets = {
        name: {entry.name: (entry.mandatory, entry.position) for entry in rows} for name, rows in cmdlet.sets.items()
    }
    return {"default": cmdlet.default_set, "sets": sets, "types": {entry.name: _type(entry.type) for entry in entries}}


def _type(name: str) -> str:
    """The .NET name of a parameter's type in lower case, as far as an engine without libmi has it."""
    bare = name.removesuffix("[]").lower()
    known = {"uint": "uint32", "int": "int32", "ciminstance": "object", "displayhinttype": "string"}
    return known.get(bare, "flagsexpression`1" if bare.startswith("flags") else bare) + name[len(bare) :]


def test_the_world_answers_to_every_cmdlet_with_parameters_that_it_has() -> None:
    newest = signatures.cmdlets(VERSIONS[-1])
    assert CMDLETS.keys() == newest.keys()
    for name, played in CMDLETS.items():
        assert played.parameters <= set(newest[name].parameters()), name


def test_objects_have_no_property_that_windows_lacks() -> None:
    known = json.loads(Path(__file__).with_name("objects.json").read_text(encoding="ascii"))
    for name, entry in CLASSES.items():
        if name in known:
            assert entry.fields.keys() <= set(known[name]), name


@pytest.mark.parametrize("windows", VERSIONS)
def test_enums_have_the_values_that_scenarios_use(windows: str) -> None:
    enums = signatures.enums(windows)
    assert enums["VMState"]["Running"] == 2
    critical = enums["VMState"]["RunningCritical"]
    assert critical == (32785 if since(windows, "2016") else 32783)
    assert {"InService", "MigratingVirtualMachine"} <= enums["VMOperationalStatus"].keys()

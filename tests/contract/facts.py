"""Writes resources/lab/engine/*.json, what the lab's engine needs of a list of Windows' cmdlets, and objects.json here.

    python tests/contract/facts.py CMDLETS.JSON

CMDLETS.JSON holds, per cmdlet and Windows version, the parameter sets of Microsoft's pages. Here they lose what pages
have and cmdlets have not: sets per provider, sets without names, two parameters at one position.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
VERSIONS = ("2012", "2012r2", "2016", "2019", "2022", "2025")
HYPER_V = (
    "Compare-VM", "Get-VHD", "Get-VM", "Get-VMDvdDrive", "Get-VMHardDiskDrive", "Get-VMHost",
    "Get-VMHostSupportedVersion", "Get-VMMigrationNetwork", "Get-VMNetworkAdapter", "Get-VMProcessor", "Get-VMSecurity",
    "Get-VMSnapshot", "Get-VMSwitch", "Move-VM", "Set-VMHost",
)  # fmt: skip
OF_WINDOWS = (
    "Get-ChildItem", "Get-CimInstance", "Get-Date", "Get-Item", "Get-WinEvent", "Invoke-CimMethod", "New-Item",
)  # fmt: skip
ENUMS = (
    "ControllerType", "DvdMediaType", "MigrationAuthenticationType", "VMMigrationPerformance", "VMOperationalStatus",
    "VMReplicationMode", "VMReplicationState", "VMState", "VMSwitchType", "VirtualMachineType",
)  # fmt: skip
OBJECTS = {
    "VirtualMachine (Get-VM)": "VirtualMachine",
    "VMNetworkAdapter": "VMNetworkAdapter",
    "HardDiskDrive (Get-VMHardDiskDrive)": "HardDiskDrive",
    "DvdDrive": "DvdDrive",
    "VHD (Get-VHD)": "VirtualHardDisk",
    "VMSecurity": "VMSecurity",
    "VMProcessor": "VMProcessor",
    "VMHost migration properties": "VMHost",
    "VMCompatibilityReport": "VMCompatibilityReport",
    "VMCompatibilityReport.Incompatibilities[]": "VMCompatibilityReportEntry",
}
NOT_ON_PAGES = {
    "VhdFormat": {"Unknown": 0, "VHD": 2, "VHDX": 3, "VHDSet": 4},
    "SnapshotType": {"Standard": 0, "Recovery": 1, "Planned": 2, "Missing": 3, "Replica": 4, "AppConsistentReplica": 5},
}
"""Enums that parameters or objects have and the list lacks; their numbers are not verified and nothing reads them."""
PROVIDERS = ("FileSystem provider", "All providers", "")
"""Whose set a cmdlet of paths is taken to have."""
DYNAMIC = {("Get-ChildItem", "LiteralItems"): ("Attributes", "Directory", "File", "Hidden", "ReadOnly", "System")}
"""Parameters that the provider adds to every set and a page shows in one only."""
FROM_ONE = ("Get-WinEvent",)
"""Cmdlets whose page counts positions from one."""
NEWER_STATES_SINCE = "2016"  # not verified; the list says only "older" and "newer"


def variants(cmdlet: Json) -> Iterator[Json]:
    """The distinct interfaces of a cmdlet, oldest first, as the project keeps them."""
    if "variants" not in cmdlet:
        cmdlet = {"variants": [{**cmdlet, "versions": list(VERSIONS)}]}
    known = cmdlet["variants"]
    for position, variant in enumerate(known):
        newer = known[position + 1] if position + 1 < len(known) else variant
        default = variant["default_parameter_set"] or newer["default_parameter_set"]
        yield {
            "versions": variant["versions"],
            "default": default.partition(" - ")[0],
            "should_process": any(has_what_if(source) for source in (variant, newer)),
            "aliases": aliases(newer) | aliases(variant),
            "sets": {name: parameters(entries) for name, entries in sets(variant, newer).items()},
        }


def has_what_if(variant: Json) -> bool:
    """Pages of 2012 mostly leave -WhatIf and -Confirm out."""
    return any(entry["name"] == "WhatIf" for entries in variant["parameter_sets"].values() for entry in entries)


def aliases(variant: Json) -> Json:
    """Aliases by parameter; those of the common parameters go without saying."""
    named = {name: entry["aliases"] for name, entry in variant["parameters"].items() if entry.get("aliases")}
    return {name: also for name, also in named.items() if name not in ("WhatIf", "Confirm")}


def sets(variant: Json, newer: Json) -> Json:
    """Parameter sets under their names: those of pages without any are matched with the next version's."""
    best: dict[str, tuple[int, list[Json]]] = {}
    for page_name, entries in variant["parameter_sets"].items():
        unnamed = page_name.startswith("UNNAMED")
        name, _, provider = (most_alike(entries, newer["parameter_sets"]) if unnamed else page_name).partition(" - ")
        assert not (unnamed and name in best), f"two sets are like {name}"
        if provider in PROVIDERS and (name not in best or PROVIDERS.index(provider) < best[name][0]):
            best[name] = PROVIDERS.index(provider), entries
    return {name: entries for name, (_, entries) in best.items()}


def most_alike(entries: list[Json], candidates: Json) -> str:
    """The candidate set whose parameters have most in common with these."""
    wanted = {entry["name"] for entry in entries}

    def likeness(name: str) -> float:
        has = {entry["name"] for entry in candidates[name]}
        return len(wanted & has) / len(wanted | has)

    return max(candidates, key=likeness)


def parameters(entries: list[Json]) -> list[list[Any]]:
    """[name, type, mandatory, position, pipeline] each; of two at one position the later one is named only."""
    taken: set[int] = set()
    rows: list[list[Any]] = []
    for entry in sorted(entries, key=lambda entry: entry["type"] == "SwitchParameter"):
        if entry["name"] in ("WhatIf", "Confirm"):
            continue
        position = entry.get("position")
        if position in taken:
            position = None
        taken.add(position)
        rows.append([entry["name"], entry["type"], entry["mandatory"], position, entry.get("pipeline", "")])
    return rows


def enums(source: Json) -> Json:
    """Enum values by name and Windows version."""
    found: Json = {}
    for name in ENUMS:
        entry = source[name]
        values = entry.get("values") or entry["stable"]
        values = {key: int(str(value).split(" ")[0]) for key, value in values.items()}
        changed = entry.get("changed_between_versions")
        newer, older = changed.values() if changed else ({}, {})
        for version in VERSIONS:
            also = newer if VERSIONS.index(version) >= VERSIONS.index(NEWER_STATES_SINCE) else older
            found.setdefault(name, {})[version] = {**values, **also}
    for name, values in NOT_ON_PAGES.items():
        found[name] = dict.fromkeys(VERSIONS, values)
    return found


def write(folder: Path, name: str, content: Json) -> None:
    """One top-level entry a block, one small value a line, so that a difference can be read."""
    blocks = []
    for key, value in sorted(content.items()):
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        lines = [(f"{json.dumps(row)}: " if isinstance(value, dict) else "") + json.dumps(item) for row, item in rows]
        brackets = "{}" if isinstance(value, dict) else "[]"
        blocks.append(f"{json.dumps(key)}: {brackets[0]}\n  " + ",\n  ".join(lines) + f"\n {brackets[1]}")
    (folder / name).write_text("{\n " + ",\n ".join(blocks) + "\n}\n", encoding="ascii")


def main() -> None:
    """Read the list named by the only argument and write the project's files."""
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    cmdlets = {name: list(variants(source["cmdlets"][name])) for name in HYPER_V}
    cmdlets |= {name: list(variants(source["supporting"][name])) for name in OF_WINDOWS}
    for (name, lacking), added in DYNAMIC.items():
        for variant in cmdlets[name]:
            rows = {row[0]: row for entries in variant["sets"].values() for row in entries}
            variant["sets"][lacking] += [rows[parameter] for parameter in added]
    for name in FROM_ONE:
        for row in (row for variant in cmdlets[name] for rows in variant["sets"].values() for row in rows):
            row[3] = None if row[3] is None else row[3] - 1
    here = Path(__file__).parent
    resources = here.parent.parent / "resources" / "lab" / "engine"
    write(resources, "cmdlets.json", cmdlets)
    write(resources, "enums.json", enums(source["enums"]))
    write(here, "objects.json", {OBJECTS[name]: source["objects"][name]["properties"] for name in OBJECTS})


if __name__ == "__main__":
    main()

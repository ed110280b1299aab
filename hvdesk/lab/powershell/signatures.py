"""Facts about Windows' cmdlets and enums per version, from resources/lab/engine (made by tests/contract/facts.py)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from hvdesk.lab.resources import resource

ALL_SETS = "(All)"
"""The name that stands for a cmdlet's only, unnamed parameter set."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as it is in one set; `position` None: by name only. `pipeline` names how it takes pipeline input."""

    name: str
    type: str
    mandatory: bool
    position: int | None
    pipeline: str


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """A cmdlet as one Windows version has it."""

    name: str
    default_set: str
    should_process: bool
    aliases: dict[str, list[str]]
    sets: dict[str, tuple[Parameter, ...]]

    def parameters(self) -> list[str]:
        """The names of all parameters, in the order in which the sets name them."""
        return list(dict.fromkeys(parameter.name for entries in self.sets.values() for parameter in entries))


@cache
def cmdlets(windows: str) -> dict[str, Cmdlet]:
    """All known cmdlets that this Windows version has."""
    found = {}
    for name, variants in _read("cmdlets.json").items():
        for variant in variants:
            if windows in variant["versions"]:
                sets = {key: tuple(Parameter(*row) for row in rows) for key, rows in variant["sets"].items()}
                default, confirms = variant["default"], variant["should_process"]
                found[name] = Cmdlet(name, default, confirms, variant["aliases"], sets)
    return found


@cache
def enums(windows: str) -> dict[str, dict[str, int]]:
    """The values of the enums of namespace Microsoft.HyperV.PowerShell, with this version's numbers."""
    return {name: versions[windows] for name, versions in _read("enums.json").items()}


def _read(name: str) -> Any:
    return json.loads(resource(f"lab/engine/{name}").read_text(encoding="ascii"))

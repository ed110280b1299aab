"""What PowerShell's parameter binder makes of named arguments, by the parameter sets of a Windows version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from hvdesk.lab.powershell.answers import COR_E_SYSTEM
from hvdesk.lab.powershell.signatures import Cmdlet, Parameter
from hvdesk.lab.world.failure import WindowsError

COMMON: Final = (
    "Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ErrorVariable", "WarningVariable",
    "InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable",
)  # fmt: skip
"""Parameters that every cmdlet has (the two of the information stream since PowerShell 5.0)."""
_AMBIGUOUS: Final = (
    "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be "
    "used together or an insufficient number of parameters were provided."
)


def bind(cmdlet: Cmdlet, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments under the full names of their parameters, those common to all cmdlets left out.

    Raises WindowsError as the binder does: NamedParameterNotFound, AmbiguousParameter, AmbiguousParameterSet,
    MissingMandatoryParameter.
    """
    common = (*COMMON, *(("WhatIf", "Confirm") if cmdlet.should_process else ()))
    named = {_full_name(cmdlet, name, common): value for name, value in given.items()}
    bound = {name: value for name, value in named.items() if name not in common}
    missing = [parameter.name for parameter in _the_set(cmdlet, bound) if _lacks(parameter, bound)]
    if missing:
        words = " ".join(missing)
        text = f"Cannot process command because of one or more missing mandatory parameters: {words}."
        raise _refused("MissingMandatoryParameter", text)
    return bound


def _full_name(cmdlet: Cmdlet, name: str, common: Iterable[str]) -> str:
    """By name, alias or a beginning that only one parameter has."""
    known = {parameter: (parameter, *cmdlet.aliases.get(parameter, ())) for parameter in cmdlet.parameters()}
    known |= {parameter: (parameter,) for parameter in common}
    wanted = name.lower()
    exact = [parameter for parameter, names in known.items() if wanted in map(str.lower, names)]
    alike = [parameter for parameter, names in known.items() if any(n.lower().startswith(wanted) for n in names)]
    found = exact or alike
    if not found:
        text = f"A parameter cannot be found that matches parameter name '{name}'."
        raise _refused("NamedParameterNotFound", text)
    if len(found) > 1:
        matches = " ".join(f"-{parameter}" for parameter in found)
        text = (
            f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include:"
        )
        raise _refused("AmbiguousParameter", f"{text} {matches}.")
    return found[0]


def _the_set(cmdlet: Cmdlet, bound: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The set that the names fit: the only one, else the only complete one, else the default."""
    fitting = {
        name: entries for name, entries in cmdlet.sets.items() if {entry.name for entry in entries} >= bound.keys()
    }
    if len(fitting) > 1:
        complete = {
            name: entries for name, entries in fitting.items() if not any(_lacks(entry, bound) for entry in entries)
        }
        candidates = complete or fitting
        fitting = candidates if len(candidates) == 1 else {
            name: entries for name, entries in candidates.items() if name == cmdlet.default_set
        }  # fmt: skip
    if not fitting:
        raise _refused("AmbiguousParameterSet", _AMBIGUOUS)
    (entries,) = fitting.values()
    return entries


def _lacks(parameter: Parameter, bound: Mapping[str, Any]) -> bool:
    return parameter.mandatory and parameter.name not in bound


def _refused(error_id: str, message: str) -> WindowsError:
    kind = "System.Management.Automation.ParameterBindingException"
    return WindowsError(error_id, (message,), category="InvalidArgument", types=(kind,), hresult=COR_E_SYSTEM)


def not_a(parameter: str, value: str, wanted: str) -> WindowsError:
    """The error for a text given to a parameter of another type."""
    space = "System.Management.Automation."
    inner = f'Cannot convert the "{value}" value of type "System.String" to type "{wanted}".'
    return WindowsError(
        "ParameterArgumentTransformationError",
        (f"Cannot process argument transformation on parameter '{parameter}'. {inner}", inner),
        category="InvalidData",
        types=(
            f"{space}ParameterBindingArgumentTransformationException",
            f"{space}ArgumentTransformationMetadataException",
            f"{space}PSInvalidCastException",
        ),
        hresult=COR_E_SYSTEM,
    )

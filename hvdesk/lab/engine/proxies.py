"""Writes the PowerShell modules that an engine loads: functions with Windows' parameters whose bodies ask the world.

What a function's parameters are comes from the facts; what it answers is hvdesk.lab.engine.played. The text is in
PowerShell 3.0, since an engine that plays Windows Server 2012 takes no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hvdesk.lab.engine.values import CLASSES, EXCEPTIONS, class_name
from hvdesk.lab.powershell import signatures
from hvdesk.lab.powershell.signatures import ALL_SETS, Cmdlet, Parameter
from hvdesk.lab.resources import resource
from hvdesk.lab.windows import since

IMPORTED = ("World.psm1", "Files.psm1", "Guard.psm1")
"""Loaded before anything else, in this order: they replace commands that the engine has."""
_MODULES = {
    "Files.psm1": ("Get-ChildItem", "Get-Date", "Get-Item", "New-Item"),
    "CimCmdlets/CimCmdlets.psm1": ("Get-CimInstance", "Invoke-CimMethod"),
    "Microsoft.PowerShell.Diagnostics/Microsoft.PowerShell.Diagnostics.psm1": ("Get-WinEvent",),
}
_HYPER_V = "Hyper-V/Hyper-V.psm1"
_HEAD = """# Generated from the facts in resources/lab/engine.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
"""
_STAND_IN = "   # check: allow unknown-command stand-in"
_TYPES = {
    "boolean": "bool", "cimclass": "Microsoft.Management.Infrastructure.CimClass", "datetime": "datetime",
    "cimsession": "Microsoft.Management.Infrastructure.CimSession", "displayhinttype": "string", "guid": "guid",
    "flagsexpression[fileattributes]": "System.Management.Automation.FlagsExpression[System.IO.FileAttributes]",
    "hashtable": "hashtable", "idictionary": "System.Collections.IDictionary", "int32": "int", "int64": "long",
    "object": "object", "pscredential": "pscredential", "psobject": "psobject", "string": "string",
    "switchparameter": "switch", "uint": "System.UInt32", "uint32": "System.UInt32", "uri": "uri", "xmldocument": "xml",
    "timespan": "timespan",
}  # fmt: skip


def write(folder: Path, windows: str, *, hyperv: bool) -> None:
    """Write the modules of one Windows version into `folder`; without `hyperv` the role's module is not there."""
    known = signatures.cmdlets(windows)
    elsewhere = {name for names in _MODULES.values() for name in names}
    modules = {**_MODULES, **({_HYPER_V: sorted(known.keys() - elsewhere)} if hyperv else {})}
    for path, names in modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(_module(known[name] for name in names), encoding="ascii")
    world = resource("lab/engine/World.psm1").read_text(encoding="ascii") + _types(windows)
    (folder / "World.psm1").write_text(world, encoding="ascii")
    (folder / "Guard.psm1").write_bytes(resource("lab/engine/Guard.psm1").read_bytes())


def _types(windows: str) -> str:
    """The enums and classes of the Hyper-V module; a base before what derives from it."""
    lines = ["", f"# Generated: the types of Windows Server {windows}."]
    for name, values in signatures.enums(windows).items():
        table = "; ".join(f"{_literal(key)} = {number}" for key, number in values.items())
        lines.append(f"New-StandInEnum -Name {_literal(class_name(name))} -Values @{{ {table} }}{_STAND_IN}")
    for name, entry in CLASSES.items():
        fields = ", ".join(_literal(key) for key, first in entry.fields.items() if since(windows, first))
        base = f"([{class_name(entry.base)}])" if entry.base else "([object])"
        lines.append(f"[void](New-LabClass {_literal(class_name(name))} {base} @({fields}))")
    lines += [f"New-LabException {_literal(name)}" for name in EXCEPTIONS]
    return "\n".join(lines) + "\n"


def _module(cmdlets: Iterable[Cmdlet]) -> str:
    functions = {cmdlet.name: _function(cmdlet) for cmdlet in cmdlets}
    return "\n".join([_HEAD, *functions.values(), f"Export-ModuleMember -Function {', '.join(functions)}", ""])


def _function(cmdlet: Cmdlet) -> str:
    binding = [] if cmdlet.default_set == ALL_SETS else [f"DefaultParameterSetName = {_literal(cmdlet.default_set)}"]
    guard = ""
    if cmdlet.should_process:
        binding.append("SupportsShouldProcess = $true")
        guard = f"if (-not $PSCmdlet.ShouldProcess({_literal(cmdlet.name)})) {{ return }}\n        "
    parameters = ",\n".join(_parameter(cmdlet, name) for name in cmdlet.parameters())
    return (
        f"function {cmdlet.name} {{\n    [CmdletBinding({', '.join(binding)})]\n    param(\n{parameters}\n    )\n"
        f"    process {{\n        {guard}Invoke-LabCmdlet $PSCmdlet $PSBoundParameters\n    }}\n}}\n"
    )


def _parameter(cmdlet: Cmdlet, name: str) -> str:
    uses = [(key, entry) for key, entries in cmdlet.sets.items() for entry in entries if entry.name == name]
    lines = [f"        [Parameter({_attribute(key, entry)})]" for key, entry in uses]
    if name in cmdlet.aliases:
        lines.append(f"        [Alias({', '.join(_literal(alias) for alias in cmdlet.aliases[name])})]")
    lines.append(f"        {_type(uses[0][1].type)}${name}")
    return "\n".join(lines)


def _attribute(set_name: str, parameter: Parameter) -> str:
    words = [] if set_name == ALL_SETS else [f"ParameterSetName = {_literal(set_name)}"]
    if parameter.mandatory:
        words.append("Mandatory = $true")
    if parameter.position is not None:
        words.append(f"Position = {parameter.position}")
    if "ByValue" in parameter.pipeline:
        words.append("ValueFromPipeline = $true")
    if "ByPropertyName" in parameter.pipeline:
        words.append("ValueFromPipelineByPropertyName = $true")
    return ", ".join(words)


def _type(name: str) -> str:
    """A parameter's type literal. What stands for a CimInstance is known by its type name, for there is no libmi."""
    if name == "CimInstance":
        return "[PSTypeName('Microsoft.Management.Infrastructure.CimInstance')]"
    bare = name.removesuffix("[]")
    return f"[{_TYPES.get(bare.lower()) or class_name(bare)}{name[len(bare) :]}]"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

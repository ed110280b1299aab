"""Steps of the contract suite that hvdesk's own calls never take: what the parameter binder says of other calls."""

from __future__ import annotations

from typing import Any, cast

from agent.contract_world import SYSTEMS, WEB
from agent.step import Check, StepList

from hvdesk.domain.calls import Call, Parameter
from hvdesk.hyperv.messages import Answer

HV02 = "hv02.lab.test"


Value = str | bool | tuple[Parameter, ...]


def _call(cmdlet: str, **values: tuple[str, Value]) -> Call:
    rows = (Parameter(name=name, kind=cast(Any, kind), value=value) for name, (kind, value) in values.items())
    return Call(cmdlet=cmdlet, parameters=tuple(rows))


def _table(*entries: tuple[str, str]) -> tuple[str, Value]:
    return "table", tuple(Parameter(name=name, kind="text", value=value) for name, value in entries)


def _bound(old: str, new: str) -> Check:
    """An error whose id is `old` before Server 2016, `new` since; "" is none."""

    def run(answer: Answer, windows: str) -> None:
        wanted = new if SYSTEMS[windows].new else old
        assert (answer.fault.name if answer.fault else "") == wanted

    return run


def binding(steps: StepList) -> None:
    """What the parameter binder says of calls that hvdesk does not make."""
    vm, to, path, yes = ("vm", WEB), ("text", HV02), ("text", "D:\\x"), ("switch", True)
    move = {"VM": vm, "DestinationHost": to, "IncludeStorage": yes, "DestinationStoragePath": path}
    method = ("management_service", "")
    ambiguous, missing, unknown = "AmbiguousParameterSet", "MissingMandatoryParameter", "NamedParameterNotFound"
    unplayed = "NotInTheLab"  # it binds
    for name, old, new, call in (
        ("no storage", unplayed, ambiguous, _call("Move-VM", VM=vm, DestinationHost=to)),
        ("both ways", unplayed, ambiguous, _call("Move-VM", **move, VirtualMachinePath=path)),
        ("paths", unplayed, unplayed, _call("Move-VM", VM=vm, DestinationHost=to, VirtualMachinePath=path)),
        ("no such parameter", unknown, unknown, _call("Move-VM", **move, Nonsense=path)),
        ("passthru of compare", unknown, unknown, _call("Compare-VM", **move, Passthru=yes)),
        ("two machines", ambiguous, ambiguous, _call("Compare-VM", **move, Name=("text", "web-01"))),
        ("no host", missing, ambiguous, _call("Move-VM", VM=vm, IncludeStorage=yes, DestinationStoragePath=path)),
        ("nothing", missing, missing, _call("Compare-VM")),
        ("not a machine", *["ParameterArgumentTransformationError"] * 2, _call("Move-VM", **{**move, "VM": path})),
        ("no to storage", unplayed, unplayed, _call("Move-VM", **{**move, "IncludeStorage": ("switch", False)})),
        ("beginnings", "", "", _call("Compare-VM", VM=vm, DestinationH=to, IncludeS=yes, DestinationStoragePath=path)),
        ("two beginnings", *["AmbiguousParameter"] * 2, _call("Compare-VM", VM=vm, Destination=to)),
        ("unmanaged", unknown, unplayed, _call("Move-VM", **move, RemoveSourceUnmanagedVhds=yes)),
        ("elsewhere", ambiguous, ambiguous, _call("Compare-VM", **move, ComputerName=("text", "HV02"))),
        ("a file", unplayed, unplayed, _call("New-Item", Path=path, ItemType=("text", "File"))),
        ("no path", missing, missing, _call("New-Item", ItemType=("text", "Directory"))),
        ("unknown kind", *["HvDesk.CallNotAllowed"] * 2, _call("Move-VM", VM=("name", "web-01"))),
        ("no method", ambiguous, ambiguous, _call("Invoke-CimMethod", InputObject=method)),
        ("unknown method", *["HRESULT 0x80041055"] * 2, _call("Invoke-CimMethod", InputObject=method, MethodName=path)),
    ):
        steps.call(f"bind {name}", call, _bound(old, new))
    _separate_paths(steps)


def _separate_paths(steps: StepList) -> None:
    """Each part of a machine to a path of its own: since 2016 without -IncludeStorage; -Vhds with its two keys."""
    unplayed, incomplete, by_name = "NotInTheLab", "InvalidParameter", "ParameterArgumentTransformationError"
    source, target = ("SourceFilePath", "D:\\a.vhdx"), ("DestinationFilePath", "E:\\a.vhdx")
    small = (source[0].lower(), source[1])
    to: dict[str, tuple[str, Value]] = {"VM": ("vm", WEB), "DestinationHost": ("text", HV02)}
    path: tuple[str, Value] = ("text", "E:\\x")
    ways = {"VirtualMachinePath": path, "SnapshotFilePath": path, "SmartPagingFilePath": path}
    for cmdlet in ("Compare-VM", "Move-VM"):
        for name, value in {**ways, "Vhds": _table(source, target)}.items():
            alone, storage = _call(cmdlet, **to, **{name: value}), ("switch", True)
            steps.call(f"{cmdlet} -{name}", alone, _bound(unplayed, unplayed))
            both = _call(cmdlet, **to, **{name: value}, IncludeStorage=storage)
            steps.call(f"{cmdlet} -{name} -IncludeStorage", both, _bound(unplayed, "AmbiguousParameterSet"))
        for about, error, disks in (
            ("in small letters", unplayed, _table(small, target)),
            ("from nowhere", incomplete, _table(target)),
            ("to nowhere", incomplete, _table(source)),
            ("of nothing", incomplete, _table()),
            ("that are no table", by_name, path),
        ):
            steps.call(f"{cmdlet} -Vhds {about}", _call(cmdlet, **to, **ways, Vhds=disks), _bound(error, error))

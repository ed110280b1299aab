"""The agent's one changing operation: a call of the call table, resolved and carried out on the simulated world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hvdesk.lab.powershell import signatures
from hvdesk.lab.powershell.answers import argument, no_method, not_played, own, require_hyperv, vm_not_found
from hvdesk.lab.powershell.binding import bind, not_a
from hvdesk.lab.windows import since
from hvdesk.lab.world import cmdlets
from hvdesk.lab.world.cmdlets import Report, Shell
from hvdesk.lab.world.jobs import Job
from hvdesk.lab.world.machines import Machine

Json = dict[str, Any]
Values = dict[str, Any]

_PLAIN = frozenset({"text", "switch", "uint16", "management_service"})
_COMPARE = frozenset({"VM", "DestinationHost", "IncludeStorage", "DestinationStoragePath"})
PLAYED = {
    "Compare-VM": _COMPARE,
    "Move-VM": _COMPARE | {"Passthru"},
    "New-Item": frozenset({"Path", "ItemType"}),
    "Invoke-CimMethod": frozenset({"InputObject", "MethodName", "Arguments"}),
}
"""The parameters of a cmdlet that the world knows what to do with."""
OTHER_WAYS = "other than with -IncludeStorage and -DestinationStoragePath"


def call(shell: Shell, args: Json) -> Json:
    """`{"output": ...}` of the call; raises WindowsError, ProgramKilledError. Blocks as long as the cmdlet does."""
    wanted = argument(args, "call")
    name = argument(wanted, "cmdlet")
    cmdlet = _CMDLETS.get(name)
    if cmdlet is None:
        raise own("CallNotAllowed", f"This agent does not run {name}.", "PermissionDenied")
    parameters = argument(wanted, "parameters")
    if name != "New-Item":
        require_hyperv(shell)
    return {"output": cmdlet(shell, parameters)}


def _values(shell: Shell, parameters: list[Json]) -> Values:
    return {entry["name"]: _value(shell, entry) for entry in parameters}


def _value(shell: Shell, entry: Json) -> Any:
    kind, value = entry["kind"], entry["value"]
    if kind == "vm":
        return _machine(shell, str(value))
    if kind == "migration_job":
        return _job(shell, str(value))
    if kind == "planned_vm":
        return _planned(shell, str(value))
    if kind == "table":
        return _values(shell, value)
    if kind not in _PLAIN:
        raise own("CallNotAllowed", f"Unknown kind of value: {kind}", "PermissionDenied")
    return value


def _machine(shell: Shell, vm_id: str) -> Machine:
    machine = shell.host.machines.get(vm_id.lower())
    if machine is None:
        raise vm_not_found(vm_id)
    return machine


def _job(shell: Shell, instance_id: str) -> Job:
    for job in shell.world.jobs_of(shell.host.name):
        if job.instance_id.casefold() == instance_id.casefold():
            return job
    raise own("JobNotFound", f"There is no migration job {instance_id} here.")


def _planned(shell: Shell, vm_id: str) -> str:
    planned = shell.host.planned.get(vm_id.lower())
    if vm_id.lower() in shell.host.machines:
        raise own("RealVmHere", f"The virtual machine {vm_id} itself is on this host.", "ResourceExists")
    if planned is None:
        raise own("PlannedVmNotFound", f"There is no planned virtual machine {vm_id} here.")
    if planned.in_use:
        raise own("PlannedVmInUse", f"A migration still works on the planned VM {vm_id}.", "ResourceBusy")
    return vm_id.lower()


def _bound(shell: Shell, cmdlet: str, parameters: list[Json]) -> Values:
    """The arguments as the parameter binder takes them, all of which the lab plays."""
    with shell.world.locked():
        values = _values(shell, parameters)
    bound = bind(signatures.cmdlets(shell.host.windows)[cmdlet], values)
    if "Vhds" in bound:
        _check_vhds(shell, bound["Vhds"])
    for name in sorted(bound):
        if name not in PLAYED[cmdlet]:
            raise not_played(f"{cmdlet} -{name}")
    return bound


def _check_vhds(shell: Shell, table: Any) -> None:
    """The binder takes one table for a list of one; the world plays no list, so a good one is refused after this."""
    if not isinstance(table, dict):
        raise not_a("Vhds", str(table), "System.Collections.Hashtable[]")
    cmdlets.refuse_vhds(shell, [[name for name, value in table.items() if isinstance(value, str)]])


def _one_folder(shell: Shell, cmdlet: str, values: Values) -> tuple[Machine, str, str]:
    """A move with all storage to one folder; other ways join when the world knows them."""
    machine = values["VM"]
    if not isinstance(machine, Machine):
        raise not_a("VM", str(machine), "Microsoft.HyperV.PowerShell.VirtualMachine")
    if not values.get("IncludeStorage") or "DestinationStoragePath" not in values:
        raise not_played(f"{cmdlet} {OTHER_WAYS}")
    return machine, str(values["DestinationHost"]), str(values["DestinationStoragePath"])


def _compare(shell: Shell, parameters: list[Json]) -> Json:
    values = _bound(shell, "Compare-VM", parameters)
    return _report(cmdlets.compare_vm(shell, *_one_folder(shell, "Compare-VM", values)))


def _move(shell: Shell, parameters: list[Json]) -> Json:
    values = _bound(shell, "Move-VM", parameters)
    result = cmdlets.move_vm(shell, *_one_folder(shell, "Move-VM", values))
    if isinstance(result, Report):
        return _report(result)
    if not values.get("Passthru"):
        return {"vm_id": None, "vm_type": None}
    known = since(shell.host.windows, "2012r2")  # before, the object does not say what it is
    return {"vm_id": result.id, "vm_type": "RealizedVirtualMachine" if known else None}


def _report(report: Report) -> Json:
    return {
        "report": {
            "vm_id": report.vm_id,
            "destination": report.destination,
            "incompatibilities": [
                {"message_id": entry.message_id, "message": entry.message, "source_type": entry.source_type}
                for entry in report.incompatibilities
            ],
        }
    }


def _new_item(shell: Shell, parameters: list[Json]) -> Json:
    values = _bound(shell, "New-Item", parameters)
    if values.get("ItemType") != "Directory":
        raise not_played("New-Item other than with -ItemType Directory")
    return {"path": cmdlets.new_folder(shell, str(values["Path"]))}


def _invoke_method(shell: Shell, parameters: list[Json]) -> Json:
    with shell.world.locked():
        values = _bound(shell, "Invoke-CimMethod", parameters)
        arguments = values.get("Arguments", {})
        if values["MethodName"] == "RequestStateChange":
            code = cmdlets.request_state_change(shell, values["InputObject"], int(arguments["RequestedState"]))
        elif values["MethodName"] == "DestroySystem":
            code = cmdlets.destroy_planned(shell, arguments["AffectedSystem"])
        else:
            raise no_method()
    return {"return_value": code}


_CMDLETS: dict[str, Callable[[Shell, list[Json]], Json]] = {
    "Compare-VM": _compare,
    "Move-VM": _move,
    "New-Item": _new_item,
    "Invoke-CimMethod": _invoke_method,
}
CLASSES = {
    "Compare-VM": "Microsoft.HyperV.PowerShell.Commands.CompareVM",
    "Move-VM": "Microsoft.HyperV.PowerShell.Commands.MoveVM",
    "New-Item": "Microsoft.PowerShell.Commands.NewItemCommand",
    "Invoke-CimMethod": "Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand",
}
"""The class of each cmdlet, which ends the id of its errors."""

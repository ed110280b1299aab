"""The agent's one changing operation: a call of the call table, resolved and carried out on the simulated world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hvdesk.lab.powershell.answers import argument, own, require_hyperv, vm_not_found
from hvdesk.lab.world import cmdlets
from hvdesk.lab.world.cmdlets import Report, Shell
from hvdesk.lab.world.failure import COR_E_EXCEPTION, WindowsError
from hvdesk.lab.world.jobs import Job
from hvdesk.lab.world.machines import Machine

Json = dict[str, Any]
Values = dict[str, Any]

_PLAIN = frozenset({"text", "switch", "uint16", "management_service"})
_MOVE_PARAMETERS = frozenset({"VM", "DestinationHost", "IncludeStorage", "DestinationStoragePath"})


def call(shell: Shell, args: Json) -> Json:
    """`{"output": ...}` of the call; raises WindowsError, ProgramKilledError. Blocks as long as the cmdlet does."""
    wanted = argument(args, "call")
    cmdlet = _CMDLETS.get(wanted["cmdlet"])
    if cmdlet is None:
        raise own("CallNotAllowed", f"{wanted['cmdlet']} is not a cmdlet this agent runs.", "PermissionDenied")
    if wanted["cmdlet"] != "New-Item":
        require_hyperv(shell)
    return {"output": cmdlet(shell, wanted["parameters"])}


def _values(shell: Shell, parameters: list[Json]) -> Values:
    return {entry["name"]: _value(shell, entry) for entry in parameters}


def _value(shell: Shell, entry: Json) -> Any:
    kind, value = entry["kind"], entry["value"]
    if kind == "vm":
        return _machine(shell, str(value).lower())
    if kind == "migration_job":
        return _job(shell, str(value))
    if kind == "planned_vm":
        return _planned(shell, str(value).lower())
    if kind == "table":
        return _values(shell, value)
    if kind not in _PLAIN:
        raise own("CallNotAllowed", f"Unknown kind of value: {kind}", "InvalidArgument")
    return value


def _machine(shell: Shell, vm_id: str) -> Machine:
    machine = shell.host.machines.get(vm_id)
    if machine is None:
        raise vm_not_found(vm_id)
    return machine


def _job(shell: Shell, instance_id: str) -> Job:
    for job in shell.world.jobs_of(shell.host.name):
        if job.instance_id.casefold() == instance_id.casefold():
            return job
    raise own("JobNotFound", f"There is no migration job {instance_id} on this host.")


def _planned(shell: Shell, vm_id: str) -> str:
    planned = shell.host.planned.get(vm_id)
    if vm_id in shell.host.machines:
        raise own("RealVmHere", f"The virtual machine {vm_id} itself is on this host.", "ResourceExists")
    if planned is None:
        raise own("PlannedVmNotFound", f"There is no planned virtual machine {vm_id} on this host.")
    if planned.in_use:
        raise own("PlannedVmInUse", f"The planned virtual machine {vm_id} is in use.", "ResourceBusy")
    return vm_id


def _bind_move(shell: Shell, cmdlet: str, parameters: list[Json], extra: frozenset[str]) -> tuple[Machine, str, str]:
    """What the parameter binder makes of a move with all storage to one folder; other sets join it later."""
    with shell.world.locked():
        values = _values(shell, parameters)
    for name in values:
        if name not in _MOVE_PARAMETERS | extra:
            raise _binding(
                "NamedParameterNotFound", f"A parameter cannot be found that matches parameter name '{name}'."
            )
    if not (set(values) >= _MOVE_PARAMETERS and values["IncludeStorage"]):
        text = "Parameter set cannot be resolved using the specified named parameters."
        raise _binding("AmbiguousParameterSet", text)
    return values["VM"], str(values["DestinationHost"]), str(values["DestinationStoragePath"])


def _compare(shell: Shell, parameters: list[Json]) -> Json:
    machine, destination, folder = _bind_move(shell, "Compare-VM", parameters, frozenset())
    return _report(cmdlets.compare_vm(shell, machine, destination, folder))


def _move(shell: Shell, parameters: list[Json]) -> Json:
    machine, destination, folder = _bind_move(shell, "Move-VM", parameters, frozenset({"Passthru", "Confirm"}))
    result = cmdlets.move_vm(shell, machine, destination, folder)
    if isinstance(result, Report):
        return _report(result)
    return {"vm_id": result.id, "vm_type": "RealizedVirtualMachine"}


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
    return {"path": cmdlets.new_folder(shell, str(_values(shell, parameters)["Path"]))}


def _invoke_method(shell: Shell, parameters: list[Json]) -> Json:
    with shell.world.locked():
        values = _values(shell, parameters)
        arguments = values["Arguments"]
        if values["MethodName"] == "RequestStateChange":
            code = cmdlets.request_state_change(shell, values["InputObject"], int(arguments["RequestedState"]))
        elif values["MethodName"] == "DestroySystem":
            code = cmdlets.destroy_planned(shell, arguments["AffectedSystem"])
        else:
            raise own("CallNotAllowed", f"{values['MethodName']} is not a method this agent calls.", "PermissionDenied")
    return {"return_value": code}


def _binding(error_id: str, message: str) -> WindowsError:
    kind = "System.Management.Automation.ParameterBindingException"
    return WindowsError(error_id, (message,), category="InvalidArgument", types=(kind,), hresult=COR_E_EXCEPTION)


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

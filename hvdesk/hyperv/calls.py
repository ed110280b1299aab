"""The call table: every change that hvdesk makes to a host, as data.

The parameters used here are the same in every version: `-VM`, `-DestinationHost`, `-IncludeStorage` and
`-DestinationStoragePath` are in one parameter set of Move-VM and Compare-VM from Server 2012 to 2025 (a test has the
rendered calls checked for every version). `-IncludeStorage` beside `-VM` is also what keeps 2016 and later from finding
several sets that fit. The agent runs no cmdlet that is not named here.
"""

from __future__ import annotations

from hvdesk.domain.calls import Call, Parameter

TERMINATE = 4
"""RequestedState of an orderly end of a migration job."""
KILL = 5
"""RequestedState of a hard end; only after the host went on for a while and the user was asked again."""


def _destination(vm_id: str, destination: str, folder: str) -> tuple[Parameter, ...]:
    return (
        Parameter(name="VM", kind="vm", value=vm_id),
        Parameter(name="DestinationHost", kind="text", value=destination),
        Parameter(name="IncludeStorage", kind="switch", value=True),
        Parameter(name="DestinationStoragePath", kind="text", value=folder),
    )


def compare(vm_id: str, destination: str, folder: str) -> Call:
    """Compare-VM with exactly the arguments that `move` will have. `destination` is the FQDN that host reported.

    It registers a planned VM on the destination and needs the second hop.
    """
    return Call(cmdlet="Compare-VM", parameters=_destination(vm_id, destination, folder))


def move(vm_id: str, destination: str, folder: str) -> Call:
    """Move-VM with all storage to one folder; blocks on the host until the move is over."""
    return Call(
        cmdlet="Move-VM",
        parameters=(
            *_destination(vm_id, destination, folder),
            Parameter(name="Passthru", kind="switch", value=True),
            Parameter(name="Confirm", kind="switch", value=False),
        ),
    )


def new_folder(path: str) -> Call:
    """New-Item for one folder; missing parents are made too, one that exists is an error."""
    return Call(
        cmdlet="New-Item",
        parameters=(
            Parameter(name="Path", kind="text", value=path),
            Parameter(name="ItemType", kind="text", value="Directory"),
        ),
    )


def cancel(instance_id: str, *, kill: bool = False) -> Call:
    """RequestStateChange of the Msvm_MigrationJob with this InstanceID. The host may refuse or ignore it."""
    state = Parameter(name="RequestedState", kind="uint16", value=KILL if kill else TERMINATE)
    return _method(Parameter(name="InputObject", kind="migration_job", value=instance_id), "RequestStateChange", state)


def destroy(vm_id: str) -> Call:
    """DestroySystem for the planned VM of this id, by the reference of the planned object: never the real VM."""
    system = Parameter(name="AffectedSystem", kind="planned_vm", value=vm_id)
    return _method(Parameter(name="InputObject", kind="management_service", value=""), "DestroySystem", system)


def _method(target: Parameter, method: str, argument: Parameter) -> Call:
    return Call(
        cmdlet="Invoke-CimMethod",
        parameters=(
            target,
            Parameter(name="MethodName", kind="text", value=method),
            Parameter(name="Arguments", kind="table", value=(argument,)),
        ),
    )

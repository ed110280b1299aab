"""The agent's reading operations on the simulated world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hvdesk.lab.powershell import facts
from hvdesk.lab.powershell.answers import argument, own, require_hyperv, vm_not_found
from hvdesk.lab.powershell.events import events
from hvdesk.lab.world import errors
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.storage import illegal, rooted, unc

Json = dict[str, Any]
E_ACCESSDENIED = -2147024891


def _ping(shell: Shell, args: Json) -> Json:
    return {"computer": shell.host.name, "now": shell.world.timeline.date()}


def _host_facts(shell: Shell, args: Json) -> Json:
    return facts.host_facts(shell.world, shell.host)


def _list_vms(shell: Shell, args: Json) -> Json:
    return {"vms": [facts.vm_summary(shell.world, machine) for machine in shell.host.machines.values()]}


def _vm_details(shell: Shell, args: Json) -> Json:
    vm_id = str(argument(args, "vm_id"))
    machine = shell.host.machines.get(vm_id.lower())
    if machine is None:
        raise vm_not_found(vm_id)
    return facts.vm_details(shell.world, shell.host, machine, shell.caller)


def _presence(shell: Shell, args: Json) -> Json:
    return facts.presence(shell.host, str(argument(args, "vm_id")).lower())


def _list_folder(shell: Shell, args: Json) -> Json:
    path, storage = str(argument(args, "path")), shell.host.storage
    if not path:
        roots = [facts.root_of(volume) for volume in storage.volumes]
        return {"path": "", "folders": roots, "free_bytes": None, "size_bytes": None}
    volume = storage.volume_of(path)
    if not rooted(path) or (volume is None and not path.startswith("\\\\")):
        raise own("DriveNotFound", f"There is no drive for '{path}'.")
    if shell.world.shares.shuts_out_session(shell.caller, path):
        raise shut_out()
    if volume is None or illegal(path) or not storage.has_folder(path):
        raise own("FolderNotFound", f"There is no folder '{path}'.")
    return {
        "path": path,
        "folders": storage.folders_in(path),
        "free_bytes": None if unc(path) else storage.free(volume),
        "size_bytes": None if unc(path) else volume.size,
    }


def _file_lengths(shell: Shell, args: Json) -> Json:
    def length(path: str) -> int | None:
        if not rooted(path) or illegal(path) or shell.world.shares.shuts_out_session(shell.caller, path):
            return None
        return shell.host.storage.length(path)

    paths = argument(args, "paths")
    several = paths if isinstance(paths, list) else [paths]  # as PowerShell takes one value for a list of one
    return {"files": [{"path": path, "length": length(path)} for path in several]}


def _migration_jobs(shell: Shell, args: Json) -> Json:
    world, now = shell.world, shell.world.timeline.now()
    of_vms, of_storage = world.active_migrations(shell.host)
    return {
        "jobs": [facts.migration_job(job, now) for job in world.jobs_of(shell.host.name)],
        "active_vm_migrations": of_vms,
        "active_storage_migrations": of_storage,
    }


def shut_out() -> WindowsError:
    """Get-Item on a share that the session has no credential or no rights for."""
    return WindowsError(
        "ItemExistsUnauthorizedAccessError,Microsoft.PowerShell.Commands.GetItemCommand",
        ("Access is denied",),
        category="PermissionDenied",
        types=("System.UnauthorizedAccessException",),
        hresult=E_ACCESSDENIED,
    )


def read(op: str, shell: Shell, args: Json) -> Json:
    """Carry out a reading operation. Needs the world's lock; raises WindowsError, KeyError when there is no `op`."""
    operation = OPERATIONS[op]
    if op not in _WITHOUT_HYPERV:
        require_hyperv(shell)
    fail_as_ordered(op, shell)
    return operation(shell, args)


def fail_as_ordered(op: str, shell: Shell) -> None:
    """Raise the WindowsError that was ordered for a reading operation, if one was. Needs the world's lock."""
    fault = shell.world.faults.take(op, shell.host.name)
    if fault is not None:
        raise errors.told(fault, None, shell.host.name, "?")


_WITHOUT_HYPERV = frozenset({"ping", "list_folder", "file_lengths"})
OPERATIONS: dict[str, Callable[[Shell, Json], Json]] = {
    "ping": _ping,
    "host_facts": _host_facts,
    "list_vms": _list_vms,
    "vm_details": _vm_details,
    "presence": _presence,
    "list_folder": _list_folder,
    "file_lengths": _file_lengths,
    "migration_jobs": _migration_jobs,
    "events": events,
}
"""Each takes the shell and the request's args and needs the world's lock; raises WindowsError."""

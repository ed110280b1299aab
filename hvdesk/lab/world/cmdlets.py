"""The changing cmdlets as a host carries them out for a caller; each call is in the ledger.

All raise WindowsError; Compare-VM and Move-VM block until they are over and raise ProgramKilledError when their program
is killed meanwhile. Any thread.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hvdesk.lab.programs import Caller
from hvdesk.lab.world import admission, errors
from hvdesk.lab.world.admission import Incompatibility, Wish
from hvdesk.lab.world.failure import COR_E_EXCEPTION, WindowsError
from hvdesk.lab.world.hosts import Host, PlannedVm
from hvdesk.lab.world.jobs import CHECKING_VM_AND_STORAGE, COMPLETED, MOVING_VM_AND_STORAGE, RUNNING, Job, Migration
from hvdesk.lab.world.machines import Machine
from hvdesk.lab.world.storage import clean, illegal, unc
from hvdesk.lab.world.timeline import Attachment

if TYPE_CHECKING:
    from hvdesk.lab.world.world import World

INVALID_PARAMETER, INVALID_STATE = 32773, 32775
VHDS_KEYS = ("SourceFilePath", "DestinationFilePath")
"""What each table of -Vhds must hold, as plain texts."""


@dataclass(frozen=True)
class Report:
    """A VMCompatibilityReport."""

    vm_id: str
    destination: str
    incompatibilities: tuple[Incompatibility, ...]


@dataclass(frozen=True)
class Shell:
    """Where and for whom a cmdlet runs."""

    world: World
    host: Host
    caller: Caller
    attachment: Attachment


def compare_vm(shell: Shell, machine: Machine, destination: str, folder: str) -> Report:
    """Compare-VM: registers a planned VM on the destination, which may stay there."""
    world = shell.world
    with world.locked():
        wish = _admit(shell, "Compare-VM", machine, destination, folder)
        job = _job(wish, CHECKING_VM_AND_STORAGE, shell.caller.user)
        job.state = RUNNING
        world.jobs.append(job)
        planned = PlannedVm(machine.id, machine.name, in_use=True, owner="check")
        wish.destination.planned[machine.id] = planned

        def finish() -> None:
            planned.in_use = False
            job.end(COMPLETED, world.timeline.now())
            if not world.switches["compare_leaves_planned_vm"]:
                wish.destination.planned.pop(machine.id, None)
            world.triggers.tell("compare-ended", shell.host.name)

        world.timeline.call_at(world.timeline.now() + world.scenario.engine.compare_seconds, finish)
        world.timeline.wait(lambda: job.over, shell.attachment)
        return _report(wish)


def move_vm(shell: Shell, machine: Machine, destination: str, folder: str) -> Report | Machine:
    """Move-VM -IncludeStorage -Passthru: the VM at its new place, or the report of why it cannot move."""
    world = shell.world
    with world.locked():
        try:
            wish = _admit(shell, "Move-VM", machine, destination, folder)
            report = _report(wish)
            if report.incompatibilities:
                return report
            migration = start_migration(world, wish, shell.caller.user, shell.attachment)
        except WindowsError as error:
            target = world.find_host(destination)
            if target is not None:
                world.logs.tell_failure(machine, shell.host, target, world.timeline.date(), error)
            raise
        world.timeline.wait(lambda: migration.job.over, shell.attachment)
        if migration.error is not None:
            raise migration.error
        return wish.destination.machines.get(machine.id, machine)


def start_migration(world: World, wish: Wish, user: str, attachment: Attachment | None) -> Migration:
    """Begin a migration that was admitted, if both hosts have a slot. Needs the world's lock."""
    admission.refuse_without_slot(wish, world.engine.running)
    disks, copies = admission.copies_of(wish)
    migration = Migration(
        machine=wish.machine,
        source=wish.source,
        destination=wish.destination,
        folder=wish.folder,
        copies=copies,
        disks=disks,
        attachment=attachment,
    )
    migration.job = _job(wish, MOVING_VM_AND_STORAGE, user, migration)
    world.jobs.append(migration.job)
    world.engine.start(migration)
    return migration


def request_state_change(shell: Shell, job: Job, requested: int) -> int:
    """RequestStateChange of an Msvm_MigrationJob: 4 ends it in order, 5 kills it; the method's return code."""
    world = shell.world
    with world.locked():
        world.ledger.add(shell.host.name, "RequestStateChange", job.instance_id, shell.caller.user)
        if requested not in (4, 5):
            return INVALID_PARAMETER
        migration = next((m for m in world.engine.running if m.job is job), None)
        if migration is None or not migration.cancellable(world.timeline.now()):
            return INVALID_STATE
        if requested == 5 or not world.switches["cancel_needs_kill"]:
            world.engine.cancel(migration, requested)
        return 0


def destroy_planned(shell: Shell, vm_id: str) -> int:
    """DestroySystem with the reference of a planned VM, which exists; the method's return code."""
    with shell.world.locked():
        shell.world.ledger.add(shell.host.name, "DestroySystem", vm_id, shell.caller.user)
        del shell.host.planned[vm_id]
        return 0


def new_folder(shell: Shell, path: str) -> str:
    """New-Item -ItemType Directory: the path of the new folder."""
    with shell.world.locked():
        shell.world.ledger.add(shell.host.name, "New-Item", path, shell.caller.user)
        storage = shell.host.storage
        if illegal(path) or not path.strip():
            raise _io_error("CreateDirectoryArgumentError", "InvalidArgument", "Illegal characters in path.")
        if shell.world.shares.shuts_out_session(shell.caller, path):
            text, kind = f"Access to the path '{clean(path)}' is denied.", "System.UnauthorizedAccessException"
            raise _io_error("CreateDirectoryUnauthorizedAccessError", "PermissionDenied", text, kind)
        if storage.volume_of(path) is None and unc(path):
            text = "The network path was not found."
            raise _io_error("CreateDirectoryIOError", "WriteError", text, "System.IO.IOException")
        if storage.volume_of(path) is None:
            drive = path.partition(":")[0]
            message = f"Cannot find drive. A drive with the name '{drive}' does not exist."
            raise _io_error(
                "DriveNotFound", "ObjectNotFound", message, "System.Management.Automation.DriveNotFoundException"
            )
        if storage.has_folder(path) or storage.length(path) is not None:
            message = f"An item with the specified name {clean(path)} already exists."
            raise _io_error("DirectoryExist", "ResourceExists", message, "System.IO.IOException")
        storage.make_folder(path)
        return clean(path)


def refuse_vhds(shell: Shell, tables: Iterable[Collection[str]]) -> None:
    """Raise what Compare-VM and Move-VM say of -Vhds when a table lacks one of VHDS_KEYS; case does not matter."""
    for names in tables:
        there = {name.casefold() for name in names}
        for key in VHDS_KEYS:
            if key.casefold() not in there:
                raise errors.told("vhds-key", None, shell.host.name, "?", key=key)


def _admit(shell: Shell, cmdlet: str, machine: Machine, destination: str, folder: str) -> Wish:
    world = shell.world
    world.ledger.add(shell.host.name, cmdlet, machine.id, shell.caller.user)
    target = world.find_host(destination)
    if target is None:
        raise errors.told("unknown-destination", machine, shell.host.name, destination)
    wish = wish_of(world, machine, shell.host, target, folder)
    fault = world.faults.take(cmdlet, shell.host.name)
    if fault is not None:
        limit, key = shell.host.migration.max_vm_migrations, VHDS_KEYS[1]
        raise wish.error(fault, path=wish.folder, host=shell.host.name, limit=limit, key=key)
    admission.refuse(wish, shell.caller, world.delegation, world.shares, world.switches)
    return wish


def wish_of(world: World, machine: Machine, source: Host, destination: Host, folder: str) -> Wish:
    """A move of a VM with all its storage to one folder."""
    below = "Virtual Hard Disks" if world.switches["disks_get_their_own_folder"] else ""
    return Wish(machine, source, destination, clean(folder), below)


def _report(wish: Wish) -> Report:
    return Report(wish.machine.id, wish.destination.name, admission.incompatibilities(wish))


def _job(wish: Wish, job_type: int, owner: str, migration: Migration | None = None) -> Job:
    return Job(
        instance_id=str(uuid.uuid4()).upper(),
        host=wish.source.name,
        vm_id=wish.machine.id.upper(),
        destination=wish.destination.fqdn,
        job_type=job_type,
        owner=owner,
        percent=migration.percent if migration else lambda now: 0,
        cancellable=migration.cancellable if migration else lambda now: False,
        phase=lambda: migration.phase if migration else "check",
    )


def _io_error(error_id: str, category: str, message: str, kind: str = "System.ArgumentException") -> WindowsError:
    return WindowsError(error_id, (message,), category=category, types=(kind,), hresult=COR_E_EXCEPTION)

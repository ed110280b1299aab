"""What a host looks at before it moves a VM: reasons to refuse, and the incompatibilities of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hvdesk.lab.programs import Caller
from hvdesk.lab.world import errors
from hvdesk.lab.world.directory import Delegation
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.jobs import Copy, Migration
from hvdesk.lab.world.machines import Disk, DiskFile, Machine
from hvdesk.lab.world.storage import join, leaf

NO_SWITCH, NO_FILE, WRAPPER = 33012, 40010, 21502
_BUSY = {
    "BackingUpVirtualMachine": "a backup of the virtual machine is running",
    "MigratingVirtualMachine": "the virtual machine is being migrated",
    "StorageMigrationPhaseOne": "the virtual machine is being migrated",
    "StorageMigrationPhaseTwo": "the virtual machine is being migrated",
}


@dataclass(frozen=True)
class Wish:
    """A move as the cmdlets are asked for it."""

    machine: Machine
    source: Host
    destination: Host
    folder: str
    disks_below: str  # the folder in `folder` that the host puts hard disks in; "" when it makes none


@dataclass(frozen=True)
class Incompatibility:
    """An entry of a VMCompatibilityReport."""

    message_id: int
    message: str
    source_type: str


def refuse(wish: Wish, caller: Caller, delegation: Delegation, switches: Mapping[str, bool]) -> None:
    """Raise the first reason for which Compare-VM and Move-VM would fail at once."""
    machine, source, destination = wish.machine, wish.source, wish.destination
    if source is destination:
        raise errors.same_host(machine, source.name)
    if machine.clustered:
        raise errors.clustered(machine)
    for status in machine.operational:
        if status in _BUSY:
            raise errors.in_use(machine, source.name, _BUSY[status])
    if not source.migration.enabled:
        raise errors.source_disabled()
    delegation.check(caller, machine, source, destination)
    if not destination.migration.enabled:
        raise errors.destination_disabled(machine, source.name, destination.name)
    _refuse_storage(wish)
    if machine.spec.version not in destination.spec.vm_versions:
        raise errors.version_not_supported(machine, destination.name)
    if machine.state != "Off" and source.spec.cpu_manufacturer != destination.spec.cpu_manufacturer:
        raise errors.other_hardware(machine)
    planned = destination.planned.get(machine.id)
    blocked = planned is not None and (planned.in_use or switches["stale_planned_vm_blocks_move"])
    if blocked or machine.id in destination.machines:
        raise errors.same_id(machine, destination.name)


def _refuse_storage(wish: Wish) -> None:
    machine, storage = wish.machine, wish.destination.storage
    for disk in machine.disks:
        if disk.physical:
            raise errors.physical_disk(machine, wish.source.name, disk.physical)
    if storage.volume_of(wish.folder) is None:
        raise errors.path_not_found(machine, wish.destination.name, wish.folder)
    targets: set[str] = set()
    for copy in copies_of(wish)[1]:
        if storage.length(copy.target) is not None or copy.target.casefold() in targets:
            raise errors.file_exists(machine, wish.destination.name, copy.source, copy.target)
        targets.add(copy.target.casefold())


def incompatibilities(wish: Wish) -> tuple[Incompatibility, ...]:
    """What a report would list: causes, and before them the wrapper whose source is the VM itself."""
    causes = [*_missing_switches(wish), *_missing_media(wish)]
    if not causes:
        return ()
    text = (
        f"The virtual machine '{wish.machine.name}' is not compatible with physical computer "
        f"'{wish.destination.name}'. (Virtual machine ID {wish.machine.id.upper()})"
    )
    return (Incompatibility(WRAPPER, text, "VirtualMachine"), *causes)


def _missing_switches(wish: Wish) -> Iterable[Incompatibility]:
    there = {name.casefold() for name, _ in wish.destination.switches}
    wanted = [adapter.switch for adapter in wish.machine.adapters]
    wanted += [switch for point in wish.machine.checkpoints for switch in point.switches]
    for switch in dict.fromkeys(wanted):
        if switch and switch.casefold() not in there:
            yield Incompatibility(NO_SWITCH, f"Could not find Ethernet switch '{switch}'.", "VMNetworkAdapter")


def _missing_media(wish: Wish) -> Iterable[Incompatibility]:
    for path in wish.machine.dvds:
        if path and wish.destination.storage.length(path) is None:
            yield Incompatibility(NO_FILE, f"The file '{path}' was not found.", "DvdDrive")


def copies_of(wish: Wish) -> tuple[tuple[Disk, ...], tuple[Copy, ...]]:
    """The VM's disks as they will be, and each file with its way.

    Below the folder the host makes its own: Virtual Machines, Snapshots and perhaps one for the disks.
    """
    disks: list[Disk] = []
    copies: list[Copy] = []
    for disk in wish.machine.disks:
        chain: list[DiskFile] = []
        for file in disk.chain:
            target = join(wish.folder, f"{wish.disks_below}\\{leaf(file.path)}")
            chain.append(replace(file, path=target))
            copies.append(Copy(file.path, target, file.length, disk.fixed))
        disks.append(replace(disk, chain=tuple(chain)))
    for path, length in wish.machine.system_files():
        copies.append(Copy(path, wish.folder + path[len(wish.machine.folder) :], length))
    return tuple(disks), tuple(copies)


def refuse_without_slot(wish: Wish, running: Iterable[Migration]) -> None:
    """Raise when either host has as many migrations as it may."""
    busy = [host for migration in running for host in (migration.source, migration.destination)]
    for host in (wish.source, wish.destination):
        if sum(other is host for other in busy) >= host.migration.max_vm_migrations:
            raise errors.limit_reached(wish.machine, host.name, host.migration.max_vm_migrations)

"""What a host looks at before it moves a VM: reasons to refuse, and the incompatibilities of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hvdesk.lab.programs import Caller
from hvdesk.lab.world import compatibility, connection, errors
from hvdesk.lab.world.directory import Delegation
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.jobs import Copy, Migration
from hvdesk.lab.world.machines import Disk, DiskFile, Machine
from hvdesk.lab.world.shares import Shares
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

    def error(self, name: str, **facts: object) -> WindowsError:
        """The error of this name (errors.KNOWN) about this move."""
        return errors.told(name, self.machine, self.source.name, self.destination.name, **facts)


@dataclass(frozen=True)
class Incompatibility:
    """An entry of a VMCompatibilityReport."""

    message_id: int
    message: str
    source_type: str


def refuse(wish: Wish, caller: Caller, delegation: Delegation, shares: Shares, switches: Mapping[str, bool]) -> None:
    """Raise the first reason for which Compare-VM and Move-VM would fail at once."""
    _raise_first(_at_the_source(wish))
    delegation.check(caller, wish.machine, wish.source, wish.destination)
    _raise_first(_at_the_destination(wish, shares, switches))


def _raise_first(reasons: Iterable[WindowsError]) -> None:
    for reason in reasons:
        raise reason


def _at_the_source(wish: Wish) -> Iterator[WindowsError]:
    machine, source, destination = wish.machine, wish.source, wish.destination
    if source is destination:
        yield wish.error("same-host")
    if machine.clustered:
        yield wish.error("clustered")
    for status in machine.operational:
        if status in _BUSY:
            yield wish.error("in-use", why=_BUSY[status])
    if not source.migration.enabled:
        yield wish.error("source-disabled")
    unreachable = connection.unreachable(source, destination)
    if unreachable is not None:
        yield wish.error(unreachable)


def _at_the_destination(wish: Wish, shares: Shares, switches: Mapping[str, bool]) -> Iterator[WindowsError]:
    machine, source, destination = wish.machine, wish.source, wish.destination
    closed = connection.no_migration(source, destination)
    if closed is not None:
        yield wish.error(closed)
    yield from _about_storage(wish, shares)
    for name in compatibility.refusals(machine, source, destination, switches):
        yield wish.error(name, version=machine.spec.version)
    planned = destination.planned.get(machine.id)
    blocked = planned is not None and (planned.in_use or switches["stale_planned_vm_blocks_move"])
    if blocked or machine.id in destination.machines:
        yield wish.error("0x800700B7")


def _about_storage(wish: Wish, shares: Shares) -> Iterator[WindowsError]:
    storage = wish.destination.storage
    for disk in wish.machine.disks:
        if disk.physical:
            yield wish.error("physical-disk", disk=disk.physical)
        if disk.shared:
            yield wish.error("shared-disk", disk=disk.path)
    if storage.volume_of(wish.folder) is None:
        yield wish.error("0x80070003", path=wish.folder)
    if shares.shuts_out_host(wish.destination.name, wish.folder):
        yield wish.error("share-denied", path=wish.folder)
    targets: set[str] = set()
    for copy in copies_of(wish)[1]:
        if storage.length(copy.target) is not None or copy.target.casefold() in targets:
            yield wish.error("0x80070050", file=copy.source, path=copy.target)
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
            raise wish.error("21501", host=host.name, limit=host.migration.max_vm_migrations)

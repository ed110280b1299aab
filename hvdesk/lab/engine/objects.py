"""Virtual machines, their parts and the host as Hyper-V's cmdlets show them. All need the world's lock."""

from __future__ import annotations

from collections.abc import Iterator

from hvdesk.lab.engine.values import Json, date, enum, guid, number, span, thing
from hvdesk.lab.powershell import facts
from hvdesk.lab.scenario import GIB
from hvdesk.lab.world.cmdlets import Report
from hvdesk.lab.world.hosts import Host, PlannedVm
from hvdesk.lab.world.machines import Adapter, Checkpoint, Disk, Machine
from hvdesk.lab.world.world import World


def virtual_machine(world: World, host: Host, machine: Machine, kind: str = "RealizedVirtualMachine") -> Json:
    """What Get-VM gives of a machine on `host`."""
    spec, shown = machine.spec, facts.vm_summary(world, machine)
    primary, secondary = (*machine.operational, None)[:2]
    return thing(
        host.windows,
        "VirtualMachine",
        **_identity(machine, "VMId", "VMName"),
        **_identity(machine, "Id", "Name"),
        ComputerName=host.name,
        State=enum("VMState", machine.state),
        CPUUsage=shown["cpu_percent"],
        MemoryAssigned=shown["memory_bytes"],
        MemoryStartup=machine.memory,
        Uptime=span(shown["uptime_seconds"]),
        Status=machine.status,
        PrimaryOperationalStatus=enum("VMOperationalStatus", primary),
        SecondaryOperationalStatus=enum("VMOperationalStatus", secondary),
        IsClustered=machine.clustered,
        CreationTime=date(facts.vm_created(world, machine)),
        Notes=spec.notes,
        ProcessorCount=spec.processors,
        ConfigurationLocation=machine.folder,
        SnapshotFileLocation=machine.folder,
        SmartPagingFilePath=machine.folder,
        SizeOfSystemFiles=number("UInt64", sum(length for _, length in machine.system_files())),
        ReplicationState=enum("VMReplicationState", spec.replication_state),
        ReplicationMode=enum("VMReplicationMode", spec.replication_mode),
        Generation=spec.generation,
        Version=spec.version,
        VirtualMachineType=enum("VirtualMachineType", kind),
    )


def planned_vm(world: World, host: Host, planned: PlannedVm) -> Json:
    """What Get-VM gives of a planned machine, which is in its list too."""
    return thing(
        host.windows,
        "VirtualMachine",
        Id=guid(planned.vm_id),
        Name=planned.name,
        ComputerName=host.name,
        State=enum("VMState", "Off"),
        Uptime=span(0),
        Status="Operating normally",
        PrimaryOperationalStatus=enum("VMOperationalStatus", "Ok"),
        CreationTime=date(world.timeline.date()),
        VirtualMachineType=enum("VirtualMachineType", "PlannedVirtualMachine"),
    )


def hard_disk(host: Host, machine: Machine, disk: Disk) -> Json:
    """What Get-VMHardDiskDrive gives."""
    return thing(
        host.windows,
        "HardDiskDrive",
        **_identity(machine, "VMId", "VMName"),
        **_place(disk.controller),
        Path=disk.path,
        DiskNumber=number("UInt32", _disk_number(disk)),
        SupportPersistentReservations=disk.shared,
    )


def dvd(host: Host, machine: Machine, controller: str, path: str | None) -> Json:
    """What Get-VMDvdDrive gives."""
    return thing(
        host.windows,
        "DvdDrive",
        **_identity(machine, "VMId", "VMName"),
        **_place(controller),
        Path=path,
        DvdMediaType=enum("DvdMediaType", "ISO" if path else "None"),
    )


def adapter(host: Host, machine: Machine, entry: Adapter) -> Json:
    """What Get-VMNetworkAdapter gives of an adapter."""
    return thing(
        host.windows,
        "VMNetworkAdapter",
        **_identity(machine, "VMId", "VMName"),
        Name=entry.name,
        MacAddress=entry.mac,
        SwitchName=entry.switch or "",
        IovWeight=number("UInt32", 100 if entry.sr_iov else 0),
    )


def checkpoint_adapters(host: Host, machine: Machine, point: Checkpoint) -> Iterator[Json]:
    """What Get-VMNetworkAdapter gives of a checkpoint: its switches, and an adapter that has none."""
    for switch in (*point.switches, None):
        yield adapter(host, machine, Adapter("Network Adapter", "000000000000", switch, sr_iov=False))


def checkpoint(world: World, host: Host, machine: Machine, point: Checkpoint) -> Json:
    """What Get-VMSnapshot gives."""
    return thing(
        host.windows,
        "VMSnapshot",
        **_identity(machine, "VMId", "VMName"),
        Id=guid(point.id),
        Name=point.name,
        ComputerName=host.name,
        CreationTime=date(facts.checkpoint_created(world, point)),
        ParentSnapshotId=guid(point.parent_id),
    )


def virtual_disk(host: Host, path: str) -> Json | None:
    """What Get-VHD gives of a file; None for one that is not there or no virtual disk of the world."""
    for disk in (disk for machine in host.machines.values() for disk in machine.disks):
        for at, file in enumerate(disk.chain):
            length = host.storage.length(file.path)
            if file.path.casefold() == path.casefold() and length is not None:
                parents = [entry.path for entry in disk.chain[at + 1 :]]
                return thing(
                    host.windows,
                    "VirtualHardDisk",
                    Path=file.path,
                    VhdFormat=enum("VhdFormat", disk.format),
                    FileSize=number("UInt64", length),
                    Size=number("UInt64", disk.size),
                    ParentPath=parents[0] if parents else "",
                )
    return None


def vm_host(host: Host) -> Json:
    """What Get-VMHost gives."""
    settings = host.migration
    return thing(
        host.windows,
        "VMHost",
        Name=host.name,
        ComputerName=host.name,
        LogicalProcessorCount=host.spec.logical_processors,
        MemoryCapacity=number("Int64", int(host.spec.memory_gb * GIB)),
        VirtualMachinePath=host.spec.vm_path,
        VirtualHardDiskPath=host.spec.vhd_path,
        VirtualMachineMigrationEnabled=settings.enabled,
        MaximumVirtualMachineMigrations=number("UInt32", settings.max_vm_migrations),
        MaximumStorageMigrations=number("UInt32", settings.max_storage_migrations),
        UseAnyNetworkForMigration=settings.any_network,
        VirtualMachineMigrationAuthenticationType=enum("MigrationAuthenticationType", settings.authentication),
        VirtualMachineMigrationPerformanceOption=enum("VMMigrationPerformance", settings.performance),
    )


def report(world: World, host: Host, machine: Machine, found: Report) -> Json:
    """A VMCompatibilityReport; its VM is the planned one on the destination."""
    return thing(
        host.windows,
        "VMCompatibilityReport",
        VM=virtual_machine(world, host, machine, "PlannedVirtualMachine"),
        OperationType="MigrateVirtualMachine",
        Destination=found.destination,
        Incompatibilities=[
            thing(
                host.windows,
                "VMCompatibilityReportEntry",
                Message=entry.message,
                MessageId=entry.message_id,
                Source=thing(host.windows, entry.source_type),
            )
            for entry in found.incompatibilities
        ],
    )


def _identity(machine: Machine, id_name: str, name: str) -> Json:
    return {id_name: guid(machine.id), name: machine.name}


def _place(controller: str) -> Json:
    kind, _, place = controller.partition(" ")
    controller_number, _, location = place.partition(":")
    return {
        "ControllerType": enum("ControllerType", kind),
        "ControllerNumber": int(controller_number),
        "ControllerLocation": int(location),
    }


def _disk_number(disk: Disk) -> int | None:
    """The number in the text that a pass-through disk has for a path, "Disk 2 500.00 GB Bus 0 Lun 1 Target 0"."""
    words = (disk.physical or "").split()
    return next((int(word) for word in words if word.isdigit()), 0) if disk.physical else None

"""The small world of the contract suite, once as a lab's world and once as the JSON that the engine's proxies play."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import HostSpec, VmSpec, load
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Machine
from hvdesk.lab.world.storage import Storage, join
from hvdesk.lab.world.world import World

HOST = "HV01"
CALLER = Caller(user="LAB\\admin", admin=True, forwarded=True, logon="credssp")
JOB = "A1B2C3D4-0000-4000-8000-00000000000A"
WEB, HOSTILE, OLD_SWITCH, GIANT, RAW = (
    "11111111-aaaa-4000-8000-000000000001",
    "22222222-bbbb-4000-8000-000000000002",
    "33333333-cccc-4000-8000-000000000003",
    "44444444-dddd-4000-8000-000000000004",
    "55555555-eeee-4000-8000-000000000005",
)
LEFT_OVER, ARRIVING = "66666666-ffff-4000-8000-000000000006", "77777777-aaaa-4000-8000-000000000007"
Json = dict[str, Any]


def build_world(windows: str) -> World:
    """A world of its own in which HV01 runs `windows` (2012 or 2022) and somebody else moves the giant away from it."""
    scenario = load(str(Path(__file__).with_name("contract.toml")))
    if windows == "2012":
        hosts = [_aged(host) if host.name == HOST else host for host in scenario.hosts]
        scenario = msgspec.structs.replace(scenario, hosts=hosts)
    world = World(scenario)
    world.hosts[HOST].storage.remove("E:\\Lost\\gone.vhd")
    world.command({"cmd": "clock", "hold": True})
    migrate = {"do": "migrate", "host": HOST, "vm": GIANT, "destination": "HV02", "folder": "D:\\VMs\\giant"}
    world.command({"cmd": "world", **migrate})
    for vm, in_use in ((LEFT_OVER, False), (ARRIVING, True), (WEB, False)):
        world.command({"cmd": "world", "do": "plan", "host": HOST, "vm": vm, "in_use": in_use})
    with world.locked():
        world.jobs[0].instance_id = JOB
    world.command({"cmd": "clock", "advance": 2.0})
    return world


def _aged(host: HostSpec) -> HostSpec:
    return msgspec.structs.replace(
        host,
        os_caption="Microsoft Windows Server 2012 Datacenter",
        os_version="6.2.9200",
        powershell="3.0",
        vm_versions=[],
        credential_guard=None,
        migration=msgspec.structs.replace(host.migration, performance=None),
        vms=[_aged_vm(vm) for vm in host.vms],
    )


def _aged_vm(vm: VmSpec) -> VmSpec:
    return msgspec.structs.replace(vm, version="", generation=1, tpm=None, shielded=None)


def document(world: World, windows: str) -> Json:
    """What the proxies play: Windows' names for what the world holds, seen from HV01."""
    with world.locked():
        host = world.hosts[HOST]
        return {
            "profile": windows,
            "cim": _classes(world, host),
            "vmhost": _vm_host(host),
            "switches": [{"Name": name, "SwitchType": kind} for name, kind in host.switches],
            "networks": host.migration.networks,
            "versions": host.spec.vm_versions,
            "vms": [_vm(world, machine, windows) for machine in host.machines.values()] + _planned_vms(host, windows),
            "vhds": dict(_disks(host)),
            "files": {path: host.storage.length(path) for path in _files(host)},
            "folders": sorted(_folders(host.storage), key=str.casefold),
            "destinations": _DESTINATIONS,
            "enums": _ENUMS,
        }


def _classes(world: World, host: Host) -> Json:
    spec, domain = host.spec, host.domain
    classes: Json = {
        "Win32_ComputerSystem": [
            {"Name": host.name, "DNSHostName": host.name.lower(), "Domain": domain, "PartOfDomain": domain is not None}
        ],
        "Win32_OperatingSystem": [
            {
                "Caption": spec.os_caption + " ",
                "Version": spec.os_version,
                "FreePhysicalMemory": host.free_memory() // 1024,
            }
        ],
        "Win32_Processor": [{"Manufacturer": spec.cpu_manufacturer, "Name": spec.cpu_name + "  "}] * 2,
        "Win32_Volume": _volumes(host.storage),
        "Msvm_MigrationJob": [_job(world, job) for job in world.jobs_of(host.name)],
        "Msvm_ComputerSystem": [{"Name": host.name}, *({"Name": vm_id.upper()} for vm_id in host.machines)],
        "Msvm_PlannedComputerSystem": [
            {"Name": planned.vm_id.upper(), "OperationalStatus": [11, 32774] if planned.in_use else [2]}
            for planned in host.planned.values()
        ],
        "Msvm_VirtualSystemManagementService": [{"Name": "vmms"}],
    }
    if spec.credential_guard is not None:
        classes["Win32_DeviceGuard"] = [{"SecurityServicesRunning": [1, 2] if spec.credential_guard else [0]}]
    return classes


def _volumes(storage: Storage) -> list[Json]:
    drives = [
        {"Name": v.root, "Label": v.label or None, "Capacity": v.size, "FreeSpace": storage.free(v), "DriveType": 3}
        for v in storage.volumes
    ]
    hidden = {"Name": "\\\\?\\Volume{0}\\", "Label": "System", "Capacity": 1, "FreeSpace": 1, "DriveType": 3}
    disc = {"Name": "Z:\\", "Label": None, "Capacity": None, "FreeSpace": None, "DriveType": 5}
    return [*drives, hidden, disc]


def _job(world: World, job: Any) -> Json:
    now = world.timeline.now()
    return {
        "InstanceID": job.instance_id,
        "VirtualSystemName": job.vm_id,
        "DestinationHost": job.destination,
        "PercentComplete": job.percent(now),
        "JobState": job.state,
        "JobType": job.job_type,
        "Cancellable": job.cancellable(now),
        "ErrorCode": 0,
        "ErrorDescription": "",
        "ErrorSummaryDescription": "",
    }


def _vm_host(host: Host) -> Json:
    settings = host.migration
    facts = {
        "LogicalProcessorCount": host.spec.logical_processors,
        "MemoryCapacity": int(host.spec.memory_gb * 2**30),
        "VirtualMachinePath": host.spec.vm_path,
        "VirtualHardDiskPath": host.spec.vhd_path,
        "VirtualMachineMigrationEnabled": settings.enabled,
        "MaximumVirtualMachineMigrations": settings.max_vm_migrations,
        "MaximumStorageMigrations": settings.max_storage_migrations,
        "UseAnyNetworkForMigration": settings.any_network,
        "VirtualMachineMigrationAuthenticationType": settings.authentication,
    }
    if settings.performance is not None:
        facts["VirtualMachineMigrationPerformanceOption"] = settings.performance
    return facts


def _vm(world: World, machine: Machine, windows: str) -> Json:
    spec, running = machine.spec, machine.state == "Running"
    primary, secondary = (*machine.operational, None)[:2]
    properties = {
        "Id": machine.id,
        "Name": machine.name,
        "State": machine.state,
        "CPUUsage": int(machine.id[:2], 16) % 30 if running else 0,
        "MemoryAssigned": machine.memory if machine.alive else 0,
        "MemoryStartup": machine.memory,
        "Uptime": int(world.timeline.now() - machine.started) if machine.alive else 0,
        "Status": machine.status,
        "PrimaryOperationalStatus": primary,
        "SecondaryOperationalStatus": secondary,
        "IsClustered": machine.clustered,
        "CreationTime": world.clock.date(machine.started - 86400.0 * 30),
        "Notes": spec.notes,
        "ProcessorCount": spec.processors,
        "ConfigurationLocation": machine.folder,
        "SnapshotFileLocation": machine.folder,
        "SmartPagingFilePath": machine.folder,
        "SizeOfSystemFiles": sum(length for _, length in machine.system_files()),
        "ReplicationState": spec.replication_state,
        "ReplicationMode": spec.replication_mode,
    }
    if windows != "2012":
        properties |= {
            "Version": spec.version,
            "Generation": spec.generation,
            "VirtualMachineType": "RealizedVirtualMachine",
        }
    return {
        "properties": properties,
        "disks": [_drive(disk.controller, disk.path, disk.physical, disk.shared) for disk in machine.disks],
        "dvds": [_dvd(len(machine.disks) + number, path) for number, path in enumerate(machine.dvds)],
        "adapters": [
            {"Name": a.name, "MacAddress": a.mac, "SwitchName": a.switch or "", "IovWeight": 100 if a.sr_iov else 0}
            for a in machine.adapters
        ],
        "checkpoints": [_checkpoint(world, point) for point in machine.checkpoints],
        "processor": {"CompatibilityForMigrationEnabled": spec.cpu_compatibility},
        "security": {"TpmEnabled": spec.tpm, "Shielded": spec.shielded},
    }


def _planned_vms(host: Host, windows: str) -> list[Json]:
    plain = {"State": "Off", "CPUUsage": 0, "MemoryAssigned": 0, "Uptime": 0, "Status": "Operating normally"}
    plain |= {"CreationTime": "2020-01-01T00:00:00Z", "IsClustered": False, "PrimaryOperationalStatus": "Ok"}
    if windows != "2012":
        plain |= {"VirtualMachineType": "PlannedVirtualMachine"}
    return [
        {"properties": {"Id": planned.vm_id, "Name": planned.name, **plain}}
        for planned in host.planned.values()
        if planned.vm_id not in host.machines
    ]


def _drive(controller: str, path: str, physical: str | None, shared: bool) -> Json:
    kind, _, place = controller.partition(" ")
    number, _, location = place.partition(":")
    return {
        "ControllerType": kind,
        "ControllerNumber": int(number),
        "ControllerLocation": int(location),
        "Path": path,
        "DiskNumber": 2 if physical else None,
        "SupportPersistentReservations": shared,
    }


def _dvd(location: int, path: str | None) -> Json:
    place = {"ControllerType": "SCSI", "ControllerNumber": 0, "ControllerLocation": location}
    return {**place, "DvdMediaType": "ISO" if path else "None", "Path": path}


def _checkpoint(world: World, point: Any) -> Json:
    return {
        "Id": point.id,
        "Name": point.name,
        "CreationTime": world.clock.date(-float(point.age)),
        "ParentSnapshotId": point.parent_id,
        "adapters": [{"Name": "Network Adapter", "SwitchName": switch} for switch in (*point.switches, "")],
    }


def _disks(host: Host) -> Iterator[tuple[str, Json]]:
    for disk in (disk for machine in host.machines.values() for disk in machine.disks):
        above = ""
        for file in reversed(disk.chain):
            length = host.storage.length(file.path)
            if length is not None:
                sizes = {"VhdFormat": disk.format, "Size": disk.size, "FileSize": length}
                yield file.path, {**sizes, "ParentPath": above}
            above = file.path


def _files(host: Host) -> Iterator[str]:
    yield "D:\\notes.txt"
    yield from (path for path, _ in _disks(host))


def _folders(storage: Storage) -> Iterator[str]:
    waiting = [volume.root for volume in storage.volumes]
    while waiting:
        folder = waiting.pop()
        yield folder
        waiting += [join(folder, name) for name in storage.folders_in(folder)]


def _found(*causes: tuple[int, str, str]) -> Json:
    """Compare-VM's report; nothing in it: the VM fits."""
    wrapper = (21502, "VirtualMachine", "The virtual machine is not compatible with physical computer 'HV02'.")
    listed = [wrapper, *causes] if causes else []
    entries = [{"message_id": number, "source_type": kind, "message": text} for number, kind, text in listed]
    return {"error": None, "incompatibilities": entries}


def _refused(error_id: str, category: str, *messages: str, native: int | None = None) -> Json:
    """An error of Compare-VM and Move-VM."""
    fault = {"id": error_id, "category": category, "messages": messages, "native": native}
    return {"error": fault, "incompatibilities": []}


_NO_RIGHTS = _refused(
    "AccessDenied",
    "PermissionDenied",
    "The operation for the virtual machine failed at 'HV01'.\n\nGeneral access denied error (0x80070005).",
    "The Virtual Machine Management Service on host 'HV03' refused the operation: (0x80070005).",
)
_NOT_LISTENING = _refused(
    "OperationFailed",
    "NotSpecified",
    "Virtual machine migration operation failed at migration source 'HV01'. (0x8007274d)",
    "No connection could be made because the target machine actively refused it. (0x8007274D).",
    native=10061,
)
_CLUSTERED = _refused("InvalidOperation", "InvalidOperation", "The virtual machine is clustered.")
_NO_ISO = (40010, "DvdDrive", "The file 'D:\\ISO\\tools (x64).iso' was not found.")
_NO_SWITCH = (33012, "VMNetworkAdapter", "Could not find Ethernet switch 'Storage (private)'.")
_NO_FILE = (40010, "DvdDrive", "The file 'D:\\notes.txt' was not found.")
_DESTINATIONS = [
    {
        "names": ["HV02", "hv02.lab.test"],
        "outcomes": {
            WEB: _found(_NO_ISO),
            HOSTILE: _found(),
            OLD_SWITCH: _found(_NO_SWITCH, _NO_FILE),
            RAW: _CLUSTERED,
        },
    },
    {"names": ["HV03", "hv03.lab.test"], "outcomes": {WEB: _NO_RIGHTS, HOSTILE: _NO_RIGHTS}},
    {"names": ["HV04", "hv04.lab.test"], "outcomes": {WEB: _NOT_LISTENING}},
]
_ENUMS = {
    "VMState": {"Other": 1, "Running": 2, "Off": 3, "Stopping": 4, "Saved": 6, "Paused": 9, "Starting": 10},
    "VMOperationalStatus": {
        "Ok": 2,
        "InService": 11,
        "MigratingVirtualMachine": 32774,
        "StorageMigrationPhaseOne": 32778,
    },
    "VirtualMachineType": {"RealizedVirtualMachine": 3, "PlannedVirtualMachine": 4},
    "VMReplicationState": {"Disabled": 0, "Replicating": 4},
    "VMReplicationMode": {"None": 0, "Primary": 1},
    "MigrationAuthenticationType": {"CredSSP": 0, "Kerberos": 1},
    "VMMigrationPerformance": {"TCPIP": 0, "Compression": 1, "SMB": 2},
    "DvdMediaType": {"None": 0, "ISO": 1, "PassThrough": 2},
    "ControllerType": {"IDE": 0, "SCSI": 1},
    "VMSwitchType": {"Private": 0, "Internal": 1, "External": 2},
    "VhdFormat": {"Unknown": 0, "VHD": 2, "VHDX": 3, "VHDSet": 4},
}

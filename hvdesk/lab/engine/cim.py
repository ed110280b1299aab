"""CIM classes of a simulated host and their methods, for the two cmdlets of CIM. Needs the world's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hvdesk.lab.engine.values import Json, instance, named, number
from hvdesk.lab.powershell.answers import cim_error, no_method
from hvdesk.lab.powershell.facts import root_of
from hvdesk.lab.world import cmdlets
from hvdesk.lab.world.cmdlets import INVALID_PARAMETER, Shell
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.jobs import Job

CIMV2, VIRTUALIZATION = "root/cimv2", "root/virtualization/v2"
CLUSTER, DEVICE_GUARD = "root/mscluster", "root/microsoft/windows/deviceguard"
IN_USE = 32774
_MIGRATION_SERVICE = "Msvm_VirtualSystemMigrationService"
Rows = Iterator[dict[str, Any]]


def get_instance(shell: Shell, bound: Json) -> Iterator[Json | WindowsError]:
    """All instances of a class; WindowsError for a namespace or class that this host lacks."""
    namespace = str(bound.get("Namespace", CIMV2)).replace("\\", "/").lower()
    classes = {name.lower(): name for space, name in _CLASSES if space == namespace}
    name = classes.get(bound["ClassName"].lower())
    if namespace not in _namespaces(shell.host):
        yield cim_error("0x8004100e", "MetadataError", "Invalid namespace ")
    elif name is None:
        yield cim_error("0x80041010", "MetadataError", "Invalid class ")
    elif name == _MIGRATION_SERVICE and shell.host.health.migration_service == "unreadable":
        yield cim_error("0x80041001", "NotSpecified", "Generic failure ")
    else:
        for row in _CLASSES[namespace, name](shell):
            yield instance(namespace, name, **row)


def invoke_method(shell: Shell, bound: Json) -> Iterator[Json | WindowsError]:
    """RequestStateChange of a migration job or DestroySystem of the management service."""
    target = bound["InputObject"]
    method = _METHODS.get((target["cim"], bound["MethodName"]))
    if method is None:
        raise no_method()
    arguments = {row["name"]: row for row in bound.get("Arguments", {"table": []})["table"]}
    result = number("UInt32", method(shell, target["id"], arguments))
    yield named("Microsoft.Management.Infrastructure.CimMethodResult", ReturnValue=result, PSComputerName=None)


def _request_state_change(shell: Shell, instance_id: str, arguments: dict[str, Json]) -> int:
    state = arguments["RequestedState"]
    job = next((job for job in shell.world.jobs_of(shell.host.name) if job.instance_id == instance_id), None)
    if state["type"] != "UInt16" or job is None:
        return INVALID_PARAMETER
    return cmdlets.request_state_change(shell, job, state["value"])


def _destroy_system(shell: Shell, _service: str, arguments: dict[str, Json]) -> int:
    """By the reference of a planned machine only: the real one has the same Name."""
    system = arguments["AffectedSystem"]["value"]
    vm_id = system["id"].lower()
    if system["cim"] != "Msvm_PlannedComputerSystem" or vm_id not in shell.host.planned:
        return INVALID_PARAMETER
    return cmdlets.destroy_planned(shell, vm_id)


def _namespaces(host: Host) -> list[str]:
    there = {
        CIMV2: True,
        VIRTUALIZATION: host.spec.hyperv,
        CLUSTER: host.spec.cluster is not None,
        DEVICE_GUARD: host.spec.credential_guard is not None,
    }
    return [namespace for namespace, present in there.items() if present]


def _computer(shell: Shell) -> Rows:
    host = shell.host
    domain = {"Domain": host.domain or "WORKGROUP", "PartOfDomain": host.domain is not None}
    yield {"Name": host.name, "DNSHostName": host.fqdn.partition(".")[0], **domain}


def _system(shell: Shell) -> Rows:
    spec, free = shell.host.spec, number("UInt64", shell.host.free_memory() // 1024)
    yield {"Caption": f"{spec.os_caption} ", "Version": spec.os_version, "FreePhysicalMemory": free}


def _processors(shell: Shell) -> Rows:
    spec = shell.host.spec
    for socket in range(2):  # names padded as processors report them
        yield {"DeviceID": f"CPU{socket}", "Manufacturer": spec.cpu_manufacturer, "Name": f"{spec.cpu_name}  "}


def _volumes(shell: Shell) -> Rows:
    """The drives, a volume without a letter and an empty DVD drive."""
    storage = shell.host.storage
    for volume in storage.volumes:
        yield _volume(root_of(volume), volume.label or None, volume.size, storage.free(volume))
    yield _volume("\\\\?\\Volume{00000000-0000-0000-0000-000000000000}\\", "System", 2**29, 2**28)
    yield _volume("Z:\\", None, None, None, drive_type=5)


def _volume(name: str, label: str | None, size: int | None, free: int | None, drive_type: int = 3) -> dict[str, Any]:
    kind, capacity, space = number("UInt32", drive_type), number("UInt64", size), number("UInt64", free)
    return {"Name": name, "Label": label, "Capacity": capacity, "FreeSpace": space, "DriveType": kind}


def _jobs(shell: Shell) -> Rows:
    now = shell.world.timeline.now()
    return (_job(job, now) for job in shell.world.jobs_of(shell.host.name))


def _job(job: Job, now: float) -> dict[str, Any]:
    return {
        "InstanceID": job.instance_id,
        "VirtualSystemName": job.vm_id,
        "DestinationHost": job.destination,
        "Owner": job.owner,
        "PercentComplete": number("UInt16", 100 if job.over else job.percent(now)),
        "JobState": number("UInt16", job.state),
        "JobType": number("UInt16", job.job_type),
        "Cancellable": job.cancellable(now),
        "ErrorCode": number("UInt16", job.error_code),
        "ErrorDescription": job.error_text,
        "ErrorSummaryDescription": job.error_text,
    }


def _systems(shell: Shell) -> Rows:
    yield {"Name": shell.host.name, "ElementName": shell.host.name, "OperationalStatus": [number("UInt16", 2)]}
    for machine in shell.host.machines.values():
        yield {"Name": machine.id.upper(), "ElementName": machine.name, "OperationalStatus": [number("UInt16", 2)]}


def _planned(shell: Shell) -> Rows:
    for planned in shell.host.planned.values():
        status = [number("UInt16", code) for code in ((11, IN_USE) if planned.in_use else (2,))]
        yield {"Name": planned.vm_id.upper(), "ElementName": planned.name, "OperationalStatus": status}


def _service(_shell: Shell) -> Rows:
    yield {"Name": "vmms", "ElementName": "Hyper-V Virtual System Management Service"}


def _migration_service(shell: Shell) -> Rows:
    of_vms, of_storage = (number("UInt32", count) for count in shell.world.active_migrations(shell.host))
    counts = {"ActiveVirtualSystemMigrationCount": of_vms, "ActiveStorageMigrationCount": of_storage}
    yield {"Name": "migrationwmi", "ElementName": "Hyper-V Migration Service", **counts}


def _cluster(shell: Shell) -> Rows:
    yield {"Name": shell.host.spec.cluster}


def _device_guard(shell: Shell) -> Rows:
    running = [1, 2] if shell.host.spec.credential_guard else [0]
    yield {"SecurityServicesRunning": [number("UInt32", service) for service in running]}


_CLASSES: dict[tuple[str, str], Callable[[Shell], Rows]] = {
    (CIMV2, "Win32_ComputerSystem"): _computer,
    (CIMV2, "Win32_OperatingSystem"): _system,
    (CIMV2, "Win32_Processor"): _processors,
    (CIMV2, "Win32_Volume"): _volumes,
    (VIRTUALIZATION, "Msvm_ComputerSystem"): _systems,
    (VIRTUALIZATION, "Msvm_MigrationJob"): _jobs,
    (VIRTUALIZATION, "Msvm_PlannedComputerSystem"): _planned,
    (VIRTUALIZATION, "Msvm_VirtualSystemManagementService"): _service,
    (VIRTUALIZATION, _MIGRATION_SERVICE): _migration_service,
    (CLUSTER, "MSCluster_Cluster"): _cluster,
    (DEVICE_GUARD, "Win32_DeviceGuard"): _device_guard,
}
_METHODS: dict[tuple[str, str], Callable[[Shell, str, dict[str, Json]], int]] = {
    ("Msvm_MigrationJob", "RequestStateChange"): _request_state_change,
    ("Msvm_VirtualSystemManagementService", "DestroySystem"): _destroy_system,
}

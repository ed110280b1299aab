"""What the agent's reading operations say of a host and its virtual machines, as JSON. All need the world's lock."""

from __future__ import annotations

from typing import Any

import msgspec

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import GIB
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.jobs import Job
from hvdesk.lab.world.machines import Checkpoint, Disk, Machine
from hvdesk.lab.world.storage import Volume
from hvdesk.lab.world.world import World

Json = dict[str, Any]


def host_facts(world: World, host: Host) -> Json:
    """HostFacts."""
    spec, storage = host.spec, host.storage
    return {
        "name": host.name,
        "fqdn": host.fqdn,
        "domain": host.domain,
        "os_caption": spec.os_caption,
        "os_version": spec.os_version,
        "powershell": spec.powershell,
        "cpu_manufacturer": spec.cpu_manufacturer,
        "cpu_name": spec.cpu_name,
        "logical_processors": spec.logical_processors,
        "memory_bytes": int(spec.memory_gb * GIB),
        "memory_free_bytes": host.free_memory(),
        "vm_path": spec.vm_path,
        "vhd_path": spec.vhd_path,
        "volumes": [
            {"root": root_of(v), "label": v.label, "size_bytes": v.size, "free_bytes": storage.free(v)}
            for v in storage.volumes
        ],
        "switches": [{"name": name, "kind": kind} for name, kind in host.switches],
        "migration": msgspec.to_builtins(host.migration),
        "vm_versions": list(spec.vm_versions),
        "cluster": spec.cluster,
        "credential_guard": spec.credential_guard,
        "now": world.timeline.date(),
    }


def root_of(volume: Volume) -> str:
    """A volume as Windows writes it: with a backslash at the end also where it is mounted in a folder."""
    return volume.root.rstrip("\\") + "\\"


def vm_summary(world: World, machine: Machine) -> Json:
    """VmSummary."""
    running = machine.state == "Running"
    return {
        "id": machine.id,
        "name": machine.name,
        "state": machine.state,
        "cpu_percent": int(machine.id[:2], 16) % 30 if running else 0,
        "memory_bytes": machine.memory if machine.alive else 0,
        "uptime_seconds": int(world.timeline.now() - machine.started) if machine.alive else 0,
        "status": machine.status,
        "operational": list(machine.operational),
        "version": machine.spec.version,
        "clustered": machine.clustered,
        "vm_type": "RealizedVirtualMachine",
    }


def vm_details(world: World, host: Host, machine: Machine, caller: Caller) -> Json:
    """VmDetails, as far as what runs for `caller` can read the files."""
    spec = machine.spec
    return {
        "summary": vm_summary(world, machine),
        "generation": spec.generation,
        "created": vm_created(world, machine),
        "notes": spec.notes,
        "memory_startup_bytes": machine.memory,
        "processors": spec.processors,
        "config_path": machine.folder,
        "checkpoint_path": machine.folder,
        "smart_paging_path": machine.folder,
        "system_bytes": sum(length for _, length in machine.system_files()),
        "disks": [_disk(world, host, disk, caller) for disk in machine.disks],
        "adapters": [
            {"name": adapter.name, "mac": adapter.mac, "switch": adapter.switch, "sr_iov": adapter.sr_iov}
            for adapter in machine.adapters
        ],
        "dvds": [
            {"controller": f"SCSI 0:{len(machine.disks) + number}", "media": "ISO" if path else "None", "path": path}
            for number, path in enumerate(machine.dvds)
        ],
        "checkpoints": [_checkpoint(world, point) for point in machine.checkpoints],
        "cpu_compatibility": spec.cpu_compatibility,
        "tpm": spec.tpm,
        "shielded": spec.shielded,
        "replication_state": spec.replication_state,
        "replication_mode": spec.replication_mode,
    }


def vm_created(world: World, machine: Machine) -> str:
    """When a machine was made: a month before it was last started."""
    return world.clock.date(machine.started - 86400.0 * 30)


def checkpoint_created(world: World, point: Checkpoint) -> str:
    """When a checkpoint was made."""
    return world.clock.date(-float(point.age))


def _disk(world: World, host: Host, disk: Disk, caller: Caller) -> Json:
    lengths = [
        None if world.shares.shuts_out_session(caller, file.path) else host.storage.length(file.path)
        for file in disk.chain
    ]
    readable = bool(lengths) and lengths[0] is not None
    known = [length for length in lengths if length is not None]
    return {
        "controller": disk.controller,
        "path": disk.path,
        "physical": disk.physical is not None,
        "format": disk.format if readable else None,
        "size_bytes": disk.size if readable else None,
        "file_bytes": sum(known) if readable and len(known) == len(lengths) else None,
        "parents": [file.path for file in disk.chain[1:]] if readable else [],
        "shared": disk.shared,
    }


def _checkpoint(world: World, point: Checkpoint) -> Json:
    return {
        "id": point.id,
        "name": point.name,
        "created": checkpoint_created(world, point),
        "parent_id": point.parent_id,
        "switches": list(point.switches),
    }


def presence(host: Host, vm_id: str) -> Json:
    """Presence."""
    machine, planned = host.machines.get(vm_id), host.planned.get(vm_id)
    return {
        "vm_id": vm_id,
        "present": machine is not None,
        "state": machine.state if machine else None,
        "operational": list(machine.operational) if machine else [],
        "planned": planned is not None,
        "planned_in_use": planned is not None and planned.in_use,
    }


def migration_job(job: Job, now: float) -> Json:
    """MigrationJob."""
    return {
        "instance_id": job.instance_id,
        "vm_id": job.vm_id.lower(),
        "destination": job.destination,
        "percent": 100 if job.over else job.percent(now),
        "job_state": job.state,
        "job_type": job.job_type,
        "cancellable": job.cancellable(now),
        "error_code": job.error_code,
        "error_text": job.error_text,
    }

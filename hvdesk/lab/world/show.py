"""The world as JSON, for tests: what is where, what runs, what was executed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.jobs import Job
from hvdesk.lab.world.machines import Machine

if TYPE_CHECKING:
    from hvdesk.lab.world.world import World


def show(world: World) -> dict[str, Any]:
    """Needs the world's lock."""
    return {
        "hosts": {name: _host(world, host) for name, host in world.hosts.items()},
        "calls": world.ledger.calls(),
        "counts": world.ledger.counts(),
        "switches": dict(world.switches),
        "clock": {"now": world.timeline.now(), "held": world.clock.held, "speed": world.clock.speed},
        "trigger_errors": list(world.triggers.errors),
    }


def _host(world: World, host: Host) -> dict[str, Any]:
    now = world.timeline.now()
    return {
        "vms": [_machine(machine) for machine in host.machines.values()],
        "planned": [
            {"vm_id": planned.vm_id, "name": planned.name, "in_use": planned.in_use, "owner": planned.owner}
            for planned in host.planned.values()
        ],
        "jobs": [_job(job, now) for job in world.jobs_of(host.name)],
        "volumes": {volume.root: host.storage.free(volume) for volume in host.storage.volumes},
        "files": host.storage.files(),
        "migration": msgspec.to_builtins(host.migration),
    }


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "id": machine.id,
        "name": machine.name,
        "state": machine.state,
        "operational": list(machine.operational),
        "folder": machine.folder,
        "disks": [disk.path for disk in machine.disks],
    }


def _job(job: Job, now: float) -> dict[str, Any]:
    return {
        "instance_id": job.instance_id,
        "vm_id": job.vm_id.lower(),
        "destination": job.destination,
        "job_type": job.job_type,
        "owner": job.owner,
        "job_state": job.state,
        "percent": job.percent(now),
        "phase": job.phase(),
        "error_text": job.error_text,
    }

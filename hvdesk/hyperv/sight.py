"""A look at a running move from outside: what both hosts say at this moment, and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hvdesk.domain.checks_vm import MIGRATING
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import MigrationJob, Presence
from hvdesk.domain.move import MoveRequest, Phase
from hvdesk.hyperv.connector import Connector

_CHECKING_JOB_TYPES = range(300, 305)
_STORAGE_STATUS = frozenset({"StorageMigrationPhaseOne", "StorageMigrationPhaseTwo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """`job` is the migration job of the move on the source, running or over; None when the source lists none.

    `source` or `destination` is None when that host could not be asked: `trouble` then says why.
    """

    job: MigrationJob | None = None
    source: Presence | None = None
    destination: Presence | None = None
    trouble: HvError | None = None

    @property
    def migrating(self) -> bool:
        """True while the source shows the VM as being migrated, by whomever."""
        return self.source is not None and not MIGRATING.isdisjoint(self.source.operational)


class Where(Enum):
    """Where the VM is, by what both hosts said."""

    NOT_KNOWN = "a host could not be asked"
    ON_SOURCE = "on the source only"
    ON_DESTINATION = "on the destination only"
    ON_BOTH = "on both"
    ON_NEITHER = "on neither"


def look(connector: Connector, request: MoveRequest, before: frozenset[str]) -> Sight:
    """Ask both hosts at once; blocks, raises nothing. `before` are the VM's migration jobs that are not this move's."""
    vm_id = request.vm_id
    asked_jobs = connector.asked(request.source, lambda host: host.migration_jobs())
    asked_source = connector.asked(request.source, lambda host: host.presence(vm_id))
    asked_destination = connector.asked(request.destination, lambda host: host.presence(vm_id))
    jobs, source, destination = asked_jobs.outcome(), asked_source.outcome(), asked_destination.outcome()
    errors = [outcome.error for outcome in (jobs, source, destination) if outcome.error is not None]
    return Sight(
        job=_job_of(jobs.value.jobs if jobs.value else (), vm_id, before),
        source=None if jobs.error is not None else source.value,
        destination=destination.value,
        trouble=errors[0] if errors else None,
    )


def _job_of(jobs: tuple[MigrationJob, ...], vm_id: str, before: frozenset[str]) -> MigrationJob | None:
    """Of several the one that runs: a host keeps those that are over for some minutes."""
    ours = [job for job in jobs if job.vm_id == vm_id and job.destination and job.instance_id not in before]
    return max(ours, key=lambda job: job.running, default=None)


def where(sight: Sight) -> Where:
    """Only what both hosts say counts: success is the VM on the destination and gone from the source."""
    if sight.source is None or sight.destination is None:
        return Where.NOT_KNOWN
    places = {
        (True, False): Where.ON_SOURCE,
        (False, True): Where.ON_DESTINATION,
        (True, True): Where.ON_BOTH,
        (False, False): Where.ON_NEITHER,
    }
    return places[sight.source.present, sight.destination.present]


def phase_of(sight: Sight) -> Phase | None:
    """The phase, read from what the hosts show; None when they show none.

    Clean-up: the VM is realised on the destination while the source still works. Storage: the VM's secondary status.
    Connection: the job only checks or is at 0 %. VM state: it migrates without a storage phase (inferred).
    """
    if sight.job is None or not sight.job.running or sight.source is None:
        return None
    if sight.destination is not None and sight.destination.present:
        return Phase.CLEAN_UP
    if not _STORAGE_STATUS.isdisjoint(sight.source.operational):
        return Phase.STORAGE
    if sight.job.job_type in _CHECKING_JOB_TYPES or sight.job.percent == 0:
        return Phase.CONNECTION
    return Phase.VM_STATE

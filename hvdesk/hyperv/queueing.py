"""Waiting for a slot on both hosts of a move."""

from __future__ import annotations

from collections.abc import Sequence

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState
from hvdesk.hyperv.messages import MigrationJobs
from hvdesk.hyperv.plan import Plan
from hvdesk.hyperv.record import MoveRecord
from hvdesk.hyperv.tools import MoveTools
from hvdesk.hyperv.wishes import Wishes
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.slots import Load

_LOOKS_PER_LIMIT = 15
"""A host's limit is asked for once in so many looks: its facts cost it more than its jobs do."""


_ON_HOSTS = frozenset({JobState.STARTING, JobState.MOVING, JobState.CANCELLING, JobState.VERIFYING})
_COUNTED = frozenset({JobState.MOVING, JobState.CANCELLING, JobState.VERIFYING, JobState.UNKNOWN})
"""In these a move was seen on its source, so both hosts count it, or it is over."""


def await_slots(tools: MoveTools, plan: Plan, wishes: Wishes, record: MoveRecord) -> bool:
    """Wait until the move has a slot on source and destination; visibly, and as long as it takes.

    False when it was cancelled or left meanwhile. A host that is away is waited for like a slot.
    """
    hosts = (plan.request.source, plan.request.destination)
    limits: dict[str, int] = {}
    looks = 0
    while not (wishes.cancelling or wishes.leaving):
        try:
            if looks % _LOOKS_PER_LIMIT == 0 or not limits:
                limits = _limits(tools, hosts)
            full = tools.slots.take(plan.request.vm_id, _loads(tools, hosts, limits))
        except HvError as error:
            unreachable = plan.error("move.unreachable", host=error.host, words=error.host_words)
            record.show(JobState.QUEUED, error=unreachable.report())
        else:
            if full is None:
                return True
            record.show(JobState.QUEUED, note="slots.wait")
        looks += 1
        wishes.wait(tools.patience.look)
    return False


def _limits(tools: MoveTools, hosts: tuple[str, ...]) -> dict[str, int]:
    asked = {host_id: tools.connector.asked(host_id, lambda host: host.facts()) for host_id in hosts}
    return {host_id: answer.get().migration.max_vm_migrations for host_id, answer in asked.items()}


def _loads(tools: MoveTools, hosts: tuple[str, ...], limits: dict[str, int]) -> dict[str, Load]:
    """What runs on the hosts: their own migration jobs, the moves of other programs of this data folder, which a
    destination does not list as jobs of its own, and as a number those that come to it from elsewhere.

    The journal is read first: a move that it then calls seen is in the count of a host that is asked afterwards.
    """
    entries = tools.journal.open_jobs()
    asked = {host_id: tools.connector.asked(host_id, lambda host: host.migration_jobs()) for host_id in hosts}
    return {host_id: _load(host_id, limits[host_id], answer.get(), entries) for host_id, answer in asked.items()}


def _load(host_id: str, limit: int, migrations: MigrationJobs, entries: Sequence[Entry]) -> Load:
    here = [entry for entry in entries if host_id in (entry.request.source, entry.request.destination)]
    listed = [job for job in migrations.jobs if job.running]
    return Load(
        limit=limit,
        running=frozenset({job.vm_id for job in listed} | _vms(here, _ON_HOSTS)),
        active=migrations.active_vm_migrations,
        counted=frozenset({job.vm_id for job in listed if job.moves_vm} | _vms(here, _COUNTED)),
    )


def _vms(entries: Sequence[Entry], states: frozenset[JobState]) -> set[str]:
    return {entry.request.vm_id for entry in entries if entry.state in states}

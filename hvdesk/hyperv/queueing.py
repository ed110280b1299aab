"""Waiting for a slot on both hosts of a move."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
            entries = tools.journal.open_jobs()
            full = tools.slots.take(plan.request.vm_id, _loads(tools, hosts, limits, entries))
            if full is None and not record.reserve(_faster(hosts, entries)):
                tools.slots.release(plan.request.vm_id)
                continue  # another program took a slot since: count again
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


def _faster(hosts: tuple[str, ...], counted: Sequence[Entry]) -> Callable[[Sequence[Entry]], bool]:
    """Whether of the journal's open jobs one has come to one of the hosts that was not counted there."""
    seen = _on(hosts, counted)
    return lambda now: bool(_on(hosts, now) - seen)


def _on(hosts: tuple[str, ...], entries: Sequence[Entry]) -> set[str]:
    """Jobs that have a slot on one of these hosts."""
    return {entry.id for entry in entries if entry.state in _ON_HOSTS and _takes_part(entry, hosts)}


def _takes_part(entry: Entry, hosts: Sequence[str]) -> bool:
    return entry.request.source in hosts or entry.request.destination in hosts


def _loads(
    tools: MoveTools, hosts: tuple[str, ...], limits: dict[str, int], entries: Sequence[Entry]
) -> dict[str, Load]:
    """What runs on the hosts: their own migration jobs, the moves of other programs of this data folder, which a
    destination does not list as jobs of its own, and as a number those that come to it from elsewhere.

    `entries` of the journal are read before: a host that is asked afterwards counts a move that was seen by then,
    unless it is over.
    """
    asked = {host_id: tools.connector.asked(host_id, lambda host: host.migration_jobs()) for host_id in hosts}
    return {host_id: _load(host_id, limits[host_id], answer.get(), entries) for host_id, answer in asked.items()}


def _load(host_id: str, limit: int, migrations: MigrationJobs, entries: Sequence[Entry]) -> Load:
    here = [entry for entry in entries if _takes_part(entry, [host_id])]
    running = {entry.request.vm_id for entry in here if entry.state in _ON_HOSTS}
    return Load(
        limit=limit,
        running=frozenset(running | {job.vm_id for job in migrations.jobs if job.takes_slot}),
        active=migrations.active_vm_migrations,
        counted=frozenset(_seen(here) | {job.vm_id for job in migrations.jobs if job.moves_vm}),
    )


def _seen(entries: Sequence[Entry]) -> set[str]:
    """VMs that were seen to move: their migration is on both hosts, or over."""
    states = {entry.request.vm_id: {change.state for change in entry.changes} for entry in entries}
    return {vm_id for vm_id, had in states.items() if JobState.MOVING in had}

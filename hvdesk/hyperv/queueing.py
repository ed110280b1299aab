"""Waiting for a slot on both hosts of a move."""

from __future__ import annotations

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState
from hvdesk.hyperv.plan import Plan
from hvdesk.hyperv.record import MoveRecord
from hvdesk.hyperv.tools import MoveTools
from hvdesk.hyperv.wishes import Wishes
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
    """What runs on the hosts: their own migration jobs, and the moves of other programs of this data folder, which a
    destination does not list as jobs of its own."""
    asked = {host_id: tools.connector.asked(host_id, lambda host: host.migration_jobs()) for host_id in hosts}
    sent = [entry.request for entry in tools.journal.open_jobs() if entry.state in _ON_HOSTS]
    loads = {}
    for host_id, answer in asked.items():
        running = {job.vm_id for job in answer.get() if job.running}
        running |= {request.vm_id for request in sent if host_id in (request.source, request.destination)}
        loads[host_id] = Load(limits[host_id], frozenset(running))
    return loads

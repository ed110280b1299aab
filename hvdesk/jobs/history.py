"""Jobs as the journal knows them, in the form the front ends show: what is over, and what other programs drive."""

from __future__ import annotations

from hvdesk.domain.move import JobView
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.journal import Journal


def view_of(entry: Entry, *, ours: bool) -> JobView:
    """An entry as a view. Phase and figures are not in the journal: they are read from the hosts."""
    request = entry.request
    return JobView(
        id=entry.id,
        kind="move",
        vm_id=request.vm_id,
        vm_name=request.vm_name,
        source=entry.source.label,
        destination=entry.destination.label,
        state=entry.state,
        ours=ours,
        created=entry.created_at,
        ended=entry.ended_at,
        error=entry.error,
    )


def history(journal: Journal, limit: int = 100) -> tuple[JobView, ...]:
    """The latest jobs that are over, latest first, whichever run of hvdesk drove them."""
    return tuple(view_of(entry, ours=True) for entry in journal.ended_jobs(limit))

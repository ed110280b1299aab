"""Puts an end to what a program that is gone left half done, where no Move-VM was sent. Each function may block."""

from __future__ import annotations

from hvdesk.domain.move import JobState
from hvdesk.hyperv.plan import plan_of
from hvdesk.hyperv.planned import Leftover, remove_planned
from hvdesk.hyperv.tools import MoveTools
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.history import view_of


def tidy(tools: MoveTools, entry: Entry) -> bool:
    """Remove the planned VM that a check or move which is over had to leave; False when it may still be there."""
    gone = remove_planned(tools, entry.request, tools.patience.planned) is not Leftover.LEFT
    if gone:
        tools.journal.done(entry.id)
    return gone


def end_unsent(tools: MoveTools, entry: Entry) -> None:
    """End an open job that came no further than its check, and a started one that nothing was sent for."""
    plan, journal = plan_of(entry), tools.journal
    gone = tidy(tools, entry)
    if entry.state in (JobState.QUEUED, JobState.STARTING):
        journal.end(entry.id, JobState.FAILED, plan.error("move.never_started").report())
    elif gone:
        journal.discard(entry.id)
        return
    else:
        left = plan.error("compare.left_planned", host=plan.destination.label)
        journal.end(entry.id, JobState.CANCELLED, left.report())
    ended = journal.get(entry.id)
    if ended is not None:
        tools.board.put(view_of(ended, ours=True))

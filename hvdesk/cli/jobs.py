"""`hvdesk jobs`: moves that run, ours or not, and history."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from operator import itemgetter

from hvdesk.app.core import Core
from hvdesk.cli import exits
from hvdesk.cli.follow import UNKNOWN_SECONDS, finish, progress_of, words_of
from hvdesk.cli.output import Columns, Output
from hvdesk.cli.vms import listed_hosts
from hvdesk.cli.waiting import Inbox, Interrupt, Silence, ask_all
from hvdesk.domain.move import JobState, JobView
from hvdesk.domain.units import moment_text
from hvdesk.jobs.threads import Deadline

KEYS = tuple(field.name for field in fields(JobView))
"""Of an object of `jobs --json`."""

_COLUMNS: Columns = {
    "Virtual machine": itemgetter("vm_name"),
    "Source": itemgetter("source"),
    "Destination": itemgetter("destination"),
    "State": itemgetter("state"),
    "Percent": itemgetter("percent"),
    "Begun": lambda row: moment_text(row["created"]),
    "Ended": lambda row: moment_text(row["ended"]),
    "Driven": lambda row: "here" if row["ours"] else "elsewhere",
}


_SETTLE_SECONDS = 15.0
"""How long the list waits until each move found again has been looked at on its hosts."""


def run(core: Core, args: Namespace, out: Output) -> int:
    """Find the moves of earlier runs again, then list all, or follow them to their ends with --watch."""
    hosts = listed_hosts(core)
    with Inbox[JobView]() as inbox:
        undo = core.moves.subscribe(inbox.put)
        try:
            core.moves.reattach()
            core.moves.observe([host.id for host in hosts])
            for _, outcome in ask_all(core, hosts, lambda host: host.ping()):
                if outcome.error is not None:
                    out.report(outcome.error.report())
            if args.watch:
                core.moves.follow()
                return _watch(core, inbox, out, [host.id for host in hosts])
            _settle(core, inbox)
        finally:
            undo()
    out.table([asdict(job) for job in core.moves.jobs()], _COLUMNS)
    return exits.DONE


def _settle(core: Core, inbox: Inbox[JobView]) -> None:
    """Wait until every running move of ours has a figure from its host, or is over."""
    deadline = Deadline(_SETTLE_SECONDS)
    while any(job.ours and not job.state.over and job.percent is None for job in core.moves.jobs()):
        if not isinstance(inbox.next(deadline.left()), JobView):
            return


def _watch(core: Core, inbox: Inbox[JobView], out: Output, host_ids: Sequence[str]) -> int:
    """Follow every job that was not over when the command began; Ctrl+C ends the watching and nothing else.

    `inbox` holds every view since then, so an end that came during the first look is told as well. Hosts are asked
    again and again for the migrations of other admins, whose ends nobody tells.
    """
    code = exits.DONE
    running = {job.id: job for job in core.moves.jobs() if not job.state.over}
    every = core.preferences().jobs_refresh_seconds
    look, end = Deadline(every), _deadline(running.values())
    while True:
        item = inbox.next(look.left() if end is None else min(look.left(), end.left()))
        if not look.left():
            core.moves.observe(host_ids)
            look = Deadline(every)
        if isinstance(item, Silence):
            if end is not None and not end.left():
                return exits.UNKNOWN if running else code
            continue
        if isinstance(item, Interrupt):
            return exits.CANCELLED
        if item.state.over:
            running.pop(item.id, None)
            code = max(code, finish(item, out))
        else:
            running[item.id] = item
            _show(item, out)
        end = _deadline(running.values())


def _deadline(running: Collection[JobView]) -> Deadline | None:
    """When to wait for the next view no longer; None: as long as it takes."""
    if not running:
        return Deadline(0)
    return Deadline(UNKNOWN_SECONDS) if all(job.state is JobState.UNKNOWN for job in running) else None


def _show(job: JobView, out: Output) -> None:
    out.event("progress", **progress_of(job))
    if not out.as_json:
        out.message(words_of(job))

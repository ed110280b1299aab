"""`hvdesk jobs`: moves that run, ours or not, and history."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from operator import itemgetter

from hvdesk.app.core import Core
from hvdesk.cli import exits
from hvdesk.cli.follow import UNKNOWN_SECONDS, finish, progress_of, words_of
from hvdesk.cli.output import Columns, Output
from hvdesk.cli.vms import listed_hosts
from hvdesk.cli.waiting import Inbox, Interrupt, Silence
from hvdesk.domain.move import JobState, JobView

_COLUMNS: Columns = {
    "Virtual machine": itemgetter("vm_name"),
    "Source": itemgetter("source"),
    "Destination": itemgetter("destination"),
    "State": itemgetter("state"),
    "Percent": itemgetter("percent"),
    "Begun": itemgetter("created"),
    "Ended": itemgetter("ended"),
    "Driven": lambda row: "here" if row["ours"] else "elsewhere",
}


def run(core: Core, args: Namespace, out: Output) -> int:
    """List the jobs, or follow them to their ends with --watch; returns the exit code."""
    listed_hosts(core)
    if args.watch:
        return _watch(core, out)
    out.table([asdict(job) for job in core.moves.jobs()], _COLUMNS)
    return exits.DONE


def _watch(core: Core, out: Output) -> int:
    """Follow every running job; Ctrl+C ends the watching and nothing else."""
    code = exits.DONE
    with Inbox[JobView]() as inbox:
        undo = core.moves.subscribe(inbox.put)
        try:
            running = {job.id: job for job in core.moves.jobs() if not job.state.over}
            for job in running.values():
                _show(job, out)
            while running:
                item = inbox.next(UNKNOWN_SECONDS if _all_unknown(running.values()) else None)
                if isinstance(item, Interrupt):
                    return exits.CANCELLED
                if isinstance(item, Silence):
                    return exits.UNKNOWN
                if item.state.over and running.pop(item.id, None):
                    code = max(code, finish(item, out))
                elif not item.state.over:
                    running[item.id] = item
                    _show(item, out)
        finally:
            undo()
    return code


def _all_unknown(jobs: Iterable[JobView]) -> bool:
    return all(job.state is JobState.UNKNOWN for job in jobs)


def _show(job: JobView, out: Output) -> None:
    out.event("progress", **progress_of(job))
    if not out.as_json:
        out.message(words_of(job))

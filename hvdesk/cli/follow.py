"""Following a running move: its progress, Ctrl+C, and how it ended."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn

from hvdesk.app.core import Core
from hvdesk.cli import exits
from hvdesk.cli.output import Output, console
from hvdesk.cli.waiting import Inbox, Interrupt, Silence
from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, JobView, Phase
from hvdesk.domain.units import percent_text, size_text, visible_text

UNKNOWN_SECONDS = 120.0
"""How long a command waits for a host that cannot be reached before it leaves the move and exits with 5."""

HARDER = "cancel.harder"
"""Note of a job whose host goes on in spite of the wish to cancel."""

_PHASES = {
    Phase.CONNECTION: "connecting the hosts",
    Phase.STORAGE: "copying storage",
    Phase.VM_STATE: "moving memory and state",
    Phase.CLEAN_UP: "cleaning up the source",
}


class ProgressLines:
    """Progress on standard error: one moving line in a terminal, else a line for each change; JSON when asked for."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._last = ""
        terminal = console(sys.stderr)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            console=terminal,
            transient=True,
            disable=out.as_json or not terminal.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> ProgressLines:
        self._bar.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._bar.stop()

    def show(self, job: JobView) -> None:
        """Show the newest view of the job."""
        self._out.event("progress", **progress_of(job))
        words = words_of(job)
        self._bar.update(
            self._task,
            description=visible_text(words),
            total=None if job.percent is None else 100,
            completed=job.percent or 0,
        )
        if self._bar.disable and not self._out.as_json and words != self._last:
            self._out.message(words)
        self._last = words


def words_of(job: JobView) -> str:
    """State and phase of a job in words."""
    words = f"{job.vm_name}: {job.state.value}" + ("" if job.percent is None else f" {percent_text(job.percent)}")
    if job.state is JobState.MOVING and job.phase is not None:
        words += f", {_PHASES[job.phase]}"
    if job.storage_done_bytes is not None:
        words += f", {size_text(job.storage_done_bytes)} of {size_text(job.storage_total_bytes)}"
    if job.note:
        words += f" ({HvError(job.note).report().title})"
    return words


def progress_of(job: JobView) -> dict[str, Any]:
    """Keys of a progress object."""
    names = ("state", "phase", "percent", "storage_done_bytes", "storage_total_bytes", "note")
    return {"job": job.id, "vm": job.vm_name, "id": job.vm_id} | {name: getattr(job, name) for name in names}


def end_of(job: JobView) -> dict[str, Any]:
    """Keys of the last object, whose event is the state the job was left in."""
    error = asdict(job.error) if job.error else None
    names = {"vm": job.vm_name, "id": job.vm_id, "source": job.source, "destination": job.destination}
    return names | {"job": job.id, "error": error}


def follow(core: Core, job_id: str, inbox: Inbox[JobView], out: Output) -> int:
    """Show the job until it is over; returns the exit code. `inbox` gets every view of every job, and Ctrl+C.

    Ctrl+C cancels; when the host then goes on for long, once more ends the migration the hard way. Ctrl+C when all
    that was asked for already leaves the move to the host.
    """
    asked: set[bool] = set()
    last = next(job for job in core.moves.jobs() if job.id == job_id)
    with ProgressLines(out) as lines:
        lines.show(last)
        while not last.state.over:
            item = inbox.next(UNKNOWN_SECONDS if last.state is JobState.UNKNOWN else None)
            harder = last.note == HARDER
            if isinstance(item, Silence) or (isinstance(item, Interrupt) and harder in asked):
                break
            if isinstance(item, Interrupt):
                asked.add(harder)
                _cancel(core, last, harder, out)
            elif item.id == job_id:
                if item.note == HARDER and not harder:
                    out.message("Ctrl+C ends the migration the hard way.")
                last = item
                lines.show(last)
    return finish(last, out)


def _cancel(core: Core, job: JobView, harder: bool, out: Output) -> None:
    try:
        core.moves.cancel(job.id, harder=harder)
    except HvError as error:
        out.report(error.report())
        return
    out.message("Asked to cancel; waiting for the host. Ctrl+C again leaves the move to the host.")


def finish(job: JobView, out: Output) -> int:
    """Say how the job ended, or that it goes on without us; returns the exit code."""
    if not job.state.over:
        out.event("unknown", **end_of(job))
        if job.error:
            out.report(job.error)
        out.message("The move was left to the hosts. `hvdesk jobs` finds it again.")
        return exits.UNKNOWN
    out.event(job.state.value, **end_of(job))
    if job.note:
        out.message(HvError(job.note, host=job.source).report().title)
    if job.state is JobState.DONE:
        out.result(f"{job.vm_name} was moved from {job.source} to {job.destination}.")
    elif job.error:
        if not out.as_json:
            out.report(job.error)
    else:
        out.result(f"{job.vm_name}: {job.state.value}. It is still on {job.source}.")
    return exits.of_job(job.state)

"""The state of one move, kept in the journal and on the board."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.domain.move import JobState, JobView
from hvdesk.hyperv.plan import Plan
from hvdesk.hyperv.tools import MoveTools
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.journal import now_text

_log = logging.getLogger(__name__)

_CANCELLABLE = frozenset({JobState.QUEUED, JobState.STARTING, JobState.MOVING, JobState.UNKNOWN})


class MoveRecord:
    """Belongs to the thread that drives the move.

    A step is written down before it is done, or an error is raised (`begin`). States and the end are written down too,
    but a disk that refuses them must not stop us from watching: after a crash the hosts are asked anyway.
    """

    def __init__(self, tools: MoveTools, plan: Plan, state: JobState, created: str) -> None:
        self._tools = tools
        self._id = plan.job_id
        self.view = JobView(
            id=plan.job_id,
            kind="move",
            vm_id=plan.request.vm_id,
            vm_name=plan.request.vm_name,
            source=plan.source.label,
            destination=plan.destination.label,
            state=state,
            can_cancel=state in _CANCELLABLE,
            created=created,
        )
        tools.board.put(self.view)

    def begin(self, step: str, facts: Any, state: JobState) -> None:
        """A step is about to be done; on the disk when this returns. Raises HvError when it could not be written."""
        self._tools.journal.begin(self._id, step, facts, state)
        self._put(replace(self.view, state=state, note="", can_cancel=state in _CANCELLABLE))

    def reserve(self, reserved: Callable[[Sequence[Entry]], bool]) -> bool:
        """Starting, unless `reserved` says of the other open jobs that they were faster. Raises HvError."""
        if not self._tools.journal.reserve(self._id, JobState.STARTING, reserved):
            return False
        self._put(replace(self.view, state=JobState.STARTING, note="", error=None, can_cancel=True))
        return True

    def show(self, state: JobState, *, harder: bool = False, **figures: Any) -> None:
        """The state and what is known now; figures that are not given are not known. `harder`: the harder way of
        cancelling may be asked for."""
        shown = {"phase": None, "percent": None, "storage_done_bytes": None, "storage_total_bytes": None, "error": None}
        can_cancel = state in _CANCELLABLE or (harder and state is JobState.CANCELLING)
        if state is not self.view.state:
            self._write(self._tools.journal.state, self._id, state)
        self._put(replace(self.view, state=state, can_cancel=can_cancel, **{**shown, **figures}))

    def end(self, state: JobState, error: ErrorReport | None, *, note: str = "", left: bool = False) -> None:
        """The move is over. `left`: something of ours is still on a host, and the journal keeps it in mind."""
        if not left:
            self._write(self._tools.journal.done, self._id)
        self._write(self._tools.journal.end, self._id, state, error)
        self.show(state, error=error, note=note, ended=now_text())

    def _put(self, view: JobView) -> None:
        self.view = view
        self._tools.board.put(view)

    def _write(self, method: Callable[..., None], *values: object) -> None:
        try:
            method(*values)
        except HvError as error:
            _log.warning("the journal was not written (%s): %s", error.code, error.host_words)

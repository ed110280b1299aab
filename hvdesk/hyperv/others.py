"""Moves that this program did not start: of other programs of this data folder, of programs that died, of other
admins."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from hvdesk.domain.errors import HvError
from hvdesk.domain.model import MigrationJob
from hvdesk.domain.move import JobState, JobView
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.plan import sent_of
from hvdesk.hyperv.sight import look, phase_of
from hvdesk.hyperv.tools import MoveTools
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.history import view_of
from hvdesk.jobs.journal import now_text

_log = logging.getLogger(__name__)

_ONLY_CHECKED = frozenset({JobState.CHECKING, JobState.READY})
_MOVING_JOB_TYPES = frozenset({305, 306, 307})
_Seen = tuple[tuple[MigrationJob, ...], Mapping[str, str]]
_ENDS = {7: JobState.DONE, 8: JobState.CANCELLED, 9: JobState.CANCELLED, 32768: JobState.DONE}


class OtherPrograms:
    """Follows the journal's entries of other programs and never drives them; takes over those whose program is gone.

    One thread at a time.
    """

    def __init__(self, tools: MoveTools, adopt: Callable[[Entry], None]) -> None:
        self._tools = tools
        self._adopt = adopt
        self._shown: set[str] = set()

    def follow(self) -> None:
        """Look again and again until the program ends."""
        while not self._tools.stopping.wait(self._tools.patience.look):
            try:
                self.look(figures=True)
            except HvError as error:
                _log.warning("the journal was not read (%s): %s", error.code, error.host_words)

    def look(self, *, figures: bool) -> None:
        """One look at the journal; with `figures` the hosts are asked how far the moves are, which may block."""
        journal, drivers = self._tools.journal, self._tools.drivers
        others = {entry.id: entry for entry in journal.open_jobs() if entry.driver != drivers.token}
        gone = [entry for entry in others.values() if not drivers.alive(entry.driver)]
        for entry in gone:
            left = journal.adopt(entry.id, entry.driver, drivers.token)  # which may be further than `entry`
            self._shown.discard(entry.id)
            if left is not None:
                self._adopt(left)
        for entry in others.values():
            if entry not in gone and entry.state not in _ONLY_CHECKED:
                self._shown.add(entry.id)
                self._tools.board.put(self._view(entry, figures=figures))
        for job_id in self._shown - others.keys():
            self._shown.discard(job_id)
            ended = journal.get(job_id)
            if ended is not None:
                self._tools.board.put(view_of(ended, ours=False))

    def _view(self, entry: Entry, *, figures: bool) -> JobView:
        view = view_of(entry, ours=False)
        sent = sent_of(entry)
        if not figures or sent is None:
            return view
        sight = look(self._tools.connector, entry.request, frozenset(sent.before))
        if sight.job is None or not sight.job.running:
            return view
        return replace(view, phase=phase_of(sight), percent=sight.job.percent)


class OtherAdmins:
    """Shows the migrations of a host that no entry of the journal is about. Thread-safe."""

    def __init__(self, tools: MoveTools) -> None:
        self._tools = tools
        self._lock = threading.Lock()
        self._running: dict[str, dict[str, JobView]] = {}

    def observe(self, host_id: str) -> None:
        """Ask the host for its migrations and put those of others on the board; returns at once."""
        label = self._tools.connector.label(host_id)
        self._tools.connector.ask(host_id, self._read, lambda outcome: self._take(host_id, label, outcome))

    def _read(self, host: HyperVHost) -> _Seen:
        """The host's migration jobs, and names of VMs when there is one to be named."""
        jobs = host.migration_jobs().jobs
        ours = self._in_journal()
        foreign = any(_is_move(job) and job.vm_id not in ours for job in jobs)
        return jobs, {vm.id: vm.name for vm in host.vms()} if foreign else {}

    def _in_journal(self) -> set[str]:
        """VMs that a program of this data folder moves."""
        entries = self._tools.journal.open_jobs()
        return {entry.request.vm_id for entry in entries if entry.state not in _ONLY_CHECKED}

    def _take(self, host_id: str, label: str, outcome: Outcome[_Seen]) -> None:
        if outcome.error is not None or self._tools.stopping.is_set():
            return  # whoever asked for the host's state hears of it there
        jobs, names = outcome.get()
        ours = self._in_journal()
        with self._lock:
            before = self._running.get(host_id, {})
            running = {
                job.instance_id: _foreign(job, label, names, before.get(job.instance_id))
                for job in jobs
                if _is_move(job) and (job.vm_id not in ours or job.instance_id in before)
            }
            self._running[host_id] = running
        states = {job.instance_id: _ENDS.get(job.job_state, JobState.FAILED) for job in jobs}
        for view in running.values():
            self._tools.board.put(view)
        for job_id in before.keys() - running.keys():
            ended = replace(before[job_id], state=states.get(job_id, JobState.UNKNOWN), percent=None, ended=now_text())
            self._tools.board.put(ended)


def _is_move(job: MigrationJob) -> bool:
    return job.running and job.job_type in _MOVING_JOB_TYPES


def _foreign(job: MigrationJob, label: str, names: Mapping[str, str], before: JobView | None) -> JobView:
    if before is not None:
        return replace(before, percent=job.percent)
    return JobView(
        id=job.instance_id,
        kind="move" if job.destination else "move-storage",
        vm_id=job.vm_id,
        vm_name=names.get(job.vm_id, job.vm_id),
        source=label,
        destination=job.destination or label,
        state=JobState.MOVING,
        percent=job.percent,
        ours=False,
        created=now_text(),
    )

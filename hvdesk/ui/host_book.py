"""The hosts as the window knows them, and when each is asked: the one shown, those with a running move, no other."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from hvdesk.ui.bridge import Bridge
from hvdesk.ui.job_book import JobBook
from hvdesk.ui.pacer import Pacer

if TYPE_CHECKING:
    from hvdesk.app.core import Core
    from hvdesk.domain.errors import HvError
    from hvdesk.domain.model import HostFacts, MigrationJob, VmSummary
    from hvdesk.domain.move import JobView
    from hvdesk.domain.outcome import Outcome
    from hvdesk.hyperv.host import HyperVHost
    from hvdesk.settings.schema import HostEntry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What was last learned of a host. `learned` is a monotonic time, None before the first answer."""

    facts: HostFacts | None = None
    vms: tuple[VmSummary, ...] = ()
    migrations: tuple[MigrationJob, ...] = ()
    error: HvError | None = None
    learned: float | None = None
    asking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answer; None for what was not asked."""

    migrations: tuple[MigrationJob, ...]
    vms: tuple[VmSummary, ...] | None = None
    facts: HostFacts | None = None


def _everything(host: HyperVHost) -> Look:
    """Runs in the host's lane."""
    return Look(facts=host.facts(), vms=tuple(host.vms()), migrations=host.migration_jobs().jobs)


def _lists(host: HyperVHost) -> Look:
    """Runs in the host's lane."""
    return Look(vms=tuple(host.vms()), migrations=host.migration_jobs().jobs)


def _migrations(host: HyperVHost) -> Look:
    """Runs in the host's lane."""
    return Look(migrations=host.migration_jobs().jobs)


class HostBook(QObject):
    """Signals: `listed` when the list of hosts differs, `changed` with the id of a host whose state differs.

    A poll that fails marks its host and is logged; it opens no dialog.
    """

    listed = Signal()
    changed = Signal(object)

    def __init__(self, jobs: JobBook, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core: Core | None = None
        self._jobs = jobs
        self._bridge = bridge
        self._states: dict[str, HostState] = {}
        self._listed: tuple[HostEntry, ...] = ()
        self._shown: str | None = None
        self._away = False
        self._pacer = Pacer(self)
        self._lists_timer, self._jobs_timer = QTimer(self), QTimer(self)
        self._lists_timer.timeout.connect(self._poll_shown)
        self._jobs_timer.timeout.connect(self._poll_moving)
        jobs.changed.connect(self._on_job)

    def begin(self, core: Core) -> None:
        """Learn what hosts are listed, and hear of changes and ask them from now on."""
        self._core = core
        self._unsubscribe = core.subscribe_hosts(partial(self._bridge.to(self, self._hosts_differ), core))
        self._hosts_differ(core)

    def hosts(self) -> tuple[HostEntry, ...]:
        """The listed hosts."""
        return self._core.hosts() if self._core else ()

    def entry(self, host_id: str) -> HostEntry | None:
        """The entry of a listed host."""
        return next((entry for entry in self.hosts() if entry.id == host_id), None)

    def state(self, host_id: str) -> HostState:
        """What is known of a host; empty for one never asked."""
        return self._states.get(host_id, HostState())

    def show(self, host_id: str | None) -> None:
        """Make `host_id` the host shown and ask it at once."""
        self._shown = host_id
        if host_id is not None:
            self.refresh(host_id)

    def refresh(self, host_id: str) -> None:
        """Ask a host everything now: F5, or a host just chosen. Nothing while an answer is on its way."""
        self._ask(host_id, everything=True)

    def set_away(self, away: bool) -> None:
        """Minimised: hosts are asked only while a move runs."""
        self._away = away
        if not away and self._shown is not None:
            self._ask(self._shown)

    def close(self) -> None:
        """Ask nothing and hear of nothing any more; before the core goes away."""
        self._lists_timer.stop()
        self._jobs_timer.stop()
        self._pacer.close()
        self._unsubscribe()

    def _hosts_differ(self, core: Core) -> None:
        preferences = core.preferences()
        self._lists_timer.start(round(preferences.refresh_seconds * 1000))
        self._jobs_timer.start(round(preferences.jobs_refresh_seconds * 1000))
        if self.hosts() == self._listed:
            return
        self._listed = self.hosts()
        known = {entry.id for entry in self._listed}
        self._states = {host_id: state for host_id, state in self._states.items() if host_id in known}
        if self._shown not in known:
            self._shown = None
        self.listed.emit()

    def _poll_shown(self) -> None:
        if self._shown is not None and not (self._away and not any(self._jobs.running())):
            self._ask(self._shown)

    def _on_job(self, job: JobView) -> None:
        """A move that has just ended: what the list says of it would be old until the next poll."""
        entry = self.entry(self._shown) if self._shown is not None else None
        if job.state.over and entry is not None and entry.name in (job.source, job.destination):
            self._ask(entry.id)

    def _poll_moving(self) -> None:
        moving = {label for job in self._jobs.running() for label in (job.source, job.destination)}
        for entry in self.hosts():
            if entry.name in moving and self.state(entry.id).error is None:
                self._ask(entry.id, migrations_only=True)

    def _ask(self, host_id: str, *, everything: bool = False, migrations_only: bool = False) -> None:
        state = self.state(host_id)
        if self._core is None or state.asking:
            return
        question = _lists
        if everything or state.facts is None or state.error is not None:
            question = _everything
        elif migrations_only:
            question = _migrations
        self._states[host_id] = replace(state, asking=True)
        done = self._bridge.to(self, partial(self._answered, host_id))
        self._pacer.ask(partial(self._core.ask, host_id, question, done), first=host_id == self._shown)
        if everything:
            self.changed.emit(host_id)

    def _answered(self, host_id: str, outcome: Outcome[Look]) -> None:
        state = replace(self.state(host_id), asking=False, error=outcome.error)
        if self._core is None or self.entry(host_id) is None:
            return
        if outcome.error is not None:
            log.info("asking a host failed: %s", outcome.error.code, extra={"host": outcome.error.host})
        else:
            look = outcome.get()
            if any(job.running for job in (*state.migrations, *look.migrations)):
                self._core.moves.observe([host_id])  # other admins' migrations become rows of Jobs, and end there
            state = replace(
                state,
                facts=look.facts or state.facts,
                vms=state.vms if look.vms is None else look.vms,
                migrations=look.migrations,
                learned=time.monotonic(),
            )
        self._states[host_id] = state
        self.changed.emit(host_id)

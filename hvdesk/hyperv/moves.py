"""The moves of this program: prepared, started, followed, found again; what both front ends use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Literal

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import CheckReport, JobState, JobView, MoveRequest
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.check import Checked
from hvdesk.hyperv.connector import Connector
from hvdesk.hyperv.move import Move
from hvdesk.hyperv.others import OtherAdmins, OtherPrograms
from hvdesk.hyperv.plan import Plan, Sent, cancel_sent_of, plan_of, sent_of
from hvdesk.hyperv.prepare import PreparedMove
from hvdesk.hyperv.recovery import end_unsent, tidy
from hvdesk.hyperv.session import MoveSession
from hvdesk.hyperv.tools import MoveTools, Patience
from hvdesk.jobs.drivers import Drivers
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.history import history
from hvdesk.jobs.journal import Journal
from hvdesk.jobs.runner import Runner
from hvdesk.jobs.threads import Deadline

_FOR_WISHES = 0.8
"""Share of the time to close in which checks clear away and cancelled moves end; the rest is for what hangs."""


class MoveService:
    """Thread-safe. No method waits for a host but `close`; `prepare`, `start`, `jobs` and `reattach` use the journal.

    Reports and views are delivered on worker threads, the first view of a move on the thread that starts it. A VM is
    in the hands of one check or move at a time, over all programs of the data folder.
    """

    def __init__(
        self,
        connector: Connector,
        runner: Runner,
        journal: Journal,
        drivers: Drivers,
        *,
        patience: Patience | None = None,
    ) -> None:
        """`runner` is for moves alone or may be shared: `close` waits for all its threads."""
        self._tools = MoveTools(
            connector=connector, runner=runner, journal=journal, drivers=drivers, patience=patience or Patience()
        )
        self._lock = threading.Lock()
        self._claims: dict[str, PreparedMove | Move] = {}
        self._closing = False
        self._programs = OtherPrograms(self._tools, self._adopt)
        self._admins = OtherAdmins(self._tools)

    def prepare(self, request: MoveRequest, on_report: Callable[[Outcome[CheckReport]], None]) -> PreparedMove:
        """Check a move; `on_report` is called exactly once. What is given back is to be started or abandoned.

        Raises HvError `vm.busy` while another check or move has the VM, `host.not_listed`, `program.closing`.
        """
        for host_id in (request.source, request.destination):
            self._tools.connector.label(host_id)
        busy = HvError("vm.busy", facts={"vm": request.vm_name})
        for entry in self._tools.journal.open_jobs():
            if entry.request.vm_id == request.vm_id and not self._has_claim(entry):
                raise busy
        with self._lock:
            if self._closing:
                raise HvError("program.closing")
            earlier = self._claims.get(request.vm_id)
            if isinstance(earlier, Move) and not earlier.over:
                raise busy
            if isinstance(earlier, PreparedMove) and not (earlier.abandoned or earlier.gone.is_set()):
                raise busy
            after = earlier if isinstance(earlier, PreparedMove) else None
            prepared = PreparedMove(self._tools, request, on_report, start=self._start, after=after)
            self._claims[request.vm_id] = prepared
            return prepared

    def cancel(self, job_id: str, harder: bool = False) -> None:
        """Ask for the end of a move; the outcome comes as views. `harder` ends the migration on the host at once, and
        only after it went on for a while in spite of the first wish: the user must have been asked again.

        Raises HvError `job.not_found`, `job.not_ours`, `job.over`, `cancel.not_yet`.
        """
        with self._lock:
            moves = {claim.plan.job_id: claim for claim in self._claims.values() if isinstance(claim, Move)}
        if job_id in moves:
            moves[job_id].cancel(harder=harder)
            return
        view = next((view for view in self.jobs() if view.id == job_id), None)
        if view is None:
            raise HvError("job.not_found", facts={"id": job_id})
        raise HvError("job.over" if view.state.over else "job.not_ours", facts={"vm": view.vm_name})

    def jobs(self) -> tuple[JobView, ...]:
        """Every move known: those that run, ours or not, and the latest that are over."""
        views = self._tools.board.views()
        shown = {view.id for view in views}
        return (*views, *(view for view in history(self._tools.journal) if view.id not in shown))

    def subscribe(self, changed: Callable[[JobView], None]) -> Callable[[], None]:
        """Call `changed` with every new view of a job; gives back the undo."""
        return self._tools.board.subscribe(changed)

    def hosts_in_use(self) -> frozenset[str]:
        """Ids of the hosts that a check or a move of this program needs."""
        with self._lock:
            requests = [_request(claim) for claim in self._claims.values() if not claim.gone.is_set()]
        return frozenset(host for request in requests for host in (request.source, request.destination))

    def reattach(self) -> None:
        """At start-up: follow the moves of programs that are gone, show those of programs that live, and remove what
        an earlier run had to leave. Returns at once."""
        self._programs.look(figures=False)
        for entry in self._tools.journal.loose_jobs():
            self._tools.runner.start(f"tidy {entry.request.vm_name}", partial(tidy, self._tools, entry))

    def follow(self) -> None:
        """Go on doing so: show how the moves of other programs stand, take them over when their program is gone."""
        self._tools.runner.start("other programs' moves", self._programs.follow)

    def observe(self, host_ids: Sequence[str]) -> None:
        """Ask hosts for migrations that other admins started; they come as views with `ours` False. Returns at once.

        Call it whenever such a host is refreshed.
        """
        for host_id in host_ids:
            self._admins.observe(host_id)

    def close(self, policy: Literal["leave", "cancel"], seconds: float) -> bool:
        """Take nothing more; give up checks, cancel moves or let them go on at the hosts. Blocks up to `seconds`; False
        when something still hung on the wire. The connector takes nothing more from then on: close it, the journal and
        the drivers, in this order. Once only.
        """
        deadline = Deadline(seconds)
        with self._lock:
            self._closing = True
            claims = [claim for claim in self._claims.values() if not claim.gone.is_set()]
        for claim in claims:
            if isinstance(claim, PreparedMove):
                claim.abandon()
            elif policy == "cancel":
                with suppress(HvError):  # it is over by itself at this moment
                    claim.cancel(harder=False)
        wishes = Deadline(seconds * _FOR_WISHES)
        for claim in claims:
            if policy == "cancel" or isinstance(claim, PreparedMove):
                claim.gone.wait(wishes.left())
        for claim in claims:
            if isinstance(claim, Move):
                claim.leave()
        self._tools.stopping.set()
        self._tools.connector.stop()
        return not self._tools.runner.join(deadline.left())

    def _start(self, entry: Entry, checked: Checked, session: MoveSession) -> None:
        plan = Plan(
            job_id=entry.id, request=checked.report.request, source=checked.source, destination=checked.destination
        )
        sent = Sent(targets=checked.targets)
        move = Move(self._tools, plan, sent, state=JobState.QUEUED, created=entry.created_at)
        self._claim(move)
        self._tools.runner.start(f"move {plan.request.vm_name}", lambda: move.drive(session, checked.call))

    def _has_claim(self, entry: Entry) -> bool:
        """Whether an open job is that of a check or move at work here. One of ours that is not, because its end could
        not be written down, is gone on with: soon it is over."""
        if entry.driver != self._tools.drivers.token:
            return False
        with self._lock:
            claim = self._claims.get(entry.request.vm_id)
        if claim is None or not claim.gone.is_set():
            return True
        left = self._tools.journal.get(entry.id)
        if left is None or left.ended_at is not None:
            return True  # its claim was given up in this moment
        self._adopt(left)
        return False

    def _adopt(self, entry: Entry) -> None:
        """Go on with a job whose program is gone; the journal says that it is ours now."""
        sent = sent_of(entry)
        name = entry.request.vm_name
        if sent is None:
            self._tools.runner.start(f"tidy {name}", partial(end_unsent, self._tools, entry))
            return
        move = Move(
            self._tools,
            plan_of(entry),
            sent,
            state=entry.state,
            created=entry.created_at,
            cancel_sent=cancel_sent_of(entry),
        )
        self._claim(move)
        self._tools.runner.start(f"move {name}", move.resume)

    def _claim(self, move: Move) -> None:
        with self._lock:
            self._claims[move.plan.request.vm_id] = move
            if self._closing:
                move.leave()


def _request(claim: PreparedMove | Move) -> MoveRequest:
    return claim.request if isinstance(claim, PreparedMove) else claim.plan.request

"""A move, from the user's word to an end that both hosts confirm. Move-VM is sent once, and never again.

Two threads: one in whose session Move-VM blocks (MoveSession), and the one here, which asks both hosts over their
request sessions how things stand. So a lost session costs nothing but the cmdlet's words, and a move of a program that
died is followed in the same way.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hvdesk.domain.calls import Call as HostCall
from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, Phase
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.endings import call_of, cause, explained, remains
from hvdesk.hyperv.errors import AgentError, OutcomeUnknown
from hvdesk.hyperv.messages import Moved
from hvdesk.hyperv.plan import CANCEL, MOVE, Plan, Sent
from hvdesk.hyperv.queueing import await_slots
from hvdesk.hyperv.record import MoveRecord
from hvdesk.hyperv.session import MoveSession
from hvdesk.hyperv.sight import Sight, look, phase_of
from hvdesk.hyperv.tools import MoveTools
from hvdesk.hyperv.verdict import Call, Judge, Verdict
from hvdesk.hyperv.wishes import Wishes
from hvdesk.hyperv.witness import clocks, witnessed
from hvdesk.jobs.threads import report_exception

_log = logging.getLogger(__name__)

ACCEPTED = (0, 4096)
"""RequestStateChange: done, and: a job was started that does it."""

_LOST: Outcome[Moved] = Outcome(error=OutcomeUnknown(HvError("host.lost")))
_LONGEST_PAUSE = 8


class Move:
    """`cancel` and `leave` may be called on any thread; all else belongs to the thread that drives the move."""

    def __init__(
        self, tools: MoveTools, plan: Plan, sent: Sent, *, state: JobState, created: str, cancel_sent: bool = False
    ) -> None:
        """Shows the move on the board. `cancel_sent`: the program that is gone had asked the host to cancel it."""
        self.plan = plan
        self._tools = tools
        self._sent = sent
        self._wishes = Wishes()
        self._judge = Judge(tools.patience)
        self._record = MoveRecord(tools, plan, state, created)
        self._cancel_sent = cancel_sent
        self._refused = False
        self.gone = threading.Event()
        """Set when this program has nothing more to do with the move: it is over, or was left."""

    @property
    def over(self) -> bool:
        """True once the move has ended. Any thread."""
        return self._record.view.state.over

    def cancel(self, *, harder: bool) -> None:
        """Ask for the end of the move; the host may refuse. `harder` only after it went on in spite of a first wish.

        Raises HvError `job.over` or `cancel.not_yet`.
        """
        if self.over:
            raise self.plan.error("job.over")
        if harder and not self._harder_due:
            raise self.plan.error("cancel.not_yet", seconds=round(self._tools.patience.harder))
        self._wishes.cancel(harder=harder)

    def leave(self) -> None:
        """Stop following; a move that was sent goes on at the host, and its entry in the journal stays open."""
        self._wishes.leave()

    def drive(self, session: MoveSession, call: HostCall) -> None:
        """Wait for slots, send Move-VM, follow it to its end. Ends the session."""
        try:
            with self._guarded():
                if self._begin(session, call):
                    self._follow()
        finally:
            self._tools.slots.release(self.plan.request.vm_id)
            session.end(self._tools.patience.end, move_over=self.over)
            self.gone.set()

    def resume(self) -> None:
        """Follow a move that a program that is gone sent; its answer is lost with it."""
        self._wishes.answered(_LOST)
        try:
            with self._guarded():
                if self._same_hosts():
                    self._follow()
        finally:
            self.gone.set()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """A defect of ours must not look like a running move: it is reported, and the next start finds the move."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - not swallowed: reported
            report_exception()
            defect = self.plan.error("program.defect", detail=repr(error))
            self._record.show(JobState.UNKNOWN, error=defect.report())

    def _begin(self, session: MoveSession, call: HostCall) -> bool:
        """True when Move-VM was sent; False when the move ended before, and nothing was."""
        try:
            slots = await_slots(self._tools, self.plan, self._wishes, self._record)
            if not slots or not self._made_ready(session):
                self._record.end(JobState.CANCELLED, self.plan.error("move.cancelled_before").report())
                return False
            self._record.begin(MOVE, self._sent.facts(), JobState.STARTING)
        except HvError as error:
            self._record.end(JobState.FAILED, explained(self.plan.about(error), self.plan.error("move.unsent")))
            return False
        session.move(call, self._wishes.answered)
        return True

    def _made_ready(self, session: MoveSession) -> bool:
        """False when the user, or the end of the program, was faster."""
        session.make_ready()
        before, seen = self._jobs_before(), clocks(self._tools, self.plan)
        self._sent = Sent(before=before, targets=self._sent.targets, clocks=seen)
        return not (self._wishes.cancelling or self._wishes.leaving)

    def _jobs_before(self) -> tuple[str, ...]:
        """The source's jobs of this VM that are not ours; raises `vm.migrating` when one of them runs, `vm.not_found`
        when the VM is gone: it may have waited for long."""
        request = self.plan.request
        here = self._tools.connector.asked(request.source, lambda host: host.presence(request.vm_id))
        jobs = self._tools.connector.asked(request.source, lambda host: host.migration_jobs().jobs).get()
        before = [job for job in jobs if job.vm_id == request.vm_id]
        if not here.get().present:
            raise self.plan.error("vm.not_found")
        if any(job.running for job in before):
            raise self.plan.error("vm.migrating")
        return tuple(job.instance_id for job in before)

    def _same_hosts(self) -> bool:
        """Wait until both hosts are those of the journal: another computer's answers would mean nothing. False when
        the move is left meanwhile."""
        while not self._wishes.leaving:
            trouble = self._host_trouble()
            if trouble is None:
                return True
            self._record.show(JobState.UNKNOWN, error=trouble.report())
            self._wishes.wait(self._tools.patience.look)
        return False

    def _host_trouble(self) -> HvError | None:
        request = self.plan.request
        marks = {request.source: self.plan.source, request.destination: self.plan.destination}
        asked = {host_id: self._tools.connector.asked(host_id, lambda host: host.facts()) for host_id in marks}
        for host_id, mark in marks.items():
            answer = asked[host_id].outcome()
            if answer.error is not None:
                return self._unreachable(answer.error)
            if answer.get().identity != mark.identity:
                names = {"expected": mark.identity[0], "found": answer.get().name}
                return self.plan.error("move.host_changed", host=mark.label, **names)
        return None

    def _follow(self) -> None:
        """Look at both hosts until their answers are an end, or the move is left."""
        away = 0
        while not self._wishes.leaving:
            sight = look(self._tools.connector, self.plan.request, frozenset(self._sent.before))
            if self._wishes.leaving:
                return  # the sessions may have been ended under us: what was seen says nothing
            outcome = self._wishes.outcome
            call = call_of(outcome)
            verdict = self._judge.judge(sight, call)
            if verdict not in (Verdict.GOES_ON, Verdict.NOT_KNOWN):
                self._end(verdict, sight, outcome)
                return
            away = away + 1 if verdict is Verdict.NOT_KNOWN else 0
            self._show(sight, verdict, call)
            self._pass_on_cancel(sight)
            self._wishes.wait(self._tools.patience.look * min(1 + away, _LONGEST_PAUSE))

    def _show(self, sight: Sight, verdict: Verdict, call: Call) -> None:
        if verdict is Verdict.NOT_KNOWN and sight.trouble is not None:
            self._record.show(JobState.UNKNOWN, error=self._unreachable(sight.trouble).report())
            return
        running = sight.job is not None and sight.job.running
        if self._wishes.cancelling or self._cancel_sent:
            state = JobState.CANCELLING
        elif running or sight.migrating:
            state = JobState.MOVING
        else:
            state = JobState.STARTING if call is Call.BLOCKS else JobState.VERIFYING
        figures = {"phase": phase_of(sight), "percent": sight.job.percent if running and sight.job else None}
        self._record.show(state, note=self._note(), harder=self._harder_due, **figures, **self._storage(sight))

    def _unreachable(self, trouble: HvError) -> HvError:
        words = f"{trouble}\n{trouble.host_words}".strip()
        return self.plan.error("move.unreachable", host=trouble.host, words=words)

    @property
    def _harder_due(self) -> bool:
        """True when the host took the wish to cancel and went on for long. Any thread."""
        waited = self._wishes.seconds_since_accepted()
        return waited is not None and waited >= self._tools.patience.harder

    def _note(self) -> str:
        if self._refused:
            return "cancel.refused"
        if self._harder_due:
            return "cancel.harder"
        return "" if self._wishes.seconds_since_accepted() is None else "cancel.asked"

    def _storage(self, sight: Sight) -> dict[str, int]:
        """Bytes copied, by the length of the target files; nothing unless all of them grow from nothing."""
        targets = self._sent.targets
        sizes = [target.bytes for target in targets if target.grows and target.bytes is not None]
        if phase_of(sight) is not Phase.STORAGE or not sizes or len(sizes) < len(targets):
            return {}
        paths = [path for target in targets for path in target.paths]
        asked = self._tools.connector.asked(self.plan.request.destination, lambda host: host.file_lengths(paths))
        lengths = [file.length for file in asked.outcome().value or () if file.length is not None]
        return {"storage_done_bytes": sum(lengths), "storage_total_bytes": sum(sizes)} if lengths else {}

    def _pass_on_cancel(self, sight: Sight) -> None:
        """Send the wish to cancel to the job on the source, once there is one; the move goes on until it has ended."""
        job = sight.job
        if job is None or not job.running or not self._wishes.cancelling:
            return
        kill = self._wishes.take_cancel()
        try:
            self._record.begin(CANCEL, {"job": job.instance_id, "kill": kill}, JobState.CANCELLING)
            asked = self._tools.connector.asked(
                self.plan.request.source, lambda host: host.cancel_migration(job.instance_id, kill=kill)
            )
            taken = asked.get() in ACCEPTED
        except OutcomeUnknown:
            taken = True  # perhaps; if it was not, the move goes on and the user may ask again
        except AgentError:
            taken = False
        except HvError as error:
            _log.warning("the wish to cancel was not passed on (%s): %s", error.code, error.host_words)
            self._wishes.keep_cancel()
            return
        self._cancel_sent, self._refused = self._cancel_sent or taken, not taken
        if taken:
            self._wishes.accepted()

    def _end(self, verdict: Verdict, sight: Sight, outcome: Outcome[Moved] | None) -> None:
        if verdict is Verdict.MOVED:
            self._record.end(JobState.DONE, None, note="cancel.late" if self._cancel_sent else "")
            return
        if verdict is Verdict.STAYED:
            self._end_stayed(cause(self.plan, outcome, sight.job))
            return
        code = "move.duplicated" if verdict is Verdict.DUPLICATED else "move.vanished"
        words = cause(self.plan, outcome, sight.job).host_words
        self._record.end(JobState.FAILED, self._witnessed(self.plan.error(code, words=words)).report(), left=True)

    def _witnessed(self, error: HvError) -> HvError:
        return witnessed(self._tools, self.plan, self._sent, error)

    def _end_stayed(self, error: HvError) -> None:
        """The VM is where it was: take back what is ours, and say what is left."""
        self._record.show(JobState.VERIFYING, note=self._note())
        left = remains(self._tools, self.plan, self._sent)
        also = (self.plan.error("move.stayed"), *left)
        planned_left = any(one.code == "compare.left_planned" for one in left)
        if not self._cancel_sent:
            self._record.end(JobState.FAILED, explained(self._witnessed(error), *also), left=planned_left)
        elif left:
            report = explained(self.plan.error("move.cancelled"), *also)
            self._record.end(JobState.CANCELLED, report, left=planned_left)
        else:
            self._record.end(JobState.CANCELLED, None)

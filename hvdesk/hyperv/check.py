"""The check of a move: the rules over what both hosts say, then Compare-VM in the session that the move will use."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from hvdesk.domain import checks, checks_storage
from hvdesk.domain.calls import Call
from hvdesk.domain.errors import Finding, HvError, Severity
from hvdesk.domain.model import CompatibilityReport
from hvdesk.domain.move import CheckReport, JobState, MoveRequest
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.situation import DiskTarget, Side, Situation, disk_targets
from hvdesk.hyperv import calls
from hvdesk.hyperv.codes import about_destination
from hvdesk.hyperv.errors import AgentError, OutcomeUnknown
from hvdesk.hyperv.planned import Leftover, remove_planned
from hvdesk.hyperv.session import MoveSession
from hvdesk.hyperv.survey import survey
from hvdesk.hyperv.tools import MoveTools
from hvdesk.jobs.entries import Entry, HostMark

COMPARE = "compare"
"""Step of the journal: Compare-VM registers the VM on the destination for the trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A finished check: its report, the two hosts as they are, and the disk files that the move will make.

    `targets` is empty when files of their names were there before: their lengths would tell nothing.
    """

    report: CheckReport
    call: Call
    source: HostMark
    destination: HostMark
    targets: tuple[DiskTarget, ...]


class Check:
    """One check of one request, run once on a thread that may block. It changes nothing on the hosts but the trial
    registration that Compare-VM makes, which is in the journal before it is made and is removed afterwards."""

    def __init__(self, tools: MoveTools, request: MoveRequest, job_id: str) -> None:
        self._tools = tools
        self._request = request
        self._job_id = job_id
        self.session: MoveSession | None = None
        """Opened for Compare-VM; belongs to whoever runs the check, also when it fails."""
        self.in_journal = False
        """True once there is an entry, which must be ended or discarded."""
        self.leftover = Leftover.GONE
        """What became of the trial registration."""
        self.given_up = threading.Event()
        """Set it, on any thread, to end the check before it compares."""

    def run(self) -> Checked:
        """Raises HvError when a host could not be asked, `vm.busy` when another program is at this VM,
        `check.abandoned`."""
        request = self._request
        self._remove_earlier()
        situation = survey(self._tools.connector, request)
        folder = request.storage.folder
        facts = situation.destination.facts
        findings = checks.run(situation)
        if self.given_up.is_set():
            raise HvError("check.abandoned")
        if not any(finding.severity is Severity.BLOCKER for finding in findings):
            comparison = calls.compare(request.vm_id, facts.fqdn, folder)
            findings = checks.worst_first((*findings, *self._compare(comparison, situation)))
        call = calls.move(request.vm_id, facts.fqdn, folder)
        report = CheckReport(
            request=request,
            findings=findings,
            calls=(call,),
            storage_bytes=situation.vm.storage_bytes,
            free_bytes=checks_storage.free_bytes(situation),
        )
        targets = disk_targets(situation.vm, folder)
        fresh = not any(path in situation.files_there for target in targets for path in target.paths)
        return Checked(
            report=report,
            call=call,
            source=_mark(situation.source),
            destination=_mark(situation.destination),
            targets=targets if fresh else (),
        )

    def _remove_earlier(self) -> None:
        """A trial registration that an earlier check or move of ours had to leave."""
        for entry in self._tools.journal.loose_jobs(self._request.vm_id):
            if remove_planned(self._tools, entry.request, self._tools.patience.earlier) is not Leftover.LEFT:
                self._tools.journal.done(entry.id)

    def _compare(self, comparison: Call, situation: Situation) -> tuple[Finding, ...]:
        journal, vm_name = self._tools.journal, self._request.vm_name
        journal.add(
            Entry(
                id=self._job_id,
                driver=self._tools.drivers.token,
                request=self._request,
                source=_mark(situation.source),
                destination=_mark(situation.destination),
                state=JobState.CHECKING,
            )
        )
        self.in_journal = True
        journal.begin(self._job_id, COMPARE, {}, JobState.CHECKING)
        self.session = MoveSession(self._tools.connector, self._request.source, f"move {vm_name}")
        outcome = self.session.compare(comparison)
        if isinstance(outcome.error, OutcomeUnknown):
            self.session.end(self._tools.patience.end)  # what may still run in it holds the planned VM
        self.leftover = remove_planned(self._tools, self._request, self._tools.patience.planned)
        if self.leftover is not Leftover.LEFT:
            journal.done(self._job_id)
        return (*self._judged(outcome, situation), *self._left(situation))

    def _judged(self, outcome: Outcome[CompatibilityReport], situation: Situation) -> tuple[Finding, ...]:
        """Compare-VM's report or error as findings; raises what is neither: the session was lost."""
        error = outcome.error
        if not isinstance(error, AgentError):
            return checks.compared(outcome.get(), self._request.vm_name, situation.destination.label)
        code = "compare.failed" if error.code == "agent.error" else error.code
        side = situation.destination if about_destination(code) else situation.source
        return (situation.finding(code, Severity.BLOCKER, side, words=error.host_words),)

    def _left(self, situation: Situation) -> tuple[Finding, ...]:
        if self.leftover is Leftover.TAKEN:
            return (situation.finding("vm.migrating", Severity.BLOCKER, situation.source),)
        if self.leftover is Leftover.LEFT:
            return (situation.finding("compare.left_planned", Severity.WARNING, situation.destination),)
        return ()


def _mark(side: Side) -> HostMark:
    return HostMark(label=side.label, identity=side.facts.identity)

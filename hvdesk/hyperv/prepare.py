"""A move that is being checked, or is checked and waits for the user's word."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from uuid import uuid4

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import CheckReport, JobState, MoveRequest
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.check import Check, Checked
from hvdesk.hyperv.planned import Leftover
from hvdesk.hyperv.session import MoveSession
from hvdesk.hyperv.tools import MoveTools
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.lanes import outcome_of

Start = Callable[[Entry, Checked, MoveSession], None]

_log = logging.getLogger(__name__)


class PreparedMove:
    """Made by MoveService.prepare; thread-safe. Exactly one of `start` and `abandon` ends it.

    Until it is started it is no job: nothing but its check happens, and `abandon` leaves nothing of it behind, neither
    on the hosts nor in the journal.
    """

    def __init__(
        self,
        tools: MoveTools,
        request: MoveRequest,
        on_report: Callable[[Outcome[CheckReport]], None],
        *,
        start: Start,
        after: PreparedMove | None,
    ) -> None:
        """`after`: an abandoned one of the same VM, which must have cleared away its traces first."""
        self.request = request
        self._tools = tools
        self._on_report = on_report
        self._start = start
        self._after = after
        self._job_id = str(uuid4())
        self._check = Check(tools, request, self._job_id)
        self._lock = threading.Lock()
        self._outcome: Outcome[Checked] | None = None
        self._used = False
        self.abandoned = False
        """True once it was given up, or its check failed. Any thread."""
        self.gone = threading.Event()
        """Set when nothing of it is left, or it was started."""
        tools.runner.start(f"check {request.vm_name}", self._run)

    def start(self, accepted: frozenset[str]) -> str:
        """Start the move; returns the id of its job. `accepted` are codes of warnings.

        Raises HvError `check.unfinished`, `check.used`, or `check.refused` when there is a blocker or a warning that is
        not accepted (their codes are in the facts); `journal.unusable` when it could not be written down. Then nothing
        was started, and it may be tried again or abandoned.
        """
        with self._lock:
            if self._used or self.abandoned:
                raise self._error("check.used")
            checked = self._checked()
            report = checked.report
            refusing = [*(finding.code for finding in report.blockers)]
            refusing += [finding.code for finding in report.warnings if finding.code not in accepted]
            session = self._check.session
            if refusing or session is None:
                raise self._error("check.refused", codes=", ".join(dict.fromkeys(refusing)))
            entry = self._tools.journal.get(self._job_id)
            if entry is None:
                raise self._error("check.used")  # somebody removed it
            self._tools.journal.state(self._job_id, JobState.QUEUED)
            self._used = True
        self._start(entry, checked, session)
        self.gone.set()
        return self._job_id

    def abandon(self) -> None:
        """Give it up; returns at once. What the check still does is ended, then its traces are removed."""
        with self._lock:
            if self._used or self.abandoned:
                return
            self.abandoned = True
            self._check.given_up.set()
            running = self._outcome is None
        if not running:
            self._tools.runner.start(f"give up {self.request.vm_name}", self._clear)

    def _run(self) -> None:
        if self._after is not None:
            self._after.gone.wait()
        outcome = outcome_of(self._check.run)
        with self._lock:
            self._outcome = outcome
            given_up = self.abandoned
            self.abandoned = given_up or outcome.error is not None
            clear = self.abandoned
        trouble = self._cleared() if clear else None
        if outcome.error is None and not given_up:
            self._on_report(Outcome(value=outcome.get().report))
        else:
            error = self._error("check.abandoned") if given_up else outcome.error
            self._on_report(Outcome(error=self._named(trouble or error or self._error("check.abandoned"))))

    def _cleared(self) -> HvError | None:
        """The error that clearing away met, if any: whoever waits for the report must get one all the same."""
        try:
            self._clear()
        except HvError as error:
            _log.warning("the traces of a check were not cleared away (%s): %s", error.code, error.host_words)
            return error
        return None

    def _clear(self) -> None:
        try:
            if self._check.session is not None:
                self._check.session.end(self._tools.patience.end)
            if self._check.in_journal and self._check.leftover is Leftover.LEFT:
                error = self._error("compare.left_planned", host=self._tools.connector.label(self.request.destination))
                self._tools.journal.end(self._job_id, JobState.CANCELLED, error.report())
            elif self._check.in_journal:
                self._tools.journal.discard(self._job_id)
        finally:
            self.gone.set()

    def _checked(self) -> Checked:
        if self._outcome is None:
            raise self._error("check.unfinished")
        return self._outcome.get()

    def _error(self, code: str, *, host: str | None = None, **facts: object) -> HvError:
        return HvError(code, host=host, facts={"vm": self.request.vm_name, **facts})

    def _named(self, error: HvError) -> HvError:
        """The error of a host with the VM's name among its facts, for its texts."""
        facts = {**error.facts, "vm": self.request.vm_name}
        return HvError(error.code, host=error.host, facts=facts, host_words=error.host_words)

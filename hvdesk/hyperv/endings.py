"""How a move that did not move its VM is explained: why, where the VM is, and what is left on the destination."""

from __future__ import annotations

from dataclasses import replace

from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.domain.model import MigrationJob
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.codes import about_destination, codes_in, meaning
from hvdesk.hyperv.errors import AgentError, SessionLost
from hvdesk.hyperv.messages import Moved
from hvdesk.hyperv.plan import Plan, Sent
from hvdesk.hyperv.planned import Leftover, remove_planned
from hvdesk.hyperv.tools import MoveTools
from hvdesk.hyperv.verdict import Call


def call_of(outcome: Outcome[Moved] | None) -> Call:
    """What became of a Move-VM with this outcome; None: it has none yet."""
    if outcome is None:
        return Call.BLOCKS
    if outcome.error is not None:  # SessionLost: it certainly did not reach the host
        return Call.FAILED if isinstance(outcome.error, AgentError | SessionLost) else Call.LOST
    return Call.RETURNED if outcome.get().report is None else Call.FAILED


def cause(plan: Plan, outcome: Outcome[Moved] | None, job: MigrationJob | None) -> HvError:
    """Why the VM stayed: Move-VM's own words, else those of the host's migration job."""
    error = outcome.error if outcome is not None else None
    if isinstance(error, AgentError) and error.code == "agent.error":
        return plan.error("move.failed", words=error.host_words)
    if isinstance(error, AgentError) and about_destination(error.code):
        return _at_its_side(plan, error.code, error.host_words)
    if isinstance(error, AgentError | SessionLost):
        return plan.about(error)
    report = outcome.value.report if outcome is not None and outcome.value is not None else None
    if report is not None:
        words = "\n".join(entry.message for entry in report.incompatibilities)
        return plan.error("move.incompatible", host=plan.destination.label, words=words)
    return by_codes(plan, job.error_text if job is not None else "", "move.ended")


def by_codes(plan: Plan, words: str, otherwise: str) -> HvError:
    """What the codes in a host's words mean; the catalogue's `otherwise` when they tell nothing."""
    return _at_its_side(plan, meaning(codes_in(words)) or otherwise, words)


def _at_its_side(plan: Plan, code: str, words: str) -> HvError:
    return plan.error(code, host=plan.destination.label if about_destination(code) else None, words=words)


def remains(tools: MoveTools, plan: Plan, sent: Sent) -> tuple[HvError, ...]:
    """Remove the planned VM of a move that is over and whose VM stayed; what is left all the same. Blocks."""
    host = plan.destination.label
    left: list[HvError] = []
    if remove_planned(tools, plan.request, tools.patience.planned) is Leftover.LEFT:
        left.append(plan.error("compare.left_planned", host=host))
    paths = [path for target in sent.targets for path in target.paths]
    lengths = tools.connector.asked(plan.request.destination, lambda there: there.file_lengths(paths)).outcome()
    if lengths.error is not None:
        left.append(plan.error("move.left_not_known", host=host))
    elif files := [file.path for file in lengths.get() if file.length is not None]:
        left.append(plan.error("move.left_files", host=host, files=", ".join(files)))
    return tuple(left)


def explained(error: HvError, *also: HvError) -> ErrorReport:
    """One report: the cause, followed by what each of `also` says happened."""
    report = error.report()
    return replace(report, what=" ".join((report.what, *(one.report().what for one in also))))

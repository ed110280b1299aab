"""Words of the window for what the domain only names: states, phases, migration jobs, errors in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.domain.move import JobState, JobView, Phase
from hvdesk.domain.units import percent_text

if TYPE_CHECKING:
    from hvdesk.domain.model import MigrationJob, VmSummary

APP_NAME = "hvdesk"

_JOB_NAMES = {
    300: "Creating Virtual Machine",
    301: "Checking Virtual Machine Compatibility",
    302: "Checking Virtual Machine and Storage Compatibility",
    303: "Checking Storage Compatibility",
    304: "Checking Storage Migration",
    305: "Moving Virtual Machine",
    306: "Moving Virtual Machine and Storage",
    307: "Moving Storage",
}
"""Names of Msvm_MigrationJob.JobType, as the Status column of Hyper-V Manager shows them."""

_MOVE = _JOB_NAMES[306]

_STATES = {
    JobState.QUEUED: "Waiting",
    JobState.CHECKING: "Checking",
    JobState.READY: "Checked",
    JobState.STARTING: "Starting",
    JobState.MOVING: "Moving",
    JobState.VERIFYING: "Verifying",
    JobState.CANCELLING: "Cancelling",
    JobState.UNKNOWN: "Unknown",
    JobState.DONE: "Completed",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}

_PHASES = {
    Phase.CONNECTION: "Connecting the hosts",
    Phase.STORAGE: "Moving storage",
    Phase.VM_STATE: "Moving memory and state",
    Phase.CLEAN_UP: "Cleaning up on the source",
}

_NORMAL = "Operating normally"
"""Get-VM's Status of a VM with nothing to report; the list leaves the column empty then."""


def job_state(state: JobState) -> str:
    """The state of one of our jobs in a word."""
    return _STATES[state]


def phase_text(job: JobView) -> str:
    """What a job is doing now: the phase while it moves, else its state."""
    if job.state is JobState.MOVING and job.phase is not None:
        return _PHASES[job.phase]
    return _STATES[job.state]


def job_note(job: JobView) -> str:
    """Why a job waits or cannot be seen, in a few words; empty when there is nothing to say.

    The title of the note's code: a note carries no facts for its other texts.
    """
    return HvError(job.note).report().title if job.note else ""


def cancel_words(migration: MigrationJob | None) -> str:
    """The cancel entry of a VM in motion, named after its job."""
    return f"Cancel {_JOB_NAMES.get(migration.job_type, _MOVE) if migration else _MOVE}"


def status_text(vm: VmSummary, migration: MigrationJob | None, job: JobView | None) -> str:
    """The Status column: `Moving Virtual Machine and Storage (2%)` in motion, empty when there is nothing to report.

    A job followed here knows its percent earlier than the next look at the host. Without a migration at the host its
    state shows, so that a waiting move is seen.
    """
    if migration is not None and migration.running:
        name = _JOB_NAMES.get(migration.job_type, "Migrating")
        newer = job.percent if job is not None and job.state is JobState.MOVING else None
        return f"{name} ({percent_text(migration.percent if newer is None else newer)})"
    if job is not None and not job.state.over:
        if job.state is JobState.MOVING:
            return f"{_MOVE} ({percent_text(job.percent)})"
        return f"{_MOVE} ({_STATES[job.state].lower()})"
    return "" if vm.status == _NORMAL else vm.status


def state_text(state: str) -> str:
    """The State column: PowerShell's name in words, `OffCritical` as `Off-Critical`."""
    return state.removesuffix("Critical") + "-Critical" if state.endswith("Critical") and state != "Critical" else state


def error_line(error: HvError | ErrorReport) -> str:
    """Title and what happened, for places with room for one line."""
    report = error.report() if isinstance(error, HvError) else error
    return f"{report.title}. {report.what}"

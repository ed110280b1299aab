"""What the wizard and the terminal ask for, and what is known of a move while it runs and afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hvdesk.domain.calls import Call
from hvdesk.domain.errors import ErrorReport, Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleLocation:
    """All of the VM's data to one folder on the destination, used as given."""

    folder: str


StorageLayout = SingleLocation  # per-item layouts and "only the virtual machine" join this union later


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequest:
    """Exactly the choices a user made. Hosts are ids of host entries."""

    vm_id: str
    vm_name: str
    source: str
    destination: str
    storage: StorageLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The finished check of exactly `request`: findings, worst first, and the calls that the move will make."""

    request: MoveRequest
    findings: tuple[Finding, ...]
    calls: tuple[Call, ...]
    storage_bytes: int | None
    free_bytes: int | None  # on the destination's volume

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """Findings that nothing accepts."""
        return tuple(f for f in self.findings if f.severity is Severity.BLOCKER)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that the user must accept one by one."""
        return tuple(f for f in self.findings if f.severity is Severity.WARNING)


class JobState(StrEnum):
    """States of a job (DESIGN.md, jobs). UNKNOWN: a host cannot be reached, which is not FAILED."""

    QUEUED = "queued"
    CHECKING = "checking"
    READY = "ready"  # checked, waiting for the user's word
    STARTING = "starting"
    MOVING = "moving"
    VERIFYING = "verifying"
    CANCELLING = "cancelling"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """True for the three ends."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Phase(StrEnum):
    """Phases of a shared-nothing move; each is read from the hosts (DESIGN.md, where each figure comes from)."""

    CONNECTION = "connection"
    STORAGE = "storage"
    VM_STATE = "vm-state"
    CLEAN_UP = "clean-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as the front ends show it; a new one replaces the old, nothing in it changes. Times are ISO-8601 UTC."""

    id: str
    kind: str  # "move"
    vm_id: str
    vm_name: str
    source: str  # label of the host
    destination: str
    state: JobState
    phase: Phase | None = None
    percent: int | None = None
    storage_done_bytes: int | None = None
    storage_total_bytes: int | None = None
    note: str = ""  # e.g. why it waits: a code of the catalogue
    ours: bool = True  # False: another program of this data folder, or somebody else's migration, drives it
    can_cancel: bool = False
    created: str = ""
    ended: str | None = None
    error: ErrorReport | None = None

"""What the journal holds of a job: frozen data, without secrets and without progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hvdesk.domain.errors import ErrorReport
from hvdesk.domain.move import JobState, MoveRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMark:
    """A host as it was when the job began: the label the user gave it, and its identity (computer name, domain)."""

    label: str
    identity: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that changes a host, written down before it is done. `done_at` is None while that is not certain."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)
    begun_at: str = ""
    done_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A state that the job came to, and when."""

    state: JobState
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One job. `driver` is the token of the program that drives it; `ended_at` is None while the job is open.

    Times are ISO-8601 in UTC.
    """

    id: str
    driver: str
    request: MoveRequest
    source: HostMark
    destination: HostMark
    state: JobState
    created_at: str = ""
    ended_at: str | None = None
    error: ErrorReport | None = None
    steps: tuple[Step, ...] = ()
    changes: tuple[Change, ...] = ()

    def step(self, name: str) -> Step | None:
        """The latest step of this name."""
        return next((step for step in reversed(self.steps) if step.name == name), None)

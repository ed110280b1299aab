"""What a move is about, from its check or, after a crash, from the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, MoveRequest
from hvdesk.domain.situation import DiskTarget
from hvdesk.jobs.entries import Entry, HostMark

MOVE = "move"
"""Step of the journal: Move-VM."""
CANCEL = "cancel"
"""Step of the journal: the migration job is asked to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What is written down before Move-VM is sent, so that the move is known again after a crash.

    `before`: the VM's migration jobs that the source listed already, which are not this move's. `targets`: the disk
    files that it makes. `clocks`: what those of source and destination showed; "" where that is not known.
    """

    before: tuple[str, ...] = ()
    targets: tuple[DiskTarget, ...] = ()
    clocks: tuple[str, str] = ("", "")

    def facts(self) -> Mapping[str, object]:
        """As facts of the step MOVE."""
        facts: dict[str, object] = msgspec.to_builtins(self)
        return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One move. Its `job_id` is also that of its entry in the journal."""

    job_id: str
    request: MoveRequest
    source: HostMark
    destination: HostMark

    @property
    def names(self) -> Mapping[str, object]:
        """Facts for texts."""
        return {"vm": self.request.vm_name, "source": self.source.label, "destination": self.destination.label}

    def error(self, code: str, *, host: str | None = None, words: str = "", **facts: object) -> HvError:
        """An error about this move; without `host` it is about the source."""
        return HvError(code, host=host or self.source.label, facts={**self.names, **facts}, host_words=words)

    def about(self, error: HvError) -> HvError:
        """The same error with the names of VM and hosts among its facts, for its texts."""
        return HvError(error.code, host=error.host, facts={**error.facts, **self.names}, host_words=error.host_words)


def plan_of(entry: Entry) -> Plan:
    """The plan of a job in the journal."""
    return Plan(job_id=entry.id, request=entry.request, source=entry.source, destination=entry.destination)


def sent_of(entry: Entry) -> Sent | None:
    """What was written down before Move-VM was sent; None when it never was."""
    step = entry.step(MOVE)
    return msgspec.convert(step.facts, Sent) if step is not None else None


def cancel_sent_of(entry: Entry) -> bool:
    """True when the host had been asked to cancel the move and had not refused: it went on from there to nothing but
    states that say nothing about it."""
    states = [change.state for change in entry.changes if change.state not in (JobState.UNKNOWN, JobState.VERIFYING)]
    return states[-1:] == [JobState.CANCELLING]

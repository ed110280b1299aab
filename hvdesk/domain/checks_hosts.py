"""Rules about the two hosts: who they are, how they authenticate, what they allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from hvdesk.domain.errors import Finding, Severity
from hvdesk.domain.situation import Side, Situation

KERBEROS_SKEW_SECONDS: Final = 300
_SERVER_2025_BUILD: Final = 26100
_CREDSSP: Final = "credssp"


def same_host(situation: Situation) -> Iterator[Finding]:
    """Source and destination are decided by what the hosts report, not by the names they were reached by."""
    if situation.source.facts.identity == situation.destination.facts.identity:
        yield situation.finding("pair.same_host", Severity.BLOCKER, situation.destination)


def migration_enabled(situation: Situation) -> Iterator[Finding]:
    """Both hosts must take part in live migrations; a stopped VM goes through the same service."""
    for side in (situation.source, situation.destination):
        if not side.facts.migration.enabled:
            yield situation.finding("pair.migration_disabled", Severity.BLOCKER, side)


def domains(situation: Situation) -> Iterator[Finding]:
    """Live migration without a cluster is documented for one domain or domains that trust each other."""
    workgroup = [side for side in (situation.source, situation.destination) if side.facts.domain is None]
    for side in workgroup:
        yield situation.finding("pair.workgroup", Severity.BLOCKER, side)
    source, destination = (side.facts.domain or "" for side in (situation.source, situation.destination))
    if not workgroup and source.casefold() != destination.casefold():
        facts = {"source_domain": source, "destination_domain": destination}
        yield situation.finding("pair.domain", Severity.WARNING, situation.destination, facts)


def authentication(situation: Situation) -> Iterator[Finding]:
    """Microsoft's guidance: the same authentication protocol on both sides."""
    types = [side.facts.migration.authentication for side in (situation.source, situation.destination)]
    if types[0].casefold() != types[1].casefold():
        facts = {"source_type": types[0], "destination_type": types[1]}
        yield situation.finding("pair.authentication_differs", Severity.WARNING, situation.destination, facts)


def second_hop(situation: Situation) -> Iterator[Finding]:
    """Whether the source can log on to the destination on the user's behalf.

    Type CredSSP needs a credential that came with the logon, and none passes Credential Guard. Type Kerberos needs a
    delegation in the directory, which hvdesk cannot read: Compare-VM decides.
    """
    source = situation.source
    if source.facts.migration.authentication.casefold() == _CREDSSP:
        if source.facts.credential_guard:
            yield situation.finding("hop.credential_guard", Severity.BLOCKER, source)
        elif source.facts.credential_guard is None and _build(source) >= _SERVER_2025_BUILD:
            yield situation.finding("hop.credential_guard_likely", Severity.WARNING, source)
        if not situation.credential_forwarded:
            yield situation.finding("hop.no_credential", Severity.BLOCKER, source)
    elif not situation.credential_forwarded:
        yield situation.finding("hop.delegation", Severity.NOTE, source)


def clocks(situation: Situation) -> Iterator[Finding]:
    """Kerberos refuses tickets when clocks are more than five minutes apart."""
    source, destination = (datetime.fromisoformat(side.facts.now) for side in (situation.source, situation.destination))
    apart = abs((source - destination).total_seconds())
    if apart > KERBEROS_SKEW_SECONDS:
        facts = {"minutes": round(apart / 60)}
        yield situation.finding("pair.clock", Severity.WARNING, situation.destination, facts)


def slots(situation: Situation) -> Iterator[Finding]:
    """A host without a free slot is no obstacle: the move waits for one."""
    for side in (situation.source, situation.destination):
        limit = side.facts.migration.max_vm_migrations
        if limit == 0:
            yield situation.finding("slots.none", Severity.BLOCKER, side)
        elif max(sum(job.takes_slot for job in side.jobs), side.active or 0) >= limit:
            yield situation.finding("slots.wait", Severity.NOTE, side, {"limit": limit})


def _build(side: Side) -> int:
    """The third number of `10.0.20348`; 0 when there is none."""
    numbers = side.facts.os_version.split(".")
    return int(numbers[2]) if len(numbers) > 2 and numbers[2].isdecimal() else 0


RULES: Final[tuple[Callable[[Situation], Iterable[Finding]], ...]] = (
    migration_enabled,
    domains,
    authentication,
    second_hop,
    clocks,
    slots,
)

"""The hosts' event logs: what Hyper-V writes there of migrations that fail, and what tests let others write.

A failed migration is one event on the source, and one with the cause on the host that it happened on. Numbers are those
that Microsoft's articles show, but 21024 and 20306, which are from memory; 21502, under which the articles file most
causes, stands for the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Machine

ERROR = 2
FAILED, CAUSE = 21024, 21502
VMMS, WORKER, AVAILABILITY = (
    f"Microsoft-Windows-Hyper-V-{part}-Admin" for part in ("VMMS", "Worker", "High-Availability")
)
_NO_CONNECTION = (
    "0x8009030E", "0x8009030D", "0x8009030C", "0x80090303", "0x80090322", "0x8007274D", "0x8007274C", "0x8007271D",
)  # fmt: skip
_NUMBERS = {
    **dict.fromkeys(_NO_CONNECTION, 20306),
    "0x80338012": 20406,
    "no-identify": 20406,
    "20413": 20413,
    "21501": 21501,
}
_OF_WORKER = frozenset({"0x800705AA", "0x8007000E", "0xC0370027", "0xC03A0014"})
_KEPT = 2000


@dataclass(frozen=True)
class Event:
    """An event as it is written: `level` 1 critical, 2 error, 3 warning, 4 information; `values` are its properties."""

    log: str
    number: int
    level: int
    message: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """An event in a host's log; records are numbered in the order in which they came."""

    host: str
    number: int
    time: str  # ISO-8601, UTC
    event: Event


class EventLogs:
    """Of all hosts; the latest are kept. Guarded by the world's lock."""

    def __init__(self) -> None:
        self._records: deque[Record] = deque(maxlen=_KEPT)
        self._last = 0

    def write(self, host: str, time: str, event: Event) -> None:
        """Add an event to one of the host's logs."""
        self._last += 1
        self._records.append(Record(host, self._last, time, event))

    def read(self, host: Host, log: str, since: str, levels: frozenset[int]) -> Iterator[Record]:
        """What a log of the host holds from `since` on, the latest first. KeyError when it has no such log."""
        if log not in logs_of(host):
            raise KeyError(log)
        for record in reversed(self._records):
            there = (record.host, record.event.log) == (host.name, log)
            if there and record.time >= since and record.event.level in levels:
                yield record

    def tell_failure(self, machine: Machine, source: Host, destination: Host, time: str, error: WindowsError) -> None:
        """Write what the two hosts write when a move of `machine` fails; nothing when only the cmdlet refused it."""
        if not error.side and error.name not in _NUMBERS:
            return
        at = destination if error.side == "destination" else source
        about = (machine.name, machine.id.upper())
        if error.side:
            self.write(source.name, time, Event(VMMS, FAILED, ERROR, error.headline, (*about, source.name)))
        log = WORKER if error.name in _OF_WORKER else VMMS
        cause = f"{error.cause} (Virtual machine ID {machine.id.upper()})"
        self.write(at.name, time, Event(log, number_of(error.name), ERROR, cause, about))


def number_of(error: str) -> int:
    """The number of the event that tells the cause of a failed migration, by the error's name."""
    return _NUMBERS.get(error, CAUSE)


def logs_of(host: Host) -> frozenset[str]:
    """The logs that a host has; the one of clusters on their nodes only."""
    if not host.spec.hyperv:
        return frozenset()
    return frozenset({VMMS, WORKER, *([AVAILABILITY] if host.spec.cluster else [])})

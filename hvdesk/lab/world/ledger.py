"""What was really executed on the hosts, call by call: the proof that nothing ran twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Entry:
    """A changing cmdlet that ran; `target` is a VM's id, a job's InstanceID or a path."""

    host: str
    cmdlet: str
    target: str
    user: str


class Ledger:
    """Guarded by the world's lock."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, host: str, cmdlet: str, target: str, user: str) -> None:
        """Note a call as it begins, whatever becomes of it."""
        self._entries.append(Entry(host, cmdlet, target, user))

    def calls(self) -> list[dict[str, str]]:
        """All calls in order."""
        return [asdict(entry) for entry in self._entries]

    def counts(self) -> dict[str, dict[str, int]]:
        """How often each cmdlet ran on each host that ran any."""
        hosts: dict[str, Counter[str]] = {}
        for entry in self._entries:
            hosts.setdefault(entry.host, Counter())[entry.cmdlet] += 1
        return {host: dict(counter) for host, counter in hosts.items()}

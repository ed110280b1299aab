"""Slots: how many migrations a host takes part in at a time, ours or not."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What a host said just now: how many migrations it allows, of which VMs some are known to run there, and how many
    it counts itself (None when it does not say).

    `counted` are VMs whose migration is in that count unless it is over. Leave out whatever may only be about to begin.
    """

    limit: int
    running: frozenset[str]
    active: int | None = None
    counted: frozenset[str] = frozenset()


class Slots:
    """Thread-safe. A move holds one slot on its source and one on its destination, named by the id of its VM.

    A move that has its slots but is not yet seen on the hosts counts all the same, so that two moves never start into
    one free slot. Moves between the same two hosts get theirs in the order in which they first asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, frozenset[str]] = {}
        self._waiting: dict[str, frozenset[str]] = {}

    def take(self, vm_id: str, loads: Mapping[str, Load]) -> str | None:
        """Take a slot on every host of `loads`, or none: then the host that is full is given back. Call again later."""
        hosts = frozenset(loads)
        with self._lock:
            self._waiting.setdefault(vm_id, hosts)
            for host, load in loads.items():
                if self._busy(vm_id, host, load) >= load.limit:
                    return host
            if self._first(hosts) != vm_id:
                return next(iter(loads))
            del self._waiting[vm_id]
            self._held[vm_id] = hosts
            return None

    def release(self, vm_id: str) -> None:
        """Give the slots back, or stop waiting for them; nothing happens for a move that has and wants none."""
        with self._lock:
            self._held.pop(vm_id, None)
            self._waiting.pop(vm_id, None)

    def _busy(self, vm_id: str, host: str, load: Load) -> int:
        """The known migrations other than that of `vm_id`, and those the host counts of which nobody else tells."""
        known = load.running | {held for held, hosts in self._held.items() if host in hosts}
        unknown = (load.active or 0) - len(load.counted & known)
        return len(known - {vm_id}) + max(0, unknown)

    def _first(self, hosts: frozenset[str]) -> str:
        return next(vm_id for vm_id, wanted in self._waiting.items() if wanted == hosts)

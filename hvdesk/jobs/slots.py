"""Slots: how many migrations a host takes part in at a time, ours or not."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What a host said just now: how many migrations it allows and of which VMs it runs some."""

    limit: int
    running: frozenset[str]


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
                if len(self._busy(host, load) - {vm_id}) >= load.limit:
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

    def _busy(self, host: str, load: Load) -> frozenset[str]:
        return load.running | {vm_id for vm_id, hosts in self._held.items() if host in hosts}

    def _first(self, hosts: frozenset[str]) -> str:
        return next(vm_id for vm_id, wanted in self._waiting.items() if wanted == hosts)

"""Errors that a test orders: the next cmdlet of a host, or an operation of the agent, fails with a known error."""

from __future__ import annotations

from dataclasses import dataclass

MOMENTS = ("start", "storage", "vm-state")
"""At once; when the disks, and when memory and state begin to be copied, which only a Move-VM gets to."""


OPERATIONS = (
    "Compare-VM", "Move-VM", "events", "file_lengths", "host_facts", "list_folder", "list_vms", "migration_jobs",
    "ping", "presence", "vm_details",
)  # fmt: skip
"""What can be ordered to fail: two cmdlets, and the agent's reading operations."""


@dataclass
class Fault:
    """`operation` is one of OPERATIONS; `host` is where it runs."""

    operation: str
    host: str
    error: str  # a name of errors.KNOWN
    at: str = "start"
    times: int = 1


class Faults:
    """Those that have not happened yet. Guarded by the world's lock."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let it happen the next `times` times."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Nothing is ordered any more."""
        self._waiting.clear()

    def take(self, operation: str, host: str, at: str = "start") -> str | None:
        """The name of the error that is to happen now; None: it goes well."""
        for fault in self._waiting:
            if (fault.operation, fault.host, fault.at) == (operation, host, at):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault.error
        return None

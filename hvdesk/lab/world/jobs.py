"""Msvm_MigrationJob and the migration behind it: phases, percentage, what Get-VM shows meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Disk, Machine
from hvdesk.lab.world.timeline import Attachment

STARTING, RUNNING, SHUTTING_DOWN, COMPLETED, TERMINATED, KILLED, EXCEPTION = 3, 4, 6, 7, 8, 9, 10
CHECKING_VM_AND_STORAGE, MOVING_VM_AND_STORAGE = 302, 306
TIME_BEFORE_REMOVAL = 300.0
FAILED = 32768

MIGRATING = ("InService", "MigratingVirtualMachine")
PHASES = ("connection", "storage-1", "storage-2", "memory", "switch-over", "clean-up")
_PERCENT = {
    "connection": (0, 0),
    "storage-1": (1, 70),
    "storage-2": (70, 80),
    "memory": (80, 97),
    "switch-over": (98, 98),
    "clean-up": (99, 99),
}
_OPERATIONAL = {
    "storage-1": ("InService", "StorageMigrationPhaseOne"),
    "storage-2": ("InService", "StorageMigrationPhaseTwo"),
}


@dataclass
class Job:
    """A record on the source host; `vm_id` is upper case as VirtualSystemName is. Guarded by the world's lock."""

    instance_id: str
    host: str
    vm_id: str
    destination: str
    job_type: int
    owner: str
    percent: Callable[[float], int]
    cancellable: Callable[[float], bool]
    phase: Callable[[], str]
    state: int = STARTING
    ended: float | None = None
    error_code: int = 0
    error_text: str = ""

    @property
    def over(self) -> bool:
        """True from state Completed on."""
        return self.state >= COMPLETED

    def end(self, state: int, at: float, error: WindowsError | None = None) -> None:
        """Come to an end; the record stays for five minutes."""
        self.state, self.ended = state, at
        if error is not None:
            self.error_code, self.error_text = FAILED, error.message

    def forgotten(self, now: float) -> bool:
        """True when the host no longer lists it."""
        return self.ended is not None and now - self.ended > TIME_BEFORE_REMOVAL


@dataclass(frozen=True)
class Copy:
    """A file on its way. `fixed`: it has its full length from the start."""

    source: str
    target: str
    length: int
    fixed: bool = False


@dataclass
class Migration:
    """A move of one VM with all its storage. Guarded by the world's lock."""

    machine: Machine
    source: Host
    destination: Host
    folder: str
    copies: tuple[Copy, ...]
    disks: tuple[Disk, ...]
    begins: dict[str, float] = field(default_factory=dict)
    attachment: Attachment | None = None
    phase: str = "connection"
    stopping: bool = False
    error: WindowsError | None = None
    was_operational: tuple[str, ...] = ("Ok",)
    job: Job = field(init=False)

    @property
    def active(self) -> bool:
        """True while it moves on by itself: not over, not being cancelled."""
        return not (self.job.over or self.stopping)

    def percent(self, now: float) -> int:
        """PercentComplete: grows evenly within a phase; 100 when over, even if it failed, as Windows shows it."""
        if self.job.over:
            return 100
        low, high = _PERCENT[self.phase]
        begin, end = self.begins[self.phase], self._end(self.phase)
        part = min(1.0, max(0.0, (now - begin) / (end - begin))) if end > begin else 1.0
        return int(low + (high - low) * part)

    def cancellable(self, now: float) -> bool:
        """True until the switch-over."""
        return self.active and self.phase not in ("switch-over", "clean-up")

    def operational(self) -> tuple[str, ...]:
        """Primary and secondary status of the VM in this phase."""
        return _OPERATIONAL.get(self.phase, MIGRATING)

    def _end(self, phase: str) -> float:
        following = PHASES[PHASES.index(phase) + 1 :]
        return self.begins[following[0]] if following else self.begins["end"]

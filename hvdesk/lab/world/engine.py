"""Runs migrations through their phases on the world's clock; ends, fails and cancels them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hvdesk.lab.scenario import GIB, EngineSpec
from hvdesk.lab.world import errors
from hvdesk.lab.world.eventlogs import EventLogs
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import PlannedVm
from hvdesk.lab.world.jobs import (
    COMPLETED,
    EXCEPTION,
    KILLED,
    MIGRATING,
    PHASES,
    RUNNING,
    SHUTTING_DOWN,
    TERMINATED,
    Migration,
)
from hvdesk.lab.world.timeline import Timeline
from hvdesk.lab.world.troubles import Troubles

TICKS = 20
KILL = 5


class Engine:
    """All running migrations. Guarded by the world's lock; `tell` is called with the name of what just happened."""

    def __init__(
        self,
        timeline: Timeline,
        spec: EngineSpec,
        switches: dict[str, bool],
        tell: Callable[[str, str], None],
        troubles: Troubles,
        logs: EventLogs,
    ) -> None:
        self._timeline = timeline
        self._spec = spec
        self._switches = switches
        self._tell = tell
        self._troubles = troubles
        self._logs = logs
        self.running: list[Migration] = []

    def start(self, migration: Migration) -> None:
        """Begin; everything else happens as time goes by."""
        machine = migration.machine
        migration.was_operational, machine.operational = machine.operational, MIGRATING
        machine.status = "Migrating virtual machine"
        migration.destination.planned[machine.id] = PlannedVm(machine.id, machine.name, in_use=True, owner="move")
        migration.begins = self._timetable(migration)
        self.running.append(migration)
        for phase in PHASES[1:]:
            self._timeline.call_at(migration.begins[phase], partial(self._enter, migration, phase))
        begin, end = migration.begins["storage-1"], migration.begins["storage-2"]
        for tick in range(1, TICKS + 1):
            moment = begin + (end - begin) * tick / TICKS
            self._timeline.call_at(moment, partial(self._copy, migration, tick / TICKS))
        self._timeline.call_at(migration.begins["end"], partial(self._finish, migration))
        self._tell("phase:connection", migration.source.name)

    def fail(self, migration: Migration, error: WindowsError, state: int = EXCEPTION) -> None:
        """End it where it stands. Until the switch-over the VM stays where it was, afterwards it is where it went."""
        if migration.job.over:
            return
        source, destination, machine = migration.source, migration.destination, migration.machine
        self._logs.tell_failure(machine, source, destination, self._timeline.date(), error)
        migration.error = error if self._switches["error_tells_cause"] else error.without_cause()
        if migration.phase == "clean-up":
            source.machines.pop(machine.id, None)
            self._settle_down(migration)
        else:
            machine.operational, machine.status = migration.was_operational, "Operating normally"
            if not self._switches["failed_move_leaves_files"]:
                for copy in migration.copies:
                    destination.storage.remove(copy.target)
            destination.planned.pop(machine.id, None)
            if state == EXCEPTION and self._switches["dead_move_leaves_planned_vm"]:
                destination.planned[machine.id] = PlannedVm(machine.id, machine.name, in_use=False, owner="move")
        self._end(migration, state)

    def cancel(self, migration: Migration, requested: int) -> None:
        """Take back what was done, which takes a moment; the caller knows that it can still be cancelled."""
        migration.stopping = True
        migration.job.state = SHUTTING_DOWN
        state = KILLED if requested == KILL else TERMINATED
        names = (migration.source.name, migration.destination.name)
        error = errors.told("0x800704C7", migration.machine, *names)
        moment = self._timeline.now() + self._spec.cancel_seconds
        self._timeline.call_at(moment, partial(self.fail, migration, error, state))

    def abort(self, vm_id: str, host: str, why: str) -> None:
        """Fail the migration of a VM away from a host, if there is one."""
        for migration in [m for m in self.running if m.machine.id == vm_id and m.source.name == host]:
            self.fail(migration, aborted(migration, why))

    def _timetable(self, migration: Migration) -> dict[str, float]:
        spec = self._spec
        copying = sum(copy.length for copy in migration.copies) / (spec.storage_gb_per_second * GIB)
        memory = migration.machine.memory if migration.machine.alive else 0
        lengths = {
            "connection": spec.connection_seconds,
            "storage-1": copying * 0.9,
            "storage-2": copying * 0.1,
            "memory": memory / (spec.memory_gb_per_second * GIB),
            "switch-over": spec.switch_over_seconds,
            "clean-up": spec.clean_up_seconds,
        }
        begins, moment = {}, self._timeline.now()
        for phase in PHASES:
            begins[phase] = moment
            moment += lengths[phase]
        return {**begins, "end": moment}

    def _enter(self, migration: Migration, phase: str) -> None:
        if not migration.active:
            return
        migration.phase = phase
        migration.job.state = RUNNING
        migration.machine.operational = migration.operational()
        error = self._troubles.at(migration, phase)
        if error is not None:
            self.fail(migration, error)
            return
        if phase == "clean-up":
            self._realise(migration)
        self._tell(f"phase:{phase}", migration.source.name)

    def _copy(self, migration: Migration, part: float) -> None:
        if not migration.active:
            return
        storage = migration.destination.storage
        for copy in migration.copies:
            length = copy.length if copy.fixed else int(copy.length * part)
            volume = storage.volume_of(copy.target)
            if volume is None or length - (storage.length(copy.target) or 0) > storage.free(volume):
                names = (migration.source.name, migration.destination.name)
                self.fail(migration, errors.told("0x80070070", migration.machine, *names, path=copy.target))
                return
            storage.put(copy.target, length)

    def _realise(self, migration: Migration) -> None:
        machine, destination = migration.machine, migration.destination
        destination.planned.pop(machine.id, None)
        destination.machines[machine.id] = replace(machine, folder=migration.folder, disks=migration.disks)
        machine.state = "Off"
        if not self._switches["source_lists_vm_in_clean_up"]:
            migration.source.machines.pop(machine.id, None)

    def _finish(self, migration: Migration) -> None:
        if not migration.active:
            return
        migration.source.machines.pop(migration.machine.id, None)
        migration.source.drop_files(migration.machine, unmanaged=False)
        self._settle_down(migration)
        self._end(migration, COMPLETED)

    def _settle_down(self, migration: Migration) -> None:
        arrived = migration.destination.machines.get(migration.machine.id)
        if arrived is not None:
            arrived.operational, arrived.status = migration.was_operational, "Operating normally"

    def _end(self, migration: Migration, state: int) -> None:
        migration.job.end(state, self._timeline.now(), migration.error)
        self.running.remove(migration)
        self._tell("move-ended", migration.source.name)
        self._timeline.changed()


def aborted(migration: Migration, why: str) -> WindowsError:
    """The error of a migration that died of something outside it."""
    return errors.told("0x80004004", migration.machine, migration.source.name, migration.destination.name, why=why)

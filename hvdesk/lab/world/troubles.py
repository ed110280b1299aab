"""What goes wrong on the way of a migration that was admitted: what the hosts are like at that moment, and faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hvdesk.lab.world import errors
from hvdesk.lab.world.compatibility import keys_error
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.faults import Faults
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.jobs import Migration
from hvdesk.lab.world.shares import Shares
from hvdesk.lab.world.storage import unc

SMB_PORT = 445
_MOMENTS = {"storage-1": "storage", "memory": "vm-state"}


@dataclass(frozen=True)
class Troubles:
    """Guarded by the world's lock."""

    faults: Faults
    shares: Shares
    switches: Mapping[str, bool]
    running: Callable[[], list[Migration]]

    def at(self, migration: Migration, phase: str) -> WindowsError | None:
        """The error with which `migration` ends as it enters `phase`; None: it goes on."""
        moment = _MOMENTS.get(phase)
        if moment is None:
            return None
        causes = self._storage if moment == "storage" else self._vm_state
        name = self.faults.take("Move-VM", migration.source.name, moment) or causes(migration)
        if name is None:
            return None
        path = next((dvd for dvd in migration.machine.dvds if dvd), None) if name == "0xC03A0014" else None
        return errors.told(
            name,
            migration.machine,
            migration.source.name,
            migration.destination.name,
            path=path or migration.folder,
            file=migration.folder,
            why="The migration was ended",
        )

    def _storage(self, migration: Migration) -> str | None:
        """The destination makes the partition first, then the source opens its share and copies."""
        if not self._room(migration):
            return "0x800705AA"
        if SMB_PORT in migration.destination.health.closed_ports and migration.copies:
            return "0x80070035"
        return keys_error(migration.machine, migration.destination) if migration.machine.state != "Off" else None

    def _vm_state(self, migration: Migration) -> str | None:
        if not self._room(migration):
            return "0x8007000E"
        hosts = (migration.source, migration.destination)
        if all(host.migration.performance == "SMB" for host in hosts) and any(_misspelt(host) for host in hosts):
            return "0x80042001"
        for path in migration.machine.dvds:
            if path and unc(path) and self.shares.shuts_out_host(migration.destination.name, path):
                return "0xC03A0014"
        return None

    def _room(self, migration: Migration) -> bool:
        """True when the destination has memory for this VM and those that are on their way already."""
        machine, destination = migration.machine, migration.destination
        coming = [other for other in self.running() if other.destination is destination and other is not migration]
        taken = sum(other.machine.memory for other in coming if other.machine.alive and other.phase != "connection")
        return not machine.alive or machine.memory <= destination.free_memory() - taken


def _misspelt(host: Host) -> bool:
    return not host.health.upper_case_name and host.windows == "2019"

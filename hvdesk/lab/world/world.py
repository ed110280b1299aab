"""The world: all hosts, the directory and what happens between them, behind one lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hvdesk.lab.scenario import ClusterSpec, Scenario
from hvdesk.lab.world import commands
from hvdesk.lab.world.clock import Clock
from hvdesk.lab.world.directory import Delegation, accounts_of
from hvdesk.lab.world.engine import Engine, aborted
from hvdesk.lab.world.eventlogs import EventLogs
from hvdesk.lab.world.faults import Faults
from hvdesk.lab.world.hosts import Host, build_host
from hvdesk.lab.world.jobs import Job
from hvdesk.lab.world.ledger import Ledger
from hvdesk.lab.world.shares import Shares
from hvdesk.lab.world.storage import Storage
from hvdesk.lab.world.timeline import Attachment, Timeline
from hvdesk.lab.world.triggers import Triggers
from hvdesk.lab.world.troubles import Troubles
from hvdesk.lab.world.world_commands import CommandError

SWITCHES = {
    "move_dies_with_shell": False,  # a migration ends when the program whose Move-VM started it is killed
    "dead_move_leaves_planned_vm": False,  # ... and then the planned VM stays on the destination
    "cancel_needs_kill": False,  # RequestStateChange 4 is answered with 0 and changes nothing
    "compare_leaves_planned_vm": True,  # Compare-VM's planned VM stays on the destination after the report
    "stale_planned_vm_blocks_move": True,  # a planned VM left over makes Compare-VM and Move-VM fail
    "disks_get_their_own_folder": True,  # -DestinationStoragePath X puts disks into X\Virtual Hard Disks
    "source_lists_vm_in_clean_up": True,  # the VM is on both hosts while the source cleans up
    "failed_move_leaves_files": False,  # what was copied stays on the destination when a migration fails
    "move_reads_saved_state": True,  # a saved state that the destination's processor cannot read makes a move fail
    "compare_sees_missing_keys": False,  # Compare-VM fails where the certificates of a VM's TPM are missing
    "replicated_vm_moves": True,  # Move-VM takes a VM that is replicated
    "forwarded_credential_serves_kerberos": True,  # type Kerberos does with a credential that came with the logon
    "active_count_has_incoming": True,  # ActiveVirtualSystemMigrationCount counts migrations that come to the host
    "error_tells_cause": True,  # Move-VM's error and the job's hold the cause, not only that the migration failed
}
"""Facts about Windows that nobody has documented, with the value taken to be true."""


class World:
    """Thread-safe through its methods; everything else needs `locked()`."""

    def __init__(self, scenario: Scenario, clock: Clock | None = None) -> None:
        self.scenario = scenario
        self.clock = clock or Clock(scenario.engine.speed)
        self.timeline = Timeline(self.clock)
        self.accounts = accounts_of(scenario)
        self.switches = {**SWITCHES, **scenario.switches}
        listed = ((entry.source, entry.destination) for entry in scenario.delegation)
        self.delegation = Delegation(self.accounts, listed, self.switches)
        self.shares = Shares(scenario.file_servers, scenario.domain)
        clusters = {spec.name: _shared_volumes(spec) for spec in scenario.clusters}
        self.hosts = {
            spec.name: build_host(spec, scenario.domain, scenario.name, self.shares, clusters.get(spec.cluster or ""))
            for spec in scenario.hosts
        }
        self.jobs: list[Job] = []
        self.ledger = Ledger()
        self.triggers = Triggers(self.command)
        self.faults = Faults()
        self.logs = EventLogs()
        troubles = Troubles(self.faults, self.shares, self.switches, lambda: self.engine.running)
        self.engine = Engine(self.timeline, scenario.engine, self.switches, self.triggers.tell, troubles, self.logs)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """The world as it is now, standing still."""
        with self.timeline.locked():
            yield

    def find_host(self, name: str) -> Host | None:
        """The host with this short name or FQDN. Needs the lock or nobody who renames."""
        return next((host for host in self.hosts.values() if host.goes_by(name)), None)

    def jobs_of(self, host: str) -> list[Job]:
        """The Msvm_MigrationJob records that a host still lists. Needs the lock."""
        now = self.timeline.now()
        self.jobs = [job for job in self.jobs if not job.forgotten(now)]
        return [job for job in self.jobs if job.host == host]

    def active_migrations(self, host: Host) -> tuple[int, int] | tuple[None, None]:
        """ActiveVirtualSystemMigrationCount and ActiveStorageMigrationCount, if the host tells. Needs the lock."""
        if host.health.migration_service != "tells":
            return None, None
        incoming = self.switches["active_count_has_incoming"]
        active = sum(m.source is host or (incoming and m.destination is host) for m in self.engine.running)
        return active, 0  # nobody in the lab moves storage alone

    def kill(self, attachment: Attachment) -> None:
        """The program that `attachment` belongs to is gone: its cmdlet waits no longer; the migration may live on."""
        with self.locked():
            attachment.killed = True
            if self.switches["move_dies_with_shell"]:
                for migration in [m for m in self.engine.running if m.attachment is attachment]:
                    why = "The connection to the client that started the migration was lost"
                    self.engine.fail(migration, aborted(migration, why))
            self.timeline.changed()

    def command(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command of the control line, as hvdesk.lab.world.commands lists them.

        The answer has `ok`, and `error` when that is false.
        """
        with self.locked():
            try:
                return {"ok": True, **commands.run(self, request)}
            except CommandError as error:
                return {"ok": False, "error": str(error)}
            finally:
                self.timeline.changed()


def _shared_volumes(spec: ClusterSpec) -> Storage:
    storage = Storage()
    for volume in spec.volumes:
        storage.add_volume(volume)
    return storage

"""A Hyper-V host: one method for each operation, with typed results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hvdesk.domain.calls import Call
from hvdesk.domain.model import (
    CompatibilityReport,
    FileLength,
    FolderListing,
    HostFacts,
    Presence,
    VmDetails,
    VmSummary,
)
from hvdesk.hyperv import calls
from hvdesk.hyperv.channel import Channel
from hvdesk.hyperv.messages import (
    Compared,
    FileLengths,
    FolderMade,
    HostEvent,
    HostEvents,
    MigrationJobs,
    Moved,
    Ping,
    Returned,
    VmList,
    call_args,
    read,
    read_output,
)
from hvdesk.hyperv.operations import FOREVER

T = TypeVar("T")

COMPARE_SECONDS = 900


class HyperVHost:
    """Belongs to the thread that uses its channel, `interrupt` excepted. Every method but those that end it raises
    HvError: AgentError for what PowerShell said, OutcomeUnknown for a change whose answer is lost, the connection's
    own. `label` is what the user calls the host."""

    def __init__(self, channel: Channel, label: str) -> None:
        self._channel = channel
        self.label = label

    def ping(self) -> Ping:
        """Computer name and clock of the host."""
        return self._ask(Ping, "ping")

    def facts(self) -> HostFacts:
        """What the host is: version, domain, processor, volumes, switches, migration settings."""
        return self._ask(HostFacts, "host_facts")

    def vms(self) -> tuple[VmSummary, ...]:
        """The realised VMs, for the table."""
        return self._ask(VmList, "list_vms").vms

    def details(self, vm_id: str) -> VmDetails:
        """Everything about one VM; AgentError `vm.not_found` when it is not there."""
        return self._ask(VmDetails, "vm_details", vm_id=vm_id)

    def presence(self, vm_id: str) -> Presence:
        """Whether the VM is here, realised or planned; never an error because it is not."""
        return self._ask(Presence, "presence", vm_id=vm_id)

    def list_folder(self, path: str) -> FolderListing:
        """The folders in `path`, or the drives for ""; AgentError `folder.missing`, `folder.device`."""
        return self._ask(FolderListing, "list_folder", path=path)

    def file_lengths(self, paths: Sequence[str]) -> tuple[FileLength, ...]:
        """The length of each file in bytes, None for one that is not there."""
        return self._ask(FileLengths, "file_lengths", paths=list(paths)).files

    def migration_jobs(self) -> MigrationJobs:
        """Every migration job that the host remembers, whoever started it, and how many migrations it counts."""
        return self._ask(MigrationJobs, "migration_jobs")

    def events(self, since: str, vm_id: str, vm_name: str, *, most: int) -> tuple[HostEvent, ...]:
        """The latest warnings and errors that Hyper-V's logs hold of a VM since a moment of the host's clock (as `ping`
        tells it), oldest first."""
        return self._ask(HostEvents, "events", since=since, vm_id=vm_id, vm_name=vm_name, most=most).events

    def new_folder(self, path: str) -> str:
        """Make a folder and its missing parents; gives its path as the host writes it."""
        return self._call(FolderMade, calls.new_folder(path)).path

    def compare(self, call: Call) -> CompatibilityReport:
        """Run Compare-VM. It registers a planned VM on the destination, which the caller must see to."""
        return self._call(Compared, call, seconds=COMPARE_SECONDS).report

    def move(self, call: Call) -> Moved:
        """Run Move-VM and block until it is over, however long that takes. Not for a lane."""
        return self._call(Moved, call, seconds=FOREVER)

    def cancel_migration(self, instance_id: str, *, kill: bool = False) -> int:
        """Ask for the end of a migration job; the return value of RequestStateChange: 0, or 4096 for "working on it".

        The host may accept and go on all the same.
        """
        return self._call(Returned, calls.cancel(instance_id, kill=kill)).return_value

    def destroy_planned(self, vm_id: str) -> int:
        """Remove the planned VM of this id; the return value of DestroySystem. Never touches a realised VM."""
        return self._call(Returned, calls.destroy(vm_id)).return_value

    def interrupt(self) -> None:
        """Make the owner's running operation end with an error; what runs on the host goes on. Any thread."""
        self._channel.interrupt()

    def close(self) -> None:
        """End the session and its shell. Not while a move blocks in it: that one is abandoned."""
        self._channel.close()

    def abandon(self) -> None:
        """Let go of the session without deleting its shell, so that a move in it goes on."""
        self._channel.close(delete_shell=False)

    def _ask(self, shape: type[T], op: str, **args: object) -> T:
        return read(self._channel.request(op, args), shape)

    def _call(self, shape: type[T], call: Call, *, seconds: float | None = None) -> T:
        return read_output(self._channel.request("call", call_args(call), seconds=seconds), shape)

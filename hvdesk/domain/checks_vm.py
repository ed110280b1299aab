"""Rules about the virtual machine: its state, its processor, its devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hvdesk.domain.errors import Finding, Severity
from hvdesk.domain.model import HostFacts
from hvdesk.domain.situation import Situation, inserted_images

MIGRATING: Final = frozenset(
    {"MigratingVirtualMachine", "StorageMigrationPhaseOne", "StorageMigrationPhaseTwo", "MigratingPlannedVm"}
)
"""Names of Get-VM's secondary operational status while a migration is under way."""

_BACKUP: Final = "BackingUpVirtualMachine"
_WORKING: Final = ("Creating", "Applying", "Deleting", "Merging", "Exporting")
_STEADY: Final = frozenset({"Running", "Off", "Saved", "Paused"})
_VERSIONS_BEFORE_2016: Final = {"6.2": ("4.0",), "6.3": ("4.0", "5.0")}  # no Get-VMHostSupportedVersion there
_VERSION_OF_2012: Final = "4.0"  # where Get-VM shows none
_VM_MEMORY_STATES: Final = frozenset({"Running", "Paused"})


def elsewhere(situation: Situation) -> Iterator[Finding]:
    """The same id at the destination: a copy, a migration under way, or a leftover that is not ours to remove."""
    presence, vm_id = situation.on_destination, situation.request.vm_id
    jobs = (*situation.source.jobs, *situation.destination.jobs)
    status = set(situation.vm.summary.operational)
    if presence.present:
        yield situation.finding("vm.on_destination", Severity.BLOCKER, situation.destination)
    if status & MIGRATING or presence.planned_in_use or any(job.running and job.vm_id == vm_id for job in jobs):
        yield situation.finding("vm.migrating", Severity.BLOCKER, situation.source)
    elif presence.planned and not presence.present:
        yield situation.finding("vm.planned", Severity.BLOCKER, situation.destination)


def state(situation: Situation) -> Iterator[Finding]:
    """Backup, critical states, states on the way to another, and other work of Hyper-V on the VM."""
    summary = situation.vm.summary
    if _BACKUP in summary.operational:
        yield situation.finding("vm.backup", Severity.BLOCKER, situation.source)
    if summary.state.endswith("Critical"):
        yield situation.finding("vm.critical", Severity.BLOCKER, situation.source, {"state": summary.state})
    elif summary.state not in _STEADY:
        yield situation.finding("vm.in_operation", Severity.BLOCKER, situation.source, {"status": summary.state})
    for status in summary.operational:
        if status.startswith(_WORKING):
            yield situation.finding("vm.in_operation", Severity.WARNING, situation.source, {"status": status})


def cluster(situation: Situation) -> Iterator[Finding]:
    """Move-VM refuses a cluster role."""
    if situation.vm.summary.clustered:
        yield situation.finding("vm.clustered", Severity.BLOCKER, situation.source)


def processor(situation: Situation) -> Iterator[Finding]:
    """A processor's state cannot cross makers; between models Compare-VM decides."""
    vm_state = situation.vm.summary.state
    source, destination = situation.source.facts, situation.destination.facts
    if source.cpu_name == destination.cpu_name:
        return
    if vm_state == "Off":
        if situation.vm.checkpoints:
            yield situation.finding("vm.checkpoint_cpu", Severity.NOTE, situation.destination)
    elif source.cpu_manufacturer != destination.cpu_manufacturer:
        facts = {"source_vendor": source.cpu_manufacturer, "destination_vendor": destination.cpu_manufacturer}
        yield situation.finding("pair.cpu_vendor", Severity.BLOCKER, situation.destination, facts)
    elif not situation.vm.cpu_compatibility:
        facts = {"source_cpu": source.cpu_name, "destination_cpu": destination.cpu_name}
        code, severity = (
            ("vm.saved_cpu", Severity.WARNING) if vm_state == "Saved" else ("pair.cpu_model", Severity.NOTE)
        )
        yield situation.finding(code, severity, situation.destination, facts)


def version(situation: Situation) -> Iterator[Finding]:
    """A host runs the configuration versions it lists and no other."""
    known, wanted = _versions(situation.destination.facts), situation.vm.summary.version or _VERSION_OF_2012
    if known and wanted not in known:
        facts = {"version": wanted, "versions": ", ".join(known)}
        yield situation.finding("vm.version", Severity.BLOCKER, situation.destination, facts)


def memory(situation: Situation) -> Iterator[Finding]:
    """Enough free memory for a VM that holds some."""
    needed, free = situation.vm.summary.memory_bytes, situation.destination.facts.memory_free_bytes
    if situation.vm.summary.state in _VM_MEMORY_STATES and needed and free is not None and free < needed:
        facts = {"needed": needed, "free": free}
        yield situation.finding("pair.memory", Severity.WARNING, situation.destination, facts)


def switches(situation: Situation) -> Iterator[Finding]:
    """Switches are found by name; checkpoints hold adapters of their own."""
    there = {switch.name.casefold() for switch in situation.destination.facts.switches}
    used = dict.fromkeys(adapter.switch for adapter in situation.vm.adapters if adapter.switch)
    for switch in used:
        if switch.casefold() not in there:
            yield situation.finding("vm.switch", Severity.BLOCKER, situation.destination, {"switch": switch})
    for checkpoint in situation.vm.checkpoints:
        for switch in dict.fromkeys(checkpoint.switches):
            if switch.casefold() not in there and switch not in used:
                facts = {"switch": switch, "checkpoint": checkpoint.name}
                yield situation.finding("vm.switch_checkpoint", Severity.WARNING, situation.destination, facts)


def devices(situation: Situation) -> Iterator[Finding]:
    """Disks and drives that do not move, and what moves with a loss."""
    vm = situation.vm
    for disk in vm.disks:
        if disk.physical:
            facts = {"controller": disk.controller}
            yield situation.finding("vm.pass_through", Severity.BLOCKER, situation.source, facts)
        elif disk.shared or disk.path.casefold().endswith(".vhds"):
            yield situation.finding("vm.shared_disk", Severity.BLOCKER, situation.source, {"path": disk.path})
    for path in inserted_images(vm):
        if path not in situation.files_there:  # on a share, Hyper-V may see with other rights than our session does
            severity = Severity.WARNING if path.startswith("\\\\") else Severity.BLOCKER
            yield situation.finding("vm.iso", severity, situation.destination, {"path": path})
    if any(dvd.media == "PassThrough" for dvd in vm.dvds):
        yield situation.finding("vm.dvd_host", Severity.WARNING, situation.source)
    for adapter in vm.adapters:
        if adapter.sr_iov:
            yield situation.finding("vm.sr_iov", Severity.NOTE, situation.destination, {"adapter": adapter.name})


def protection(situation: Situation) -> Iterator[Finding]:
    """Replica and keys that the destination must have."""
    vm = situation.vm
    if vm.replication_state != "Disabled":
        facts = {"mode": vm.replication_mode, "state": vm.replication_state}
        yield situation.finding("vm.replica", Severity.WARNING, situation.source, facts)
    if vm.tpm or vm.shielded:
        yield situation.finding("vm.tpm", Severity.WARNING, situation.destination)


def _versions(facts: HostFacts) -> tuple[str, ...]:
    release = ".".join(facts.os_version.split(".")[:2])
    return facts.vm_versions or _VERSIONS_BEFORE_2016.get(release, ())


RULES: Final[tuple[Callable[[Situation], Iterable[Finding]], ...]] = (
    elsewhere,
    state,
    cluster,
    processor,
    version,
    memory,
    switches,
    devices,
    protection,
)

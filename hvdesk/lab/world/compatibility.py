"""Whether a host can run a virtual machine: configuration version, processor, saved state, keys of its TPM, devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Machine


def refusals(machine: Machine, source: Host, destination: Host, switches: Mapping[str, bool]) -> Iterator[str]:
    """Names of the errors with which a move would fail at once."""
    if machine.spec.version not in (*destination.spec.vm_versions, *destination.spec.silent_versions):
        yield "10698"
    error = _processor(machine, source, destination, switches)
    if error is not None:
        yield error
    if switches["compare_sees_missing_keys"] and machine.state != "Off":
        error = keys_error(machine, destination)
        if error is not None:
            yield error
    if machine.spec.gpu_partition and machine.alive:
        yield "0x80070032"
    if machine.spec.replication_state != "Disabled" and not switches["replicated_vm_moves"]:
        yield "replicated"


def _processor(machine: Machine, source: Host, destination: Host, switches: Mapping[str, bool]) -> str | None:
    """Nothing of a processor is in a VM that is off, unless in the memory of its checkpoints."""
    other_maker = source.spec.cpu_manufacturer != destination.spec.cpu_manufacturer
    lacking = set(source.spec.cpu_features) - set(destination.spec.cpu_features)
    if machine.state == "Off":
        of_the_source = other_maker or (lacking and not machine.spec.cpu_compatibility)
        return "hardware" if machine.checkpoints and of_the_source else None
    if other_maker:
        return "hardware"
    if not lacking or machine.spec.cpu_compatibility:
        return None
    if machine.state == "Saved":
        return "0xC0370027" if switches["move_reads_saved_state"] else None
    return "processor-features"


def keys_error(machine: Machine, destination: Host) -> str | None:
    """Why the destination cannot open the key of the VM's TPM; None: it can, or there is none."""
    guardian = machine.spec.guardian
    if not guardian or guardian in destination.spec.guardians:
        return None
    return "0x80092002" if guardian in destination.spec.damaged_guardians else "0x80070057"

"""Virtual machines of the world: what Get-VM and its relatives would show, and the files that belong to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from hvdesk.lab.scenario import GIB, CheckpointSpec, DiskSpec, FileSpec, VmSpec
from hvdesk.lab.world.storage import join, rooted

SYSTEM_BYTES = 4 * 2**20
"""Configuration and runtime state file of a VM without saved memory."""
_IDS = uuid.UUID("6f1c3a52-55d7-4d9e-9d5a-0a6b7f0f5c11")


def made_up_id(*words: object) -> str:
    """A GUID that is the same in every run of a scenario."""
    return str(uuid.uuid5(_IDS, "/".join(str(word) for word in words)))


@dataclass(frozen=True)
class DiskFile:
    """A file of a disk's chain. `unmanaged`: a differencing disk's parent, which stays behind on the source."""

    path: str
    length: int
    unmanaged: bool = False


@dataclass(frozen=True)
class Disk:
    """A hard disk; `chain` has the leaf first and is empty for a pass-through disk."""

    controller: str
    size: int
    format: str
    fixed: bool
    shared: bool
    chain: tuple[DiskFile, ...]
    physical: str | None = None

    @property
    def path(self) -> str:
        """As Get-VMHardDiskDrive shows it."""
        return self.physical or self.chain[0].path


@dataclass(frozen=True)
class Adapter:
    """A network adapter; no switch: not connected."""

    name: str
    mac: str
    switch: str | None
    sr_iov: bool


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint; `length` is its own configuration file's."""

    id: str
    name: str
    parent_id: str | None
    length: int
    switches: tuple[str, ...]
    age: int


@dataclass
class Machine:
    """A VM; guarded by the world's lock. `spec` holds what never changes, the rest moves with the machine."""

    id: str
    name: str
    spec: VmSpec
    state: str
    folder: str
    disks: tuple[Disk, ...]
    adapters: tuple[Adapter, ...]
    dvds: tuple[str | None, ...]
    checkpoints: tuple[Checkpoint, ...]
    started: float
    operational: tuple[str, ...] = ("Ok",)
    status: str = "Operating normally"
    clustered: bool = False
    memory: int = 0

    @property
    def alive(self) -> bool:
        """True for a VM with memory to transfer."""
        return self.state in ("Running", "Paused")

    def system_files(self) -> list[tuple[str, int]]:
        """Configuration, state and checkpoint files with their lengths."""
        saved = self.memory if self.state == "Saved" else 0
        base = join(self.folder, f"Virtual Machines\\{self.id.upper()}")
        files = [(base + ".vmcx", SYSTEM_BYTES // 2), (base + ".vmrs", SYSTEM_BYTES // 2 + saved)]
        for point in self.checkpoints:
            files.append((join(self.folder, f"Snapshots\\{point.id.upper()}.vmcx"), point.length))
        return files


def build(spec: VmSpec, vm_id: str, folder: str) -> Machine:
    """A machine of the scenario; the caller puts its files on the host's volumes."""
    return Machine(
        id=vm_id,
        name=spec.name,
        spec=spec,
        state=spec.state,
        folder=folder,
        disks=tuple(_disk(disk, number, folder) for number, disk in enumerate(spec.disks)),
        adapters=tuple(
            Adapter(adapter.name, adapter.mac or _mac(vm_id, number), adapter.switch, adapter.sr_iov)
            for number, adapter in enumerate(spec.adapters)
        ),
        dvds=tuple(path or None for path in spec.dvds),
        checkpoints=tuple(_checkpoint(point, vm_id, number) for number, point in enumerate(spec.checkpoints)),
        started=-float(spec.uptime_seconds),
        operational=spec.operational,
        clustered=spec.clustered,
        memory=int(spec.memory_gb * GIB),
    )


def _disk(spec: DiskSpec, number: int, folder: str) -> Disk:
    return Disk(
        controller=spec.controller or f"SCSI 0:{number}",
        size=int(spec.size_gb * GIB),
        format=spec.format,
        fixed=spec.fixed,
        shared=spec.shared,
        chain=tuple(DiskFile(_below(folder, file), int(file.gb * GIB), file.unmanaged) for file in spec.chain),
        physical=spec.physical,
    )


def _below(folder: str, spec: FileSpec) -> str:
    return spec.file if rooted(spec.file) else join(folder, f"Virtual Hard Disks\\{spec.file}")


def _checkpoint(spec: CheckpointSpec, vm_id: str, number: int) -> Checkpoint:
    return Checkpoint(
        id=made_up_id(vm_id, "checkpoint", spec.name),
        name=spec.name,
        parent_id=made_up_id(vm_id, "checkpoint", spec.parent) if spec.parent else None,
        length=int(spec.gb * GIB),
        switches=tuple(spec.switches),
        age=86400 * (10 - number),
    )


def _mac(vm_id: str, number: int) -> str:
    return f"00155D{uuid.UUID(vm_id).int % 0x10000:04X}{number:02X}"

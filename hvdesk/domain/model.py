"""What a host and its virtual machines are: frozen data, as the agent on the host reports it.

Field names are the keys of the agent's answers (hvdesk/hyperv/agent). Sizes are bytes, durations seconds, times
ISO-8601 text in UTC. `None` means that the host could not say: the front ends show a dash, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A local drive or cluster shared volume; `root` ends in a backslash (`D:\\`)."""

    root: str
    label: str
    size_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A virtual switch; `kind` is External, Internal or Private."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationSettings:
    """Hyper-V Settings > Live Migrations and Storage Migrations, as Get-VMHost reports them."""

    enabled: bool
    max_vm_migrations: int
    max_storage_migrations: int
    any_network: bool
    authentication: str  # CredSSP or Kerberos
    performance: str | None  # TCPIP, Compression, SMB; None on Server 2012, which has no such option
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What a host says of itself. Its identity is (`name`, `domain`), whatever address it was reached by."""

    name: str
    fqdn: str
    domain: str | None  # None: a workgroup host
    os_caption: str
    os_version: str  # e.g. 10.0.20348
    powershell: str
    cpu_manufacturer: str
    cpu_name: str
    logical_processors: int
    memory_bytes: int
    memory_free_bytes: int | None
    vm_path: str
    vhd_path: str
    volumes: tuple[Volume, ...]
    switches: tuple[Switch, ...]
    migration: MigrationSettings
    vm_versions: tuple[str, ...]  # configuration versions this host runs; empty before Server 2016 (no such cmdlet)
    cluster: str | None
    credential_guard: bool | None
    now: str  # the host's clock, UTC

    @property
    def identity(self) -> tuple[str, str]:
        """Computer name and domain in lower case: what makes two entries the same machine."""
        return self.name.casefold(), (self.domain or "").casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class VmSummary:
    """One row of the VM table. `operational` holds the names of Get-VM's primary and secondary status."""

    id: str  # lower-case GUID
    name: str
    state: str  # [string] of Microsoft.HyperV.PowerShell.VMState: Running, Off, Saved, Paused, ...
    cpu_percent: int | None
    memory_bytes: int | None
    uptime_seconds: int | None
    status: str
    operational: tuple[str, ...]
    version: str
    clustered: bool
    vm_type: str  # RealizedVirtualMachine or PlannedVirtualMachine


@dataclass(frozen=True, slots=True, kw_only=True)
class VmDisk:
    """A hard disk of a VM. `file_bytes` is the size of the whole chain's files on the host."""

    controller: str  # "SCSI 0:1", "IDE 0:0"
    path: str
    physical: bool  # a pass-through disk
    format: str | None
    size_bytes: int | None
    file_bytes: int | None
    parents: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VmAdapter:
    """A virtual network adapter; `switch` is None when it is not connected."""

    name: str
    mac: str
    switch: str | None
    sr_iov: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VmDvd:
    """A DVD drive; `media` is None, ISO or PassThrough (as Get-VMDvdDrive writes it)."""

    controller: str
    media: str
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VmCheckpoint:
    """A checkpoint; `parent_id` is None for the first of its tree. `switches` are those its own adapters name."""

    id: str
    name: str
    created: str
    parent_id: str | None
    switches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VmDetails:
    """All that a check and the details pane need of one VM."""

    summary: VmSummary
    generation: int
    created: str
    notes: str
    memory_startup_bytes: int
    processors: int
    config_path: str
    checkpoint_path: str
    smart_paging_path: str
    system_bytes: int | None  # SizeOfSystemFiles: configuration and saved state
    disks: tuple[VmDisk, ...]
    adapters: tuple[VmAdapter, ...]
    dvds: tuple[VmDvd, ...]
    checkpoints: tuple[VmCheckpoint, ...]
    cpu_compatibility: bool
    tpm: bool | None  # None before Server 2016
    shielded: bool | None
    replication_state: str  # Disabled when there is none
    replication_mode: str

    @property
    def storage_bytes(self) -> int | None:
        """Bytes of all files that move with the VM, or None when one of them could not be read."""
        sizes = [disk.file_bytes for disk in self.disks if not disk.physical] + [self.system_bytes or 0]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """A folder on a host and the folders in it; path "" is the list of drives."""

    path: str
    folders: tuple[str, ...]
    free_bytes: int | None  # of the volume that holds it
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationJob:
    """One Msvm_MigrationJob (root\\virtualization\\v2); JobState 2-6 is going on, 7 and above is over."""

    instance_id: str
    vm_id: str  # lower-case GUID
    destination: str | None  # None for a storage migration
    percent: int
    job_state: int
    job_type: int
    cancellable: bool
    error_code: int
    error_text: str

    @property
    def running(self) -> bool:
        """True while the host still works on it."""
        return 2 <= self.job_state <= 6

    @property
    def moves_vm(self) -> bool:
        """True while it takes the VM to another host (JobType 305, 306): the host counts it as an active migration."""
        return self.running and self.job_type in (305, 306)

    @property
    def takes_slot(self) -> bool:
        """True while it is such a migration or may become one. Those of storage alone (303, 304, 307) have a limit of
        their own."""
        return self.running and self.job_type not in (303, 304, 307)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether a host has a VM of this id, realised or planned."""

    vm_id: str
    present: bool  # a RealizedVirtualMachine of this id is here
    state: str | None
    operational: tuple[str, ...]
    planned: bool  # an Msvm_PlannedComputerSystem of this id is here
    planned_in_use: bool  # its OperationalStatus holds 32774


@dataclass(frozen=True, slots=True, kw_only=True)
class Incompatibility:
    """One entry of a VMCompatibilityReport; `source_type` is the short type name of its Source object."""

    message_id: int
    message: str
    source_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompatibilityReport:
    """What Compare-VM (or Move-VM -Passthru that found the move incompatible) gave back."""

    vm_id: str
    destination: str
    incompatibilities: tuple[Incompatibility, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLength:
    """Length of a file on a host; None when it is not there (yet)."""

    path: str
    length: int | None

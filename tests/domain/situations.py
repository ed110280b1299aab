"""A situation in which everything is well, and how to spoil it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hvdesk.domain.errors import HvError
from hvdesk.domain.model import (
    FolderListing,
    HostFacts,
    MigrationJob,
    MigrationSettings,
    Presence,
    Switch,
    VmAdapter,
    VmCheckpoint,
    VmDetails,
    VmDisk,
    VmDvd,
    VmSummary,
    Volume,
)
from hvdesk.domain.move import MoveRequest, SingleLocation
from hvdesk.domain.situation import Side, Situation

GB = 2**30
VM_ID = "11111111-2222-3333-4444-555555555555"


def facts(host_name: str, **changes: Any) -> HostFacts:
    """A host of Server 2022; `migration` changes only what it names."""
    settings = MigrationSettings(
        enabled=True,
        max_vm_migrations=2,
        max_storage_migrations=2,
        any_network=True,
        authentication="Kerberos",
        performance="Compression",
    )
    migration = replace(settings, **changes.pop("migration", {}))
    host = HostFacts(
        name=host_name,
        fqdn=f"{host_name.lower()}.lab.test",
        domain="lab.test",
        os_caption="Microsoft Windows Server 2022 Datacenter",
        os_version="10.0.20348",
        powershell="5.1.20348.1",
        cpu_manufacturer="GenuineIntel",
        cpu_name="Xeon",
        logical_processors=16,
        memory_bytes=64 * GB,
        memory_free_bytes=32 * GB,
        vm_path="D:\\VMs",
        vhd_path="D:\\VMs",
        volumes=(Volume(root="D:\\", label="", size_bytes=1000 * GB, free_bytes=500 * GB),),
        switches=(Switch(name="Corp", kind="External"),),
        migration=migration,
        vm_versions=("9.0", "10.0"),
        cluster=None,
        credential_guard=False,
        now="2026-01-01T12:00:00.0000000Z",
    )
    return replace(host, **changes)


def vm(**changes: Any) -> VmDetails:
    """A running VM with one dynamic disk; `summary` changes only what it names."""
    summary = VmSummary(
        id=VM_ID,
        name="web",
        state="Running",
        cpu_percent=1,
        memory_bytes=4 * GB,
        uptime_seconds=1,
        status="Operating normally",
        operational=("Ok",),
        version="10.0",
        clustered=False,
        vm_type="RealizedVirtualMachine",
    )
    details = VmDetails(
        summary=replace(summary, **changes.pop("summary", {})),
        generation=2,
        created="2026-01-01T00:00:00Z",
        notes="",
        memory_startup_bytes=4 * GB,
        processors=2,
        config_path="D:\\VMs\\web",
        checkpoint_path="D:\\VMs\\web",
        smart_paging_path="D:\\VMs\\web",
        system_bytes=GB,
        disks=(disk(),),
        adapters=(VmAdapter(name="Network Adapter", mac="00155D000001", switch="corp", sr_iov=False),),
        dvds=(),
        checkpoints=(),
        cpu_compatibility=False,
        tpm=False,
        shielded=False,
        replication_state="Disabled",
        replication_mode="None",
    )
    return replace(details, **changes)


def disk(**changes: Any) -> VmDisk:
    """A dynamic disk of 40 GB that holds 20."""
    usual = VmDisk(
        controller="SCSI 0:0",
        path="D:\\VMs\\web\\web.vhdx",
        physical=False,
        format="VHDX",
        size_bytes=40 * GB,
        file_bytes=20 * GB,
    )
    return replace(usual, **changes)


def dvd(path: str | None, media: str = "ISO") -> VmDvd:
    """A DVD drive."""
    return VmDvd(controller="IDE 1:0", media=media, path=path)


def checkpoint(*switches: str) -> VmCheckpoint:
    """A checkpoint whose adapters name these switches."""
    return VmCheckpoint(id="c", name="before", created="2026-01-01T00:00:00Z", parent_id=None, switches=switches)


def job(vm_id: str = "other", state: int = 4, kind: int = 306) -> MigrationJob:
    """A migration job; `kind` is its JobType."""
    return MigrationJob(
        instance_id=f"job {vm_id}",
        vm_id=vm_id,
        destination="hv02.lab.test",
        percent=10,
        job_state=state,
        job_type=kind,
        cancellable=True,
        error_code=0,
        error_text="",
    )


def situation(
    *,
    source: dict[str, Any] | None = None,
    destination: dict[str, Any] | None = None,
    vm_changes: dict[str, Any] | None = None,
    jobs: tuple[MigrationJob, ...] = (),
    active: tuple[int | None, int | None] = (None, None),
    presence: dict[str, Any] | None = None,
    folder: FolderListing | HvError | None = None,
    files_there: tuple[str, ...] = (),
    forwarded: bool = True,
) -> Situation:
    """Everything is well but for what is named. `jobs` are the source's, `active` what each host counts."""
    here = Presence(vm_id=VM_ID, present=False, state=None, operational=(), planned=False, planned_in_use=False)
    listing = FolderListing(path="D:\\VMs", folders=(), free_bytes=500 * GB, size_bytes=1000 * GB)
    storage = SingleLocation(folder="D:\\VMs")
    return Situation(
        request=MoveRequest(vm_id=VM_ID, vm_name="web", source="1", destination="2", storage=storage),
        source=Side(label="HV01", facts=facts("HV01", **(source or {})), jobs=jobs, active=active[0]),
        destination=Side(label="HV02", facts=facts("HV02", **(destination or {})), active=active[1]),
        vm=vm(**(vm_changes or {})),
        on_destination=replace(here, **(presence or {})),
        folder=listing if folder is None else folder,
        files_there=frozenset(files_there),
        credential_forwarded=forwarded,
    )

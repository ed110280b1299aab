"""The pre-flight rules: each condition of a live migration without shared storage, and what it is called."""

from __future__ import annotations

from typing import Any

import pytest
from domain.situations import GB, VM_ID, checkpoint, disk, dvd, job, situation, vm

from hvdesk.domain import checks
from hvdesk.domain.errors import HvError, Severity
from hvdesk.domain.model import CompatibilityReport, FolderListing, Incompatibility, Switch, VmAdapter, Volume
from hvdesk.domain.situation import disk_targets, files_to_ask

BLOCKER, WARNING, NOTE = Severity.BLOCKER, Severity.WARNING, Severity.NOTE


def adapter(switch: str | None, *, sr_iov: bool = False) -> VmAdapter:
    """A network adapter."""
    return VmAdapter(name="Network Adapter", mac="00155D000001", switch=switch, sr_iov=sr_iov)


def with_vm(**changes: Any) -> dict[str, Any]:
    """A situation with such a VM."""
    return {"vm_changes": changes}


def state(name: str, *operational: str) -> dict[str, Any]:
    """A situation with a VM in this state."""
    return with_vm(summary={"state": name, "operational": operational or ("Ok",)})


AMD = {"cpu_manufacturer": "AuthenticAMD", "cpu_name": "EPYC"}
CREDSSP = {"migration": {"authentication": "CredSSP"}}

RULES: dict[str, tuple[dict[str, Any], list[tuple[str, Severity]]]] = {
    "all is well": ({}, []),
    "one host under two names": ({"destination": {"name": "hv01", **AMD}}, [("pair.same_host", BLOCKER)]),
    "migration disabled at the source": (
        {"source": {"migration": {"enabled": False}}},
        [("pair.migration_disabled", BLOCKER)],
    ),
    "migration disabled at the destination": (
        {"destination": {"migration": {"enabled": False}}},
        [("pair.migration_disabled", BLOCKER)],
    ),
    "a workgroup host": ({"destination": {"domain": None}}, [("pair.workgroup", BLOCKER)]),
    "another domain": ({"destination": {"domain": "other.test"}}, [("pair.domain", WARNING)]),
    "a domain in other letters": ({"destination": {"domain": "LAB.test"}}, []),
    "authentication differs": ({"destination": CREDSSP}, [("pair.authentication_differs", WARNING)]),
    "CredSSP with a forwarded credential": ({"source": CREDSSP, "destination": CREDSSP}, []),
    "CredSSP without one": (
        {"source": CREDSSP, "destination": CREDSSP, "forwarded": False},
        [("hop.no_credential", BLOCKER)],
    ),
    "CredSSP with Credential Guard": (
        {"source": {**CREDSSP, "credential_guard": True}, "destination": CREDSSP},
        [("hop.credential_guard", BLOCKER)],
    ),
    "Credential Guard at the destination does not matter": (
        {"source": CREDSSP, "destination": {**CREDSSP, "credential_guard": True}},
        [],
    ),
    "CredSSP on 2025, guard not known": (
        {"source": {**CREDSSP, "credential_guard": None, "os_version": "10.0.26100"}, "destination": CREDSSP},
        [("hop.credential_guard_likely", WARNING)],
    ),
    "Kerberos without a forwarded credential": ({"forwarded": False}, [("hop.delegation", NOTE)]),
    "clocks within five minutes": ({"destination": {"now": "2026-01-01T12:04:59Z"}}, []),
    "clocks too far apart": ({"destination": {"now": "2026-01-01T11:54:00Z"}}, [("pair.clock", WARNING)]),
    "no slot free": ({"jobs": (job("a"), job("b"))}, [("slots.wait", NOTE)]),
    "slots of jobs that are over": ({"jobs": (job("a", 7), job("b", 10))}, []),
    "one of storage alone takes none": ({"jobs": (job("a"), job("b", kind=307))}, []),
    "the destination counts some that come to it": ({"active": (0, 2)}, [("slots.wait", NOTE)]),
    "the source counts some that come to it": ({"jobs": (job("a"),), "active": (2, 0)}, [("slots.wait", NOTE)]),
    "fewer are counted than listed": ({"jobs": (job("a"), job("b")), "active": (0, None)}, [("slots.wait", NOTE)]),
    "one of two slots is taken": ({"jobs": (job("a"),), "active": (1, 1)}, []),
    "no slots at all": ({"source": {"migration": {"max_vm_migrations": 0}}}, [("slots.none", BLOCKER)]),
    "another processor maker": ({"destination": AMD}, [("pair.cpu_vendor", BLOCKER)]),
    "another maker, saved": ({"destination": AMD, **state("Saved")}, [("pair.cpu_vendor", BLOCKER)]),
    "another maker, off": ({"destination": AMD, **state("Off")}, []),
    "another model": ({"destination": {"cpu_name": "newer"}}, [("pair.cpu_model", NOTE)]),
    "another model, saved": ({"destination": {"cpu_name": "newer"}, **state("Saved")}, [("vm.saved_cpu", WARNING)]),
    "another model with compatibility on": (
        {"destination": {"cpu_name": "newer"}, **with_vm(cpu_compatibility=True)},
        [],
    ),
    "version too new": (with_vm(summary={"version": "12.0"}), [("vm.version", BLOCKER)]),
    "version for 2012 R2": (
        {"destination": {"vm_versions": (), "os_version": "6.3.9600"}, **with_vm(summary={"version": "5.0"})},
        [],
    ),
    "version too new for 2012 R2": (
        {"destination": {"vm_versions": (), "os_version": "6.3.9600"}},
        [("vm.version", BLOCKER)],
    ),
    "little memory": ({"destination": {"memory_free_bytes": GB}}, [("pair.memory", WARNING)]),
    "little memory, off": ({"destination": {"memory_free_bytes": GB}, **state("Off")}, []),
    "memory not known": ({"destination": {"memory_free_bytes": None}}, []),
    "switch missing": (with_vm(adapters=(adapter("DMZ"),)), [("vm.switch", BLOCKER)]),
    "switch in other letters": (
        {"destination": {"switches": (Switch(name="CORP", kind="External"),)}},
        [],
    ),
    "not connected": (with_vm(adapters=(adapter(None),)), []),
    "a checkpoint's switch missing": (
        with_vm(checkpoints=(checkpoint("Corp", "DMZ"),)),
        [("vm.switch_checkpoint", WARNING)],
    ),
    "SR-IOV": (with_vm(adapters=(adapter("Corp", sr_iov=True),)), [("vm.sr_iov", NOTE)]),
    "pass-through disk": (with_vm(disks=(disk(physical=True),)), [("vm.pass_through", BLOCKER)]),
    "shared disk": (with_vm(disks=(disk(shared=True),)), [("vm.shared_disk", BLOCKER)]),
    "VHD set": (with_vm(disks=(disk(path="D:\\x.VHDS"),)), [("vm.shared_disk", BLOCKER)]),
    "ISO that is not there": (with_vm(dvds=(dvd("D:\\a.iso"),)), [("vm.iso", BLOCKER)]),
    "ISO that is there": ({**with_vm(dvds=(dvd("D:\\a.iso"),)), "files_there": ("D:\\a.iso",)}, []),
    "ISO on a share": (with_vm(dvds=(dvd("\\\\s\\iso\\a.iso"),)), [("vm.iso", WARNING)]),
    "empty DVD drive": (with_vm(dvds=(dvd(None, "None"),)), []),
    "DVD drive of the host": (with_vm(dvds=(dvd("E:", "PassThrough"),)), [("vm.dvd_host", WARNING)]),
    "replica": (with_vm(replication_state="Replicating", replication_mode="Primary"), [("vm.replica", WARNING)]),
    "trusted platform module": (with_vm(tpm=True), [("vm.tpm", WARNING)]),
    "shielded": (with_vm(shielded=True), [("vm.tpm", WARNING)]),
    "before 2016, not known": (with_vm(tpm=None, shielded=None), []),
    "backup": (state("Running", "InService", "BackingUpVirtualMachine"), [("vm.backup", BLOCKER)]),
    "migrating": (state("Running", "InService", "MigratingVirtualMachine"), [("vm.migrating", BLOCKER)]),
    "storage migration": (state("Running", "InService", "StorageMigrationPhaseOne"), [("vm.migrating", BLOCKER)]),
    "a job of this VM": ({"jobs": (job(VM_ID),)}, [("vm.migrating", BLOCKER)]),
    "merging": (state("Running", "InService", "MergingDisks"), [("vm.in_operation", WARNING)]),
    "stopping": (state("Stopping"), [("vm.in_operation", BLOCKER)]),
    "critical": (state("PausedCritical"), [("vm.critical", BLOCKER)]),
    "clustered": (with_vm(summary={"clustered": True}), [("vm.clustered", BLOCKER)]),
    "the destination has it": ({"presence": {"present": True}}, [("vm.on_destination", BLOCKER)]),
    "a planned one that is not ours": ({"presence": {"planned": True}}, [("vm.planned", BLOCKER)]),
    "a planned one in use": (
        {"presence": {"planned": True, "planned_in_use": True}},
        [("vm.migrating", BLOCKER)],
    ),
    "folder missing": ({"folder": HvError("folder.missing", host="HV02")}, [("folder.missing", BLOCKER)]),
    "not enough space": (
        {"folder": FolderListing(path="D:\\VMs", folders=(), free_bytes=20 * GB, size_bytes=100 * GB)},
        [("folder.no_space", BLOCKER)],
    ),
    "little space left": (
        {"folder": FolderListing(path="D:\\VMs", folders=(), free_bytes=22 * GB, size_bytes=100 * GB)},
        [("folder.space_tight", WARNING)],
    ),
    "free space from the volume": (
        {"folder": FolderListing(path="D:\\VMs", folders=(), free_bytes=None, size_bytes=None)},
        [],
    ),
    "free space not known": (
        {
            "folder": FolderListing(path="D:\\VMs", folders=(), free_bytes=None, size_bytes=None),
            "destination": {"volumes": (Volume(root="E:\\", label="", size_bytes=GB, free_bytes=GB),)},
        },
        [("folder.space_unknown", NOTE)],
    ),
    "size not known": (with_vm(disks=(disk(file_bytes=None),)), [("folder.space_unknown", NOTE)]),
    "a file in the way": (
        {"files_there": ("D:\\VMs\\Virtual Hard Disks\\web.vhdx",)},
        [("folder.files_there", WARNING)],
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rules(name: str) -> None:
    spoiled, expected = RULES[name]
    findings = checks.run(situation(**spoiled))
    assert [(finding.code, finding.severity) for finding in findings] == expected
    for finding in findings:
        report = finding.report()
        assert "?" not in report.title + report.what, "a fact is missing in the texts"
        assert finding.host in ("HV01", "HV02")


def test_the_worst_comes_first() -> None:
    findings = checks.run(
        situation(
            source={"migration": {"enabled": False}},
            forwarded=False,
            vm_changes={"tpm": True, "replication_state": "Replicating", "summary": {"clustered": True}},
        )
    )
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities, key=[BLOCKER, WARNING, NOTE].index)
    assert {BLOCKER, WARNING, NOTE} == set(severities)


def test_compare_vm_s_causes_are_blockers_with_the_host_s_words() -> None:
    wrapper = Incompatibility(
        message_id=21502, message="The virtual machine is not compatible", source_type="VirtualMachine"
    )
    cause = Incompatibility(message_id=33012, message="Could not find Ethernet switch", source_type="VMNetworkAdapter")
    report = CompatibilityReport(vm_id=VM_ID, destination="HV02", incompatibilities=(wrapper, cause))
    (finding,) = checks.compared(report, "web", "HV02")
    assert (finding.code, finding.severity, finding.host_words) == ("compare.incompatible", BLOCKER, cause.message)
    alone = CompatibilityReport(vm_id=VM_ID, destination="HV02", incompatibilities=(wrapper,))
    assert [finding.host_words for finding in checks.compared(alone, "web", "HV02")] == [wrapper.message]
    assert (
        checks.compared(CompatibilityReport(vm_id=VM_ID, destination="HV02", incompatibilities=()), "web", "HV02") == ()
    )


def test_targets_name_the_whole_chain_in_both_layouts() -> None:
    """Which folder Hyper-V puts the disks into is not documented."""
    leaf = disk(path="D:\\a\\web_1.avhdx", parents=("D:\\a\\web.vhdx",))
    (target,) = disk_targets(vm(disks=(leaf, disk(physical=True))), "E:\\new")
    assert set(target.paths) == {
        "E:\\new\\Virtual Hard Disks\\web_1.avhdx",
        "E:\\new\\web_1.avhdx",
        "E:\\new\\Virtual Hard Disks\\web.vhdx",
        "E:\\new\\web.vhdx",
    }
    assert (target.bytes, target.grows) == (20 * GB, True)
    (fixed,) = disk_targets(vm(disks=(disk(file_bytes=40 * GB),)), "E:\\new")
    assert not fixed.grows


def test_files_to_ask_are_targets_and_images_each_once() -> None:
    asked = files_to_ask(vm(dvds=(dvd("D:\\a.iso"), dvd("D:\\a.iso"))), "D:\\VMs")
    assert len(asked) == len(set(asked))
    assert "D:\\a.iso" in asked

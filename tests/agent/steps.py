"""The contract suite's one list: request lines, and what their answers must say, whoever answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.binding_steps import HV02, binding
from agent.contract_world import (
    ARRIVING,
    GIANT,
    HOSTILE,
    JOB,
    LEFT_OVER,
    NOBODY,
    OLD_SWITCH,
    ON_SHARES,
    RAW,
    SYSTEMS,
    WEB,
)  # fmt: skip
from agent.edge_steps import edges, when_over, while_it_moves
from agent.event_steps import NAME, events
from agent.step import Check, Step, StepList, equal, fault, output, result

from hvdesk.domain.calls import Call
from hvdesk.domain.model import FolderListing, HostFacts, MigrationJob, Presence, Switch, VmDetails, Volume
from hvdesk.hyperv import calls, messages

ODD_SHARED = "\\\\FS01\\VMs\\Odd ' $(x)"
NEW_FOLDER = "D:\\VMs\\it's $(Stop-VM a) `n [x] \u201cq\u2019 \u202e\u05d0 \U0001f4be"


def _facts(facts: HostFacts, windows: str) -> None:
    equal(name="HV01", fqdn="hv01.lab.test", domain="lab.test", vm_path="D:\\VMs", vhd_path="D:\\VMs\\Disks")(
        facts, windows
    )
    equal(cpu_manufacturer="GenuineIntel", logical_processors=32, memory_bytes=128 * 2**30, cluster=None)(
        facts, windows
    )
    system = SYSTEMS[windows]
    versions, guard = (system.versions, False) if system.new else ((), None)
    equal(credential_guard=guard, vm_versions=versions, os_version=system.version)(facts, windows)
    assert facts.powershell.startswith(system.powershell[:3])
    assert facts.volumes[0] == Volume(root="C:\\", label="", size_bytes=100 * 2**30, free_bytes=60 * 2**30)
    assert [volume.label for volume in facts.volumes] == ["", "VM-D\u00e4ten"]
    assert facts.switches == (Switch(name="LAN", kind="External"), Switch(name="Storage (private)", kind="Private"))
    migration = facts.migration
    assert (migration.enabled, migration.any_network, migration.authentication) == (True, False, "CredSSP")
    assert (migration.max_vm_migrations, migration.max_storage_migrations) == (4, 3)
    assert migration.performance == (None if windows == "2012" else "Compression")
    assert migration.networks == ("10.0.0.0/24", "fd00::/64")


def _list(listed: messages.VmList, windows: str) -> None:
    assert [vm.id for vm in listed.vms] == [
        WEB,
        HOSTILE,
        OLD_SWITCH,
        GIANT,
        RAW,
        ON_SHARES,
    ]  # and none of the planned ones
    assert [vm.state for vm in listed.vms] == ["Running", "Off", "Saved", "Running", "Paused", "Off"]
    assert [vm.clustered for vm in listed.vms] == [False, False, False, False, True, False]
    assert listed.vms[1].name == NAME
    assert listed.vms[3].operational == ("InService", "StorageMigrationPhaseOne")
    equal(cpu_percent=17, memory_bytes=8 * 2**30, operational=("Ok",), vm_type="RealizedVirtualMachine")(
        listed.vms[0], windows
    )
    assert (listed.vms[0].uptime_seconds or 0) >= 93784
    assert {vm.version for vm in listed.vms} == {SYSTEMS[windows].versions[-1]}


def _web(vm: VmDetails, windows: str) -> None:
    assert vm.notes == "first line\nsecond: caf\u00e9"
    equal(processors=4, memory_startup_bytes=8 * 2**30, cpu_compatibility=False)(vm, windows)
    security = False if SYSTEMS[windows].new else None
    equal(generation=1 if windows == "2012" else 2, tpm=security, shielded=security)(vm, windows)
    equal(replication_state="Disabled", replication_mode="None")(vm, windows)
    chained, lost = vm.disks
    disks = "D:\\VMs\\web-01\\Virtual Hard Disks\\"
    equal(path=disks + "web-01_3F2A.avhdx", parents=(disks + "web-01.vhdx",), file_bytes=32 * 2**30)(chained, windows)
    equal(controller="SCSI 0:0", format="VHDX", size_bytes=100 * 2**30, physical=False, shared=False)(chained, windows)
    equal(path="E:\\Lost\\gone.vhd", controller="SCSI 0:3", format=None, size_bytes=None, file_bytes=None)(
        lost, windows
    )
    assert vm.storage_bytes is None
    assert [(a.mac, a.switch, a.sr_iov) for a in vm.adapters] == [
        ("00155D010203", "LAN", False),
        ("00155D010204", None, True),
    ]
    assert [(d.media, d.path) for d in vm.dvds] == [("None", None), ("ISO", "D:\\ISO\\tools (x64).iso")]
    first, second = vm.checkpoints
    assert (first.name, first.parent_id, first.switches) == ("before update", None, ("LAN",))
    assert (second.name, second.parent_id, second.switches) == ("after update", first.id, ("LAN", "Old LAN"))


def _hostile(vm: VmDetails, windows: str) -> None:
    assert vm.summary.name == NAME
    assert vm.notes == "\t</script>\u2028\\u0041"
    assert vm.disks[0].path == "D:\\VMs\\hostile\\it's $(x) `n \U0001f4be.vhdx"
    assert vm.disks[0].parents == ()
    assert vm.adapters[0].name == "NIC '\U0001f310'"
    assert vm.checkpoints[0].name == "'; exit #"
    assert vm.storage_bytes is not None


def _raw(vm: VmDetails, windows: str) -> None:
    (disk,) = vm.disks
    equal(physical=True, path="Disk 2 500.00 GB Bus 0 Lun 1 Target 0", size_bytes=None, file_bytes=None)(disk, windows)
    equal(replication_state="Replicating", replication_mode="Primary", adapters=(), dvds=(), checkpoints=())(
        vm, windows
    )
    assert vm.summary.clustered


def _odd(listing: FolderListing, windows: str) -> None:
    assert sorted(listing.folders) == sorted(
        ("it's (1) [x] `n $(calc)", "\u202eevil\u202c", "\U0001f4be disk", "\u201cquoted\u2019")
    )
    assert (listing.free_bytes or 0) < (listing.size_bytes or 0)


def _lengths(found: messages.FileLengths, windows: str) -> None:
    assert [(file.path, file.length) for file in found.files] == [
        ("D:\\notes.txt", 2**29),
        ("d:\\vms\\hostile\\it's $(x) `n \U0001f4be.vhdx", 2**30),
        ("D:\\VMs", None),
        ("D:\\missing.vhdx", None),
        ("Q:\\missing.vhdx", None),
    ]


def _job_of_giant(found: messages.MigrationJobs) -> MigrationJob:
    (job,) = (job for job in found.jobs if job.vm_id == GIANT)
    return job


def _jobs(found: messages.MigrationJobs, windows: str) -> None:
    job = _job_of_giant(found)
    equal(instance_id=JOB, destination=HV02, job_state=4, job_type=306, cancellable=True, error_code=0)(job, windows)
    assert job.percent < 100
    assert (found.active_vm_migrations, found.active_storage_migrations) == (1, 0)


def _jobs_after_cancel(found: messages.MigrationJobs, windows: str) -> bool:
    job = _job_of_giant(found)
    return job.job_state in (6, 8) and not job.cancellable


def _report(*wanted: tuple[int, str, str]) -> Callable[[Any, str], None]:
    def run(value: messages.Compared | messages.Moved, windows: str) -> None:
        assert value.report is not None
        assert value.report.destination == "HV02"
        found = [(entry.message_id, entry.source_type, entry.message) for entry in value.report.incompatibilities]
        assert len(found) == len(wanted)
        for (number, source, text), (message_id, source_type, message) in zip(wanted, found, strict=True):
            assert (message_id, source_type) == (number, source)
            assert text in message

    return run


def _reading(steps: StepList) -> None:
    steps.ask(
        "ping", "ping", result(messages.Ping, lambda ping, windows: ping.computer == "HV01" and ping.now.endswith("Z"))
    )
    steps.ask("facts", "host_facts", result(HostFacts, _facts))
    steps.ask("vms", "list_vms", result(messages.VmList, _list))
    steps.ask("details web", "vm_details", result(VmDetails, _web), vm_id=WEB)
    steps.ask("details hostile", "vm_details", result(VmDetails, _hostile), vm_id=HOSTILE.upper())
    steps.ask("details raw", "vm_details", result(VmDetails, _raw), vm_id=RAW)
    no_vm = fault("HvDesk.VmNotFound", "ObjectNotFound")
    steps.ask("details of nobody", "vm_details", no_vm, vm_id=NOBODY)
    steps.ask("details of a planned VM", "vm_details", no_vm, vm_id=LEFT_OVER)
    steps.ask("details of a name", "vm_details", no_vm, vm_id=NAME)
    here = equal(vm_id=WEB, present=True, state="Running", operational=("Ok",), planned=True, planned_in_use=False)
    steps.ask("presence here", "presence", result(Presence, here), vm_id=WEB)
    gone = equal(vm_id=NOBODY, present=False, state=None, operational=(), planned=False, planned_in_use=False)
    steps.ask("presence nowhere", "presence", result(Presence, gone), vm_id=NOBODY)
    left = equal(present=False, state=None, planned=True, planned_in_use=False)
    steps.ask("presence planned", "presence", result(Presence, left), vm_id=LEFT_OVER)
    arriving = equal(present=False, state=None, planned=True, planned_in_use=True)
    steps.ask("presence arriving", "presence", result(Presence, arriving), vm_id=ARRIVING)
    steps.ask("jobs", "migration_jobs", result(messages.MigrationJobs, _jobs))


def _files(steps: StepList) -> None:
    drives = equal(path="", folders=("C:\\", "D:\\"), free_bytes=None, size_bytes=None)
    steps.ask("drives", "list_folder", result(FolderListing, drives), path="")
    steps.ask(
        "root", "list_folder", result(FolderListing, lambda f, windows: set(f.folders) >= {"VMs", "Empty"}), path="D:\\"
    )
    empty = equal(path="d:\\EMPTY\\", folders=())
    steps.ask("empty folder", "list_folder", result(FolderListing, empty), path="d:\\EMPTY\\")
    steps.ask("odd names", "list_folder", result(FolderListing, _odd), path="D:\\Odd")
    odd = "D:\\Odd\\it's (1) [x] `n $(calc)"
    steps.ask("odd folder", "list_folder", result(FolderListing, equal(path=odd, folders=())), path=odd)
    no_folder = fault("HvDesk.FolderNotFound", "ObjectNotFound")
    no_drive = fault("HvDesk.DriveNotFound", "ObjectNotFound")
    for name, path in (
        ("missing", "D:\\Nope"),
        ("a file", "D:\\notes.txt"),
        ("illegal", "D:\\a|b"),
        ("share", "\\\\nas\\s\\x"),
    ):
        steps.ask(f"folder {name}", "list_folder", no_folder, path=path)
    for name, path in (("of no drive", "Q:\\x"), ("of the registry", "HKLM:\\SOFTWARE"), ("without a drive", "VMs")):
        steps.ask(f"folder {name}", "list_folder", no_drive, path=path)
    hostile = "d:\\vms\\hostile\\it's $(x) `n \U0001f4be.vhdx"
    paths = ["D:\\notes.txt", hostile, "D:\\VMs", "D:\\missing.vhdx", "Q:\\missing.vhdx"]
    steps.ask("lengths", "file_lengths", result(messages.FileLengths, _lengths), paths=paths)
    _shares(steps, no_folder)
    steps.ask("no lengths", "file_lengths", result(messages.FileLengths, equal(files=())), paths=[])


def _shares(steps: StepList, no_folder: Check) -> None:
    share = result(FolderListing, equal(folders=("Odd ' $(x)", "on-shares"), free_bytes=None, size_bytes=None))
    steps.ask("share", "list_folder", share, path="\\\\fs01.lab.test\\VMs")
    steps.ask("folder of a share", "list_folder", result(FolderListing, equal(folders=())), path=ODD_SHARED)
    denied = fault("ItemExistsUnauthorizedAccessError", "PermissionDenied")
    steps.ask("closed share", "list_folder", denied, path="\\\\FS01\\Closed\\x")
    steps.ask("folder that a share lacks", "list_folder", no_folder, path="\\\\FS01\\VMs\\none")
    paths = ["\\\\FS01\\VMs\\a.iso", "\\\\FS01\\Closed\\b.vhdx", "\\\\FS01\\VMs\\none", "\\\\nas\\s\\x"]
    wanted = [2**29, None, None, None]
    lengths = result(messages.FileLengths, lambda f, windows: [file.length for file in f.files] == wanted)
    steps.ask("lengths on shares", "file_lengths", lengths, paths=paths)
    disks = result(VmDetails, lambda vm, windows: [disk.file_bytes for disk in vm.disks] == [None, 2**30])
    steps.ask("details with shares", "vm_details", disks, vm_id=ON_SHARES)
    made = output(messages.FolderMade, equal(path=ODD_SHARED + "\\new"))
    steps.call("new folder on a share", calls.new_folder(ODD_SHARED + "\\new"), made)
    shut = fault("CreateDirectoryUnauthorizedAccessError", "PermissionDenied")
    steps.call("new folder on a closed share", calls.new_folder("\\\\FS01\\Closed\\new"), shut)
    steps.call(
        "new folder on no share", calls.new_folder("\\\\nas\\s\\x"), fault("CreateDirectoryIOError", "WriteError")
    )


def _refused(steps: StepList) -> None:
    steps.ask("unknown operation", "Remove-VM", fault("HvDesk.UnknownOperation", "InvalidOperation"))
    steps.ask("missing argument", "vm_details", fault("HvDesk.BadRequest", "InvalidData"))
    not_allowed = fault("HvDesk.CallNotAllowed", "PermissionDenied")
    steps.call("unknown cmdlet", Call(cmdlet="Remove-VM", parameters=()), not_allowed)
    steps.call("almost a cmdlet", Call(cmdlet="move-vm", parameters=()), not_allowed)
    for line in (b"", b"x", b"[1]", b"7", b'{"id":"1","op":"ping","args":{}}', b'{"id":0,"op":"ping","args":{}}'):
        steps.noise(line)
    for line in (
        b'{"id":true,"op":"ping","args":{}}',
        b'{"id":99,"args":{}}',
        b'{"id":99,"op":"ping","args":[]}',
        b'{"id":99,',
    ):
        steps.noise(line)


def _changing(steps: StepList) -> None:
    folder = "D:\\VMs\\arrived"
    iso = (21502, "VirtualMachine", "not compatible"), (40010, "DvdDrive", "tools (x64).iso")
    steps.call("compare", calls.compare(WEB, HV02, folder), output(messages.Compared, _report(*iso)))
    steps.call("compare hostile", calls.compare(HOSTILE, HV02, NEW_FOLDER), output(messages.Compared, _report()))
    refused = fault("AccessDenied", "PermissionDenied", "0x80070005", says="HV03")
    steps.call("compare without rights", calls.compare(WEB, "hv03.lab.test", folder), refused)
    disabled = fault("OperationFailed", "NotSpecified", "0x8007274D", says="HV01")
    steps.call("compare with disabled host", calls.compare(WEB, "hv04.lab.test", folder), disabled)
    unknown = fault("InvalidParameter", "ResourceUnavailable", says="nobody'$(x)")
    steps.call("compare with unknown host", calls.compare(WEB, "nobody'$(x)", folder), unknown)
    steps.call("compare nobody", calls.compare(NOBODY, HV02, folder), fault("HvDesk.VmNotFound", "ObjectNotFound"))
    steps.call("compare clustered", calls.compare(RAW, HV02, folder), fault("InvalidOperation", "InvalidOperation"))
    made = output(messages.FolderMade, equal(path=NEW_FOLDER))
    steps.call("new folder", calls.new_folder(NEW_FOLDER), made)
    steps.again("new folder")
    steps.call("new folder twice", calls.new_folder(NEW_FOLDER), fault("DirectoryExist", "ResourceExists"))
    steps.call("new folder nowhere", calls.new_folder("Q:\\x"), fault("DriveNotFound", "ObjectNotFound"))
    listed = result(FolderListing, equal(path=NEW_FOLDER, folders=()))
    steps.ask("new folder listed", "list_folder", listed, path=NEW_FOLDER)


def _ending(steps: StepList) -> None:
    done = output(messages.Returned, equal(return_value=0))
    steps.call("cancel nothing", calls.cancel("' or 1=1"), fault("HvDesk.JobNotFound", "ObjectNotFound"))
    steps.call("cancel", calls.cancel(JOB.lower()), done)
    steps.call("cancel twice", calls.cancel(JOB, kill=True), output(messages.Returned, equal(return_value=32775)))
    steps.ask("jobs after cancel", "migration_jobs", result(messages.MigrationJobs, _jobs_after_cancel))
    steps.call("destroy nothing", calls.destroy(NOBODY), fault("HvDesk.PlannedVmNotFound", "ObjectNotFound"))
    steps.call("destroy arriving", calls.destroy(ARRIVING), fault("HvDesk.PlannedVmInUse", "ResourceBusy"))
    steps.call("destroy real", calls.destroy(WEB), fault("HvDesk.RealVmHere", "ResourceExists"))
    steps.call("destroy", calls.destroy(LEFT_OVER), done)
    steps.again("destroy")
    away = result(Presence, equal(present=False, planned=False))
    steps.ask("destroyed", "presence", away, vm_id=LEFT_OVER)
    steps.ask("unharmed", "presence", result(Presence, equal(present=True)), vm_id=WEB)


def _moved(value: messages.Moved, windows: str) -> None:
    kind = None if windows == "2012" else "RealizedVirtualMachine"  # whose objects have no such property
    equal(vm_id=HOSTILE, vm_type=kind, report=None)(value, windows)


def _moving(steps: StepList) -> None:
    wrapper = (21502, "VirtualMachine", "not compatible")
    causes = (33012, "VMNetworkAdapter", "Storage (private)"), (40010, "DvdDrive", "notes.txt")
    unfit = output(messages.Moved, _report(wrapper, *causes))
    folder = "D:\\VMs\\\u2018moved\u2019 `$(x)"
    steps.call("move unfit", calls.move(OLD_SWITCH, HV02, folder), unfit)
    refused = fault("AccessDenied", "PermissionDenied", "0x80070005")
    steps.call("move without rights", calls.move(HOSTILE, "hv03.lab.test", folder), refused)
    moved = output(messages.Moved, _moved)
    steps.call("move", calls.move(HOSTILE, HV02, folder), moved)
    steps.again("move")
    steps.ask("moved away", "presence", result(Presence, equal(present=False)), vm_id=HOSTILE)
    steps.replay(4)
    forgotten = fault("HvDesk.Forgotten", "InvalidOperation")
    steps.steps.append(Step("forgotten", messages.request_line(1, "ping"), 1, forgotten))
    steps.ask("bye", "bye", lambda answer, windows: None)


def all_steps() -> list[Step]:
    """The list, in its order."""
    steps = StepList()
    for part in (
        _reading,
        events,
        _files,
        _refused,
        edges,
        binding,
        while_it_moves,
        _changing,
        _ending,
        when_over,
        _moving,
    ):
        part(steps)
    return steps.steps

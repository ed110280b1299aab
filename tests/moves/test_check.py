"""The check of a move: what it finds, what it refuses to start, and that it leaves nothing behind."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest
from moves.programs import SECONDS, Machine, Program, World, running

from hvdesk.domain.errors import HvError, Severity
from hvdesk.domain.move import CheckReport, JobState
from hvdesk.domain.outcome import Outcome


def codes(report: CheckReport, severity: Severity = Severity.BLOCKER) -> list[str]:
    """Codes of that severity."""
    return [finding.code for finding in report.findings if finding.severity is severity]


def left_nothing(program: Program, world: World, vm: Machine) -> bool:
    """True when the check left neither a planned VM nor a journal entry, and moved nothing."""
    clean = not world.planned(vm) and not program.journal.open_jobs() and not program.journal.ended_jobs(9)
    return clean and world.count("Move-VM", vm) == 0 and program.moves.jobs() == ()


def test_a_good_check_compares_last_and_leaves_nothing(program: Program, world: World) -> None:
    """Compare-VM leaves a planned VM on the destination; ours is gone afterwards."""
    vm = world.vm()
    report = program.check(program.request(vm))
    assert codes(report) == []
    assert (report.storage_bytes or 0) >= 36 * 2**30
    assert report.free_bytes is not None
    assert [call.cmdlet for call in report.calls] == ["Move-VM"]
    assert (world.count("Compare-VM", vm), world.count("DestroySystem", vm)) == (1, 1)
    assert left_nothing(program, world, vm)


@pytest.mark.parametrize(
    ("folder", "code"),
    [("D:\\nowhere", "folder.missing"), ("Q:\\VMs", "folder.device"), ("E:\\VMs", "folder.no_space")],
)
def test_a_folder_that_cannot_take_the_vm(program: Program, world: World, folder: str, code: str) -> None:
    """Found before anything is changed: Compare-VM is not even run."""
    vm = world.vm()
    report = program.check(program.request(vm, folder))
    assert codes(report) == [code]
    assert report.blockers[0].host == "HV02"
    assert folder in report.blockers[0].report().what
    assert world.count("Compare-VM", vm) == 0
    assert left_nothing(program, world, vm)


@pytest.mark.parametrize("disabled", ["HV01", "HV02"])
def test_live_migration_disabled_on_either_side(program: Program, world: World, disabled: str) -> None:
    world.do(do="settings", host=disabled, enabled=False)
    report = program.check(program.request(world.vm()))
    assert [(finding.code, finding.host) for finding in report.blockers] == [("pair.migration_disabled", disabled)]


def test_the_destination_is_the_source_under_another_name(world: World, tmp_path: Path) -> None:
    """What the hosts report of themselves decides, not the names they were reached by."""
    vm = world.vm()
    with running(world.lab.state, tmp_path, aliases={"spare": "HV01"}) as program:
        report = program.check(program.request(vm, destination="spare"))
        assert codes(report) == ["pair.same_host"]
        assert world.count("Compare-VM", vm) == 0


def test_credssp_migration_without_a_forwarded_credential(world: World, tmp_path: Path) -> None:
    world.do(do="settings", host="HV01", authentication="CredSSP")
    vm = world.vm()
    with running(world.lab.state, tmp_path, logon="ntlm") as program:
        report = program.check(program.request(vm))
        assert codes(report) == ["hop.no_credential"]
        assert world.count("Compare-VM", vm) == 0


def test_kerberos_migration_without_delegation_is_found_by_the_comparison(world: World, tmp_path: Path) -> None:
    """hvdesk cannot read the directory: Compare-VM decides, and its words are shown."""
    vm = world.vm()
    world.do(do="delegate", source="HV01", destination="HV02", listed=False)
    try:
        with running(world.lab.state, tmp_path, logon="ntlm") as program:
            report = program.check(program.request(vm))
            assert codes(report) == ["hop.refused"]
            assert "0x8009030E" in report.blockers[0].host_words
            assert left_nothing(program, world, vm)
    finally:
        world.do(do="delegate", source="HV01", destination="HV02", listed=True)


def test_kerberos_migration_with_delegation_needs_no_forwarded_credential(world: World, tmp_path: Path) -> None:
    vm = world.vm()
    with running(world.lab.state, tmp_path, logon="ntlm") as program:
        assert codes(program.check(program.request(vm)), Severity.NOTE) == ["hop.delegation"]
        assert program.over(program.start(program.request(vm))).state is JobState.DONE


VMS: dict[str, tuple[dict[str, Any], str]] = {
    "iso": ({"dvds": ["D:\\ISO\\ubuntu-24.04-live-server-amd64.iso"]}, "vm.iso"),
    "switch": ({"adapters": [{"switch": "DMZ"}]}, "vm.switch"),
    "pass-through": ({"disks": [{"size_gb": 10, "physical": "Disk 3"}]}, "vm.pass_through"),
    "version": ({"version": "12.0"}, "vm.version"),
    "backup": ({"operational": ["InService", "BackingUpVirtualMachine"]}, "vm.backup"),
    "clustered": ({"clustered": True}, "vm.clustered"),
    "critical": ({"state": "RunningCritical"}, "vm.critical"),
}


@pytest.mark.parametrize("name", VMS)
def test_what_is_about_the_vm(program: Program, world: World, name: str) -> None:
    more, code = VMS[name]
    vm = world.vm(name, **more)
    assert code in codes(program.check(program.request(vm)))
    assert world.count("Compare-VM", vm) == 0


def test_an_unknown_vm_is_an_error_of_the_check(program: Program) -> None:
    missing = Machine("00000000-0000-0000-0000-000000000001", "ghost")
    _, outcome = program.prepare(program.request(missing))
    assert outcome.error is not None
    assert (outcome.error.code, "ghost" in str(outcome.error)) == ("vm.not_found", True)
    assert program.moves.hosts_in_use() == frozenset()


def test_an_unknown_host_is_refused_at_once(program: Program) -> None:
    with pytest.raises(HvError, match="HV99"):
        program.moves.prepare(program.request(Machine("x", "x"), destination="HV99"), lambda outcome: None)


def test_a_checked_move_is_refused_for_blockers_and_for_warnings_not_accepted(program: Program, world: World) -> None:
    request = program.request(world.vm(replication_state="Replicating", replication_mode="Primary"))
    prepared, outcome = program.prepare(request)
    assert codes(outcome.get(), Severity.WARNING) == ["vm.replica"]
    with pytest.raises(HvError) as refused:
        prepared.start(frozenset())
    assert (refused.value.code, refused.value.facts["codes"]) == ("check.refused", "vm.replica")
    job = prepared.start(frozenset({"vm.replica"}))
    assert program.over(job).state is JobState.DONE
    with pytest.raises(HvError, match="used"):
        prepared.start(frozenset({"vm.replica"}))


def test_nothing_accepts_a_blocker(program: Program, world: World) -> None:
    prepared, outcome = program.prepare(program.request(world.vm(), "D:\\nowhere"))
    with pytest.raises(HvError) as refused:
        prepared.start(frozenset(finding.code for finding in outcome.get().findings))
    assert refused.value.code == "check.refused"
    prepared.abandon()
    with pytest.raises(HvError, match="used"):
        prepared.start(frozenset())


def test_a_move_does_not_start_before_its_check_is_finished(program: Program, world: World) -> None:
    world.clock(hold=True)  # Compare-VM does not come to an end
    reports: queue.Queue[Outcome[CheckReport]] = queue.Queue()
    prepared = program.moves.prepare(program.request(world.vm()), reports.put)
    with pytest.raises(HvError) as refused:
        prepared.start(frozenset())
    assert refused.value.code == "check.unfinished"
    world.clock(hold=False)
    assert reports.get(timeout=SECONDS).error is None
    prepared.abandon()


def test_a_check_that_is_given_up_in_the_middle_leaves_nothing(program: Program, world: World) -> None:
    vm = world.vm()
    world.clock(hold=True)
    reports: queue.Queue[Outcome[CheckReport]] = queue.Queue()
    prepared = program.moves.prepare(program.request(vm), reports.put)
    world.lab.until(lambda: bool(world.planned(vm)), SECONDS)
    prepared.abandon()
    world.clock(hold=False)
    error = reports.get(timeout=SECONDS).error
    assert error is not None
    assert error.code == "check.abandoned"
    assert left_nothing(program, world, vm)


def test_one_vm_is_in_one_check_or_move_at_a_time(program: Program, world: World, tmp_path: Path) -> None:
    """Also over two programs of one data folder."""
    request = program.request(world.vm())
    prepared, _ = program.prepare(request)
    with pytest.raises(HvError) as refused:
        program.prepare(request)
    assert refused.value.code == "vm.busy"
    with running(world.lab.state, tmp_path) as other, pytest.raises(HvError) as refused:
        other.prepare(request)
    assert refused.value.code == "vm.busy"
    prepared.abandon()
    again, outcome = program.prepare(request)  # waits until the first has cleared away its traces
    assert codes(outcome.get()) == []
    job = again.start(frozenset())
    with pytest.raises(HvError) as refused:
        program.prepare(request)
    assert refused.value.code == "vm.busy"
    assert program.over(job).state is JobState.DONE


def test_a_move_of_another_admin_between_check_and_clean_up_is_unharmed(program: Program, world: World) -> None:
    """At the very moment at which Compare-VM ends, somebody else moves the VM to the same host."""
    vm = world.vm()
    migrate = {"cmd": "world", "do": "migrate", "host": "HV01", "vm": vm.id, "destination": "HV02"}
    world.do(do="when", event="compare-ended", then={**migrate, "folder": "D:\\Export"})
    report = program.check(program.request(vm))
    assert codes(report) == ["vm.migrating"]
    world.lab.until(lambda: world.hosts_of(vm) == ["HV02"], SECONDS)
    assert world.job(vm)["job_state"] == 7
    assert world.count("DestroySystem", vm) == 0
    assert left_nothing(program, world, vm)


def test_a_move_of_another_admin_that_is_over_before_the_clean_up_keeps_its_vm(program: Program, world: World) -> None:
    """The VM is real on the destination when we look: its id is no longer that of a planned VM."""
    vm = world.vm(disks=[1])
    migrate = {"cmd": "world", "do": "migrate", "host": "HV01", "vm": vm.id, "destination": "HV02"}
    world.do(do="when", event="compare-ended", then={**migrate, "folder": "D:\\Export"})
    world.clock(speed=5000)
    report = program.check(program.request(vm))
    world.lab.until(lambda: world.hosts_of(vm) == ["HV02"], SECONDS)
    assert world.count("DestroySystem", vm) == 0
    assert codes(report) in ([], ["vm.migrating"])


def test_a_planned_vm_that_hvdesk_did_not_make_is_left_alone(program: Program, world: World) -> None:
    vm = world.vm()
    world.do(do="plan", host="HV02", vm=vm.id)
    assert codes(program.check(program.request(vm))) == ["vm.planned"]
    assert world.planned(vm) == ["foreign"]
    world.do(do="unplan", host="HV02", vm=vm.id)


def test_a_vm_that_somebody_migrates_is_not_touched(program: Program, world: World) -> None:
    vm = world.vm()
    world.foreign(vm)
    assert "vm.migrating" in codes(program.check(program.request(vm)))
    assert world.count("Compare-VM", vm) == 0
    world.clock(hold=False)


def test_full_hosts_are_no_obstacle(program: Program, world: World) -> None:
    world.do(do="settings", host="HV01", max_vm_migrations=1)
    other = world.vm("other")
    world.foreign(other)
    world.clock(hold=False, speed=1)
    report = program.check(program.request(world.vm()))
    assert (codes(report), codes(report, Severity.NOTE)) == ([], ["slots.wait"])
    world.clock(speed=100)


def test_files_of_the_same_name_are_pointed_out(program: Program, world: World) -> None:
    world.do(do="file", host="HV02", path="D:\\VMs\\Virtual Hard Disks\\twin-0.vhdx", gb=1)
    report = program.check(program.request(world.vm("twin")))
    assert "folder.files_there" in codes(report, Severity.WARNING)


def test_a_journal_that_cannot_be_written_does_not_hold_the_report_back(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user gets the error, and once the journal can be written again the VM can be checked again."""
    vm = world.vm()
    with monkeypatch.context() as patch:
        for method in ("done", "discard"):
            patch.setattr(program.journal, method, _unusable)
        prepared, outcome = program.prepare(program.request(vm))
        assert outcome.error is not None
        assert outcome.error.code == "journal.unusable"
        assert prepared.gone.wait(SECONDS)
    with pytest.raises(HvError) as caught:
        program.moves.prepare(program.request(vm), lambda outcome: None)
    assert caught.value.code == "vm.busy"
    world.lab.until(lambda: not program.journal.open_jobs(), SECONDS)
    assert not program.check(program.request(vm)).blockers
    assert world.planned(vm) == []


def test_a_start_that_could_not_be_written_down_may_be_tried_again(
    program: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, outcome = program.prepare(program.request(world.vm()))
    assert not outcome.get().blockers
    for method in ("get", "state"):
        with monkeypatch.context() as patch:
            patch.setattr(program.journal, method, _unusable)
            with pytest.raises(HvError) as caught:
                prepared.start(frozenset())
        assert caught.value.code == "journal.unusable"
    assert program.over(prepared.start(frozenset())).state is JobState.DONE


def _unusable(*_: object) -> None:
    raise HvError("journal.unusable", facts={"path": "journal.sqlite"})

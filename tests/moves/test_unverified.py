"""What nobody has documented about Windows: whichever way it is, the answer is true and nothing is moved twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moves.programs import Machine, Program, World

from hvdesk.domain.errors import Severity
from hvdesk.domain.move import CheckReport, JobState
from hvdesk.lab.world.world import SWITCHES

OLDER = {"cpu_name": "older", "cpu_features": ["sse4.2"]}
BOTH = pytest.mark.parametrize("value", [False, True], ids=["no", "yes"])


@pytest.fixture
def healed(world: World) -> Iterator[World]:
    """The world, whose hosts and directory are well again afterwards."""
    yield world
    world.do(do="heal")


def blockers(report: CheckReport) -> list[str]:
    """Codes of what nothing accepts."""
    return [finding.code for finding in report.findings if finding.severity is Severity.BLOCKER]


def moved_once(program: Program, world: World, vm: Machine, *accepted: str) -> None:
    """Move the VM, which must arrive with nothing left behind."""
    assert program.over(program.start(program.request(vm), accepted)).state is JobState.DONE
    assert (world.hosts_of(vm), world.planned(vm), world.count("Move-VM", vm)) == (["HV02"], [], 1)


@BOTH
@pytest.mark.parametrize("name", SWITCHES)
def test_a_move_goes_well_either_way(program: Program, world: World, name: str, value: bool) -> None:
    world.switch(name, value)
    moved_once(program, world, world.vm())


@BOTH
def test_files_that_a_failed_move_leaves_are_named(program: Program, healed: World, value: bool) -> None:
    healed.switch("failed_move_leaves_files", value)
    healed.do(do="fail", operation="Move-VM", host="HV01", error="0x80072746", at="vm-state")
    vm = healed.vm("leaver", disks=[3])
    view = program.over(program.start(program.request(vm)))
    assert view.error is not None
    assert (view.state, view.error.code, healed.hosts_of(vm)) == (JobState.FAILED, "link.reset", ["HV01"])
    left = [path for path in healed.show()["hosts"]["HV02"]["files"] if "leaver-0" in path]
    for path in left:
        healed.do(do="file", host="HV02", path=path, present=False)
    assert bool(left) is value
    assert all(path in view.error.what for path in left)
    assert ("left on HV02" in view.error.what) is value


@BOTH
def test_a_saved_state_of_another_processor(program: Program, healed: World, value: bool) -> None:
    """Either the check says that it cannot be read, or the user was warned before the machine moved."""
    healed.switch("move_reads_saved_state", value)
    healed.do(do="host", host="HV02", **OLDER)
    vm = healed.vm(state="Saved")
    if value:
        assert blockers(program.check(program.request(vm))) == ["target.saved_state"]
    else:
        moved_once(program, healed, vm, "vm.saved_cpu")


@BOTH
def test_missing_certificates_of_a_tpm(program: Program, world: World, value: bool) -> None:
    """Found by the check, or by the move, which leaves the machine where it is."""
    world.switch("compare_sees_missing_keys", value)
    vm = world.vm(tpm=True, guardian="UntrustedGuardian")
    if value:
        assert blockers(program.check(program.request(vm))) == ["target.keys"]
        return
    view = program.over(program.start(program.request(vm), ["vm.tpm"]))
    assert view.error is not None
    assert (view.state, view.error.code) == (JobState.FAILED, "target.keys")
    assert (world.hosts_of(vm), world.planned(vm), world.count("Move-VM", vm)) == (["HV01"], [], 1)


@BOTH
def test_a_replicated_machine(program: Program, world: World, value: bool) -> None:
    world.switch("replicated_vm_moves", value)
    vm = world.vm(replication_state="Replicating", replication_mode="Primary")
    if value:
        moved_once(program, world, vm, "vm.replica")
    else:
        assert blockers(program.check(program.request(vm))) == ["compare.failed"]


@BOTH
def test_type_kerberos_with_a_credential_that_came_with_the_logon(program: Program, healed: World, value: bool) -> None:
    """Without a delegation in the directory: the host uses the credential, or the check says what is missing."""
    healed.switch("forwarded_credential_serves_kerberos", value)
    healed.do(do="delegate", source="HV01", destination="HV02", listed=False)
    vm = healed.vm()
    if value:
        moved_once(program, healed, vm)
    else:
        assert blockers(program.check(program.request(vm))) == ["hop.refused"]

"""Migrations that other admins started are shown as not ours, and left alone."""

from __future__ import annotations

import pytest
from moves.programs import Program, World

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, Phase


def test_a_migration_of_somebody_else_is_shown_with_its_end(program: Program, world: World) -> None:
    vm = world.vm("theirs")
    world.foreign(vm)
    job = world.job(vm)["instance_id"]
    program.moves.observe(["HV01", "HV02"])
    view = program.reaches(job, JobState.MOVING)
    assert (view.ours, view.can_cancel, view.vm_name) == (False, False, "theirs")
    assert (view.source, view.destination) == ("HV01", "hv02.lab.test")
    assert view.percent is not None
    with pytest.raises(HvError) as refused:
        program.moves.cancel(job)
    assert refused.value.code == "job.not_ours"
    world.clock(hold=False)
    world.lab.until(lambda: world.job(vm)["job_state"] == 7)
    program.moves.observe(["HV01"])
    assert program.over(job).state is JobState.DONE


def test_a_cancelled_one_ends_as_cancelled(program: Program, world: World) -> None:
    vm = world.vm("theirs")
    world.foreign(vm)
    program.moves.observe(["HV01"])
    job = world.job(vm)["instance_id"]
    program.reaches(job, JobState.MOVING)
    world.do(do="cancel", host="HV01", vm=vm.id)
    world.clock(hold=False)
    world.lab.until(lambda: world.job(vm)["job_state"] == 8)
    program.moves.observe(["HV01"])
    assert program.over(job).state is JobState.CANCELLED


def test_our_own_moves_are_not_shown_twice(program: Program, world: World) -> None:
    world.hold_at("phase:storage-1")
    job = program.start(program.request(world.vm()))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    program.moves.observe(["HV01", "HV02"])
    assert program.connector.asked("HV01", lambda host: host.ping()).get()  # behind the question in the same lane
    assert [view.id for view in program.moves.jobs()] == [job]
    world.clock(hold=False)
    assert program.over(job).state is JobState.DONE
    program.moves.observe(["HV01", "HV02"])
    assert program.connector.asked("HV01", lambda host: host.ping()).get()
    assert [view.id for view in program.moves.jobs()] == [job]

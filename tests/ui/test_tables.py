"""The tables: what each column shows, how it sorts, and that Qt's own checks of a model find nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hvdesk.domain.errors import HvError
from hvdesk.domain.model import MigrationJob, VmSummary
from hvdesk.domain.move import JobState, JobView, Phase
from hvdesk.domain.units import DASH, moment_text
from hvdesk.ui.host_book import HostState
from hvdesk.ui.jobs_pane import JOB_COLUMNS, JOB_WIDTHS, job_table
from hvdesk.ui.tables import RowView
from hvdesk.ui.texts import cancel_words, state_text
from hvdesk.ui.vm_table import VM_COLUMNS, VM_WIDTHS, VmRow, vm_rows, vm_table

GB = 2**30
RUNNING = VmSummary(
    id="1",
    name="web01",
    state="Running",
    cpu_percent=3,
    memory_bytes=6 * GB,
    uptime_seconds=90061,
    status="Operating normally",
    operational=("Ok",),
    version="10.0",
    clustered=False,
    vm_type="RealizedVirtualMachine",
)
OFF = replace(RUNNING, id="2", name="Off01", state="Off", cpu_percent=0, memory_bytes=0, uptime_seconds=0)
MIGRATION = MigrationJob(
    instance_id="j",
    vm_id="1",
    destination="hv02.lab.test",
    percent=2,
    job_state=4,
    job_type=306,
    cancellable=True,
    error_code=0,
    error_text="",
)
JOB = JobView(
    id="j1",
    kind="move",
    vm_id="1",
    vm_name="web01",
    source="HV01",
    destination="HV02",
    state=JobState.MOVING,
    phase=Phase.STORAGE,
    percent=40,
    created="2026-02-03T04:05:06Z",
)
pytestmark = pytest.mark.usefixtures("qapp")


def texts(row: VmRow) -> list[str]:
    return [column.text(row) for column in VM_COLUMNS]


def status(state: HostState, *jobs: JobView) -> str:
    return texts(vm_rows("h", state, jobs)[0])[5]


def test_columns_are_those_of_hyper_v_manager() -> None:
    assert [column.title for column in VM_COLUMNS] == [
        "Name",
        "State",
        "CPU Usage",
        "Assigned Memory",
        "Uptime",
        "Status",
        "Configuration Version",
    ]


def test_a_running_vm_shows_its_figures() -> None:
    assert texts(VmRow(host_id="h", vm=RUNNING)) == ["web01", "Running", "3%", "6144 MB", "1.01:01:01", "", "10.0"]


def test_a_vm_that_is_off_has_no_load_memory_or_uptime() -> None:
    assert texts(VmRow(host_id="h", vm=OFF))[2:5] == ["", "", ""]


def test_a_figure_the_host_could_not_give_is_a_dash() -> None:
    unknown = replace(RUNNING, cpu_percent=None, memory_bytes=None, uptime_seconds=None)
    assert texts(VmRow(host_id="h", vm=unknown))[2:5] == [DASH, DASH, DASH]


def test_names_are_shown_as_text_with_nothing_hidden() -> None:
    hostile = replace(RUNNING, name="<b>x</b>\u202e\n&y")
    assert texts(VmRow(host_id="h", vm=hostile))[0] == "<b>x</b><U+202E><U+000A>&y"


@pytest.mark.parametrize(
    ("job_type", "words"),
    [
        (305, "Moving Virtual Machine"),
        (306, "Moving Virtual Machine and Storage"),
        (307, "Moving Storage"),
    ],
)
def test_status_and_cancel_are_named_after_the_job(job_type: int, words: str) -> None:
    migration = replace(MIGRATION, job_type=job_type)
    assert status(HostState(vms=(RUNNING,), migrations=(migration,))) == f"{words} (2%)"
    assert cancel_words(migration) == f"Cancel {words}"


def test_status_without_a_running_migration() -> None:
    over = replace(MIGRATION, job_state=7)
    assert status(HostState(vms=(RUNNING,), migrations=(over,))) == ""
    assert status(HostState(vms=(replace(RUNNING, status="Merging disks"),))) == "Merging disks"


def test_our_job_shows_before_the_host_reports_it() -> None:
    waiting = replace(JOB, state=JobState.QUEUED, percent=None)
    assert status(HostState(vms=(RUNNING,)), waiting) == "Moving Virtual Machine and Storage (waiting)"
    assert status(HostState(vms=(RUNNING,)), JOB) == "Moving Virtual Machine and Storage (40%)"
    assert (
        status(HostState(vms=(RUNNING,)), replace(JOB, percent=None)) == f"Moving Virtual Machine and Storage ({DASH})"
    )


def test_critical_states_are_spelled_as_in_hyper_v_manager() -> None:
    assert (state_text("OffCritical"), state_text("Running")) == ("Off-Critical", "Running")


def test_two_vms_of_one_name_are_two_rows(qapp: QApplication) -> None:
    model = vm_table(qapp)
    twins = (RUNNING, replace(RUNNING, id="3", state="Off"))
    model.set_rows(vm_rows("h", HostState(vms=twins), ()))
    assert [row.vm.id for row in model.rows()] == ["1", "3"]


def test_figures_sort_as_numbers_and_names_without_case(qapp: QApplication) -> None:
    model = vm_table(qapp)
    view = RowView("VMs", model, VM_WIDTHS)
    small = replace(RUNNING, id="3", name="Abc", memory_bytes=512 * 2**20, uptime_seconds=5)
    unknown = replace(RUNNING, id="4", name="zz", memory_bytes=None)
    model.set_rows(vm_rows("h", HostState(vms=(RUNNING, OFF, small, unknown)), ()))
    assert [row.vm.name for row in view.shown()] == ["Abc", "Off01", "web01", "zz"]
    view.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert [row.vm.name for row in view.shown()] == ["Off01", "zz", "Abc", "web01"]


def test_selection_stays_with_its_vm_while_rows_come_and_go(qapp: QApplication) -> None:
    model = vm_table(qapp)
    view = RowView("VMs", model, VM_WIDTHS)
    model.set_rows(vm_rows("h", HostState(vms=(RUNNING, OFF)), ()))
    assert view.choose(lambda row: row.vm.id == "1")
    model.set_rows(vm_rows("h", HostState(vms=(replace(RUNNING, name="zz", cpu_percent=9), replace(OFF, id="7"))), ()))
    chosen = view.chosen()
    assert chosen is not None
    assert (chosen.vm.id, chosen.vm.cpu_percent) == ("1", 9)
    model.set_rows([])
    assert view.chosen() is None


def test_job_columns_show_only_what_is_known() -> None:
    def row(job: JobView) -> dict[str, str]:
        return {column.title: column.text(job) for column in JOB_COLUMNS}

    known = row(replace(JOB, storage_done_bytes=GB, storage_total_bytes=4 * GB))
    assert known["Started"] == moment_text("2026-02-03T04:05:06Z") != DASH
    assert (known["State"], known["Progress"], known["Storage"]) == ("Moving storage", "40%", "1.00 GB of 4.00 GB")
    assert row(replace(JOB, percent=None))["Progress"] == DASH
    assert row(JOB)["Storage"] == DASH
    failed = HvError("move.failed", host="HV01", facts={"vm": "web01", "source": "HV01", "left": ""}).report()
    assert row(replace(JOB, state=JobState.FAILED, error=failed))["Information"].startswith("The move failed")
    assert "another program" in row(replace(JOB, ours=False))["Information"]


def test_models_keep_the_rules_of_qt(qapp: QApplication, qtmodeltester: object) -> None:
    vms, jobs = vm_table(qapp), job_table(qapp)
    for model, rows in ((vms, vm_rows("h", HostState(vms=(RUNNING, OFF)), ())), (jobs, [JOB])):
        qtmodeltester.check(model)  # type: ignore[attr-defined]
        model.set_rows(rows)
        model.set_rows(rows[:1])
        model.set_rows([])


def test_the_jobs_view_takes_every_width() -> None:
    assert len(JOB_WIDTHS) == len(JOB_COLUMNS)
    assert len(VM_WIDTHS) == len(VM_COLUMNS)

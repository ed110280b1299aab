"""The list of virtual machines: its rows, and its columns as in Hyper-V Manager."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from hvdesk.domain.units import memory_text, percent_text, uptime_text, visible_text
from hvdesk.ui.host_book import HostState
from hvdesk.ui.tables import Column, RowTable
from hvdesk.ui.texts import state_text, status_text

if TYPE_CHECKING:
    from hvdesk.domain.model import MigrationJob, VmSummary
    from hvdesk.domain.move import JobView

_AT_REST = frozenset({"Off", "Saved", "FastSaved", "OffCritical", "SavedCritical", "FastSavedCritical"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VmRow:
    """A VM on a host, the migration the host reports for it, and our job for it."""

    host_id: str
    vm: VmSummary
    migration: MigrationJob | None = None
    job: JobView | None = None

    @property
    def moving(self) -> bool:
        """True while the host, or a job of ours, moves it."""
        return self.migration is not None or self.job is not None

    def figure(self, text: str) -> str:
        """`text`, or nothing for a VM that does not run: it has no load, no memory and no uptime."""
        return "" if self.vm.state in _AT_REST else text


VM_COLUMNS: tuple[Column[VmRow], ...] = (
    Column(title="Name", text=lambda row: visible_text(row.vm.name), sort=lambda row: row.vm.name.casefold()),
    Column(title="State", text=lambda row: state_text(row.vm.state), sort=lambda row: row.vm.state.casefold()),
    Column(
        title="CPU Usage",
        text=lambda row: row.figure(percent_text(row.vm.cpu_percent)),
        sort=lambda row: _number(row, row.vm.cpu_percent),
    ),
    Column(
        title="Assigned Memory",
        text=lambda row: row.figure(memory_text(row.vm.memory_bytes)),
        sort=lambda row: _number(row, row.vm.memory_bytes),
    ),
    Column(
        title="Uptime",
        text=lambda row: row.figure(uptime_text(row.vm.uptime_seconds)),
        sort=lambda row: _number(row, row.vm.uptime_seconds),
    ),
    Column(title="Status", text=lambda row: _status(row), sort=lambda row: _status(row).casefold()),
    Column(title="Configuration Version", text=lambda row: row.vm.version, sort=lambda row: _version(row.vm.version)),
)
VM_WIDTHS = (29, 10, 12, 19, 13, 49, 12)


def vm_table(parent: QObject | None = None) -> RowTable[VmRow]:
    """The model; a VM is known by its id, never by its name."""
    return RowTable(VM_COLUMNS, lambda row: row.vm.id, parent)


def vm_rows(host_id: str, state: HostState, running: Iterable[JobView]) -> list[VmRow]:
    """The rows of one host."""
    migrations = {job.vm_id: job for job in state.migrations if job.running}
    jobs = {job.vm_id: job for job in running}
    return [VmRow(host_id=host_id, vm=vm, migration=migrations.get(vm.id), job=jobs.get(vm.id)) for vm in state.vms]


def _status(row: VmRow) -> str:
    return visible_text(status_text(row.vm, row.migration, row.job))


def _number(row: VmRow, value: int | None) -> float:
    """Unknown before zero, and what does not run before both."""
    if row.vm.state in _AT_REST:
        return -2.0
    return -1.0 if value is None else float(value)


def _version(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return -1.0

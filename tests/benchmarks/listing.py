"""A table of ten thousand virtual machines filled, sorted and filtered, beside the barest model that Qt can show."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import Line
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QApplication, QTableView

from hvdesk.domain.model import VmSummary
from hvdesk.ui.host_book import HostState
from hvdesk.ui.tables import RowView
from hvdesk.ui.vm_table import VM_COLUMNS, VM_WIDTHS, vm_rows, vm_table

MACHINES = 10_000
ROUNDS = 5
MOST_TIMES = 2.0
_SORTED_BY = 3
Index = QModelIndex | QPersistentModelIndex

Step = Callable[[], object]


class BareModel(QAbstractTableModel):
    """Texts and numbers in tuples, and nothing but what Qt insists on."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[tuple[Any, ...]] = []

    def fill(self, cells: list[tuple[Any, ...]]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._cells = cells
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """All rows."""
        return len(self._cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """All columns."""
        return len(VM_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, and sorts by."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][index.column()]
        return None


def measure() -> list[Line]:
    """Every step with a new table each time, the two sides in turn. Needs a QApplication."""
    state = HostState(vms=machines())
    cells = [tuple(column.sort(row) for column in VM_COLUMNS) for row in vm_rows("host", state, ())]
    ours: dict[str, list[float]] = {}
    bare: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        _time(bare, *_bare(cells))
        _time(ours, *_ours(state))
    return [
        Line(what, statistics.median(ours[what]), statistics.median(bare[what]), "ms", most=MOST_TIMES) for what in ours
    ]


def machines() -> tuple[VmSummary, ...]:
    """Ten thousand, in no order."""
    places = [place * 7919 % MACHINES for place in range(MACHINES)]
    return tuple(
        VmSummary(
            id=f"{place:032x}",
            name=f"vm-{place:05}",
            state="Running",
            cpu_percent=place % 100,
            memory_bytes=(place * 31 % 512) << 28,
            uptime_seconds=place * 61,
            status="Operating normally",
            operational=("Ok",),
            version="10.0",
            clustered=False,
            vm_type="RealizedVirtualMachine",
        )
        for place in places
    )


def _bare(cells: list[tuple[Any, ...]]) -> tuple[QTableView, dict[str, Step]]:
    model, view = BareModel(), QTableView()
    proxy = QSortFilterProxyModel(view)
    proxy.setSourceModel(model)
    view.setModel(proxy)
    view.setSortingEnabled(True)
    view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    model.setParent(view)
    return view, _steps(view, lambda: model.fill(cells))


def _ours(state: HostState) -> tuple[QTableView, dict[str, Step]]:
    model = vm_table()
    view = RowView("Virtual Machines", model, VM_WIDTHS)
    model.setParent(view)
    return view, _steps(view, lambda: model.set_rows(vm_rows("host", state, ())))


def _steps(view: QTableView, fill: Step) -> dict[str, Step]:
    proxy = view.model()
    assert isinstance(proxy, QSortFilterProxyModel)
    return {
        "filled": fill,
        "sorted by memory": lambda: view.sortByColumn(_SORTED_BY, Qt.SortOrder.DescendingOrder),
        "filtered by name": lambda: proxy.setFilterFixedString("42"),
    }


def _time(times: dict[str, list[float]], view: QTableView, steps: dict[str, Step]) -> None:
    """One step after the other on a visible table, each up to the end of its painting."""
    view.resize(1000, 600)
    view.show()
    QApplication.processEvents()
    for what, step in steps.items():
        begin = time.perf_counter()
        step()
        QApplication.processEvents()
        times.setdefault(what, []).append((time.perf_counter() - begin) * 1000)
    view.close()
    view.deleteLater()

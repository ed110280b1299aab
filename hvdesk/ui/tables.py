"""Tables of frozen rows: one model for all of them, its columns described as data, no host asked in `data()`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView

from hvdesk.ui.widgets import named

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole + 1
"""The column's native value: a number or a text, which is what sorting compares."""
ROW_ROLE = Qt.ItemDataRole.UserRole + 2
"""The whole row object."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """A column: its heading, the text of a row, and the value that sorts (a number, or a text in lower case)."""

    title: str
    text: Callable[[R], str]
    sort: Callable[[R], float | str]
    right: bool = False


class RowTable(QAbstractTableModel, Generic[R]):
    """Frozen rows, told apart by `key`; the window's thread only."""

    def __init__(
        self, columns: Sequence[Column[R]], key: Callable[[R], Hashable], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._key = key
        self._rows: list[R] = []

    def rows(self) -> tuple[R, ...]:
        """The rows in the order of the model, not of a view."""
        return tuple(self._rows)

    def set_rows(self, rows: Sequence[R]) -> None:
        """Replace the rows; those that stay keep their place, so that selection and scrolling stay too."""
        wanted = {self._key(row): row for row in rows}
        for place in reversed(range(len(self._rows))):
            if self._key(self._rows[place]) not in wanted:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        for place, old in enumerate(self._rows):
            new = wanted.pop(self._key(old))
            if new != old:
                self._rows[place] = new
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(self._columns) - 1))
        if wanted:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(wanted) - 1)
            self._rows.extend(wanted.values())
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Rows under `parent`: all under the root, none elsewhere."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Columns, likewise."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, sort value or the row itself."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == SORT_ROLE:
            return column.sort(row)
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings of the columns; rows have none."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._columns[section].right else _LEFT
        return None


class RowView(QTableView, Generic[R]):
    """A sortable table over a `RowTable`: whole rows, one selected, no grid, as the lists of Hyper-V Manager."""

    def __init__(self, name: str, model: RowTable[R], widths: Sequence[int]) -> None:
        super().__init__()
        named(self, name)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(model)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setDynamicSortFilter(True)
        self.setModel(self._sorted)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table; arrows move in it
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        character = self.fontMetrics().averageCharWidth()
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width * character)

    def chosen(self) -> R | None:
        """The selected row."""
        for index in self.selectionModel().selectedRows():
            row: R = index.data(ROW_ROLE)
            return row
        return None

    def shown(self) -> list[R]:
        """The rows in the order shown."""
        return [self._sorted.index(place, 0).data(ROW_ROLE) for place in range(self._sorted.rowCount())]

    def choose(self, wanted: Callable[[R], bool]) -> bool:
        """Select the first row for which `wanted` is true; False when there is none."""
        for place, row in enumerate(self.shown()):
            if wanted(row):
                index = self._sorted.index(place, 0)
                flags = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                return True
        return False

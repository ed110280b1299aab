"""The bar in the Progress column of the Jobs pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionProgressBar,
    QStyleOptionViewItem,
)

from hvdesk.domain.units import percent_text
from hvdesk.ui.tables import ROW_ROLE

if TYPE_CHECKING:
    from hvdesk.domain.move import JobView


class ProgressDelegate(QStyledItemDelegate):
    """Paints a bar beside the percent of a running job: on the bar the number of a selected row was hard to read."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Called by the view."""
        super().paint(painter, option, index)
        job: JobView = index.data(ROW_ROLE)
        if job.percent is None or job.state.over:
            return
        bar = QStyleOptionProgressBar()
        words = option.fontMetrics.horizontalAdvance(percent_text(100)) + 12
        bar.rect = option.rect.adjusted(words, 4, -4, -4)
        bar.palette = option.palette
        bar.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Horizontal
        bar.minimum, bar.maximum, bar.progress = 0, 100, job.percent
        QApplication.style().drawControl(QStyle.ControlElement.CE_ProgressBar, bar, painter)

"""The list of pages on the left of the wizard, rebuilt as choices make pages come and go."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from hvdesk.domain.flow import MoveDraft, Page, pages, reachable
from hvdesk.ui.theme import keep_selection_coloured
from hvdesk.ui.widgets import named

_PAGE = Qt.ItemDataRole.UserRole
_WIDTH = 171
"""Of the column in Hyper-V Manager at 100 %, in pixels that do not depend on the scale."""


class PageList(QListWidget):
    """Signals: `page_chosen` with a page that can be reached. The current page is a solid bar, pages that cannot be
    reached yet are grey."""

    page_chosen = Signal(object)

    def __init__(self, names: Mapping[Page, str]) -> None:
        super().__init__()
        named(self, "Pages")
        self._names = names
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, palette.color(QPalette.ColorRole.Window))
        self.setPalette(palette)
        keep_selection_coloured(self)
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in names.values())
        self.setFixedWidth(max(_WIDTH, widest + 24))
        self.setSpacing(3)
        self.currentItemChanged.connect(self._on_current)

    def show_pages(self, draft: MoveDraft, current: Page) -> None:
        """Show the pages of `draft`."""
        self.blockSignals(True)
        self.clear()
        for page in pages(draft):
            item = QListWidgetItem(self._names[page])
            item.setData(_PAGE, page)
            if page is not current and not reachable(draft, page):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(item)
            if page is current:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.page_chosen.emit(Page(item.data(_PAGE)))

"""A line that says what is being waited for."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from hvdesk.ui.widgets import named, show_text, text_label


class BusyLine(QWidget):
    """Words and a bar without end; hidden while there is nothing to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._words = text_label(name="Busy with", wrap=False)
        bar = named(QProgressBar(), "Busy")
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setMaximumHeight(bar.fontMetrics().height())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._words)
        layout.addWidget(bar, 1)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that nothing jumps when it comes and goes
        self.setSizePolicy(policy)
        self.hide()

    def show_busy(self, words: str | None) -> None:
        """Show what is waited for, or hide."""
        self.setVisible(words is not None)
        show_text(self._words, words or "")

"""Show PowerShell: what an admin would type to do the same; to read and copy, never run by us."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hvdesk.ui.widgets import caption, named, push_button, read_only_text


class ScriptDialog(QDialog):
    """Show with `open()`."""

    def __init__(self, script: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("PowerShell")
        named(self, "PowerShell")
        text = read_only_text("Script")
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        text.setPlainText(script)
        copy, close = push_button("C&opy"), push_button("&Close")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(script))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(caption("The move as PowerShell &would be typed on the source host:", text))
        layout.addWidget(text, 1)
        layout.addLayout(buttons)
        self.resize(text.fontMetrics().averageCharWidth() * 90, text.fontMetrics().lineSpacing() * 16)

"""Small helpers that every window uses: names for screen readers and tests, and texts that are never read as HTML."""

from __future__ import annotations

import html
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QPlainTextEdit, QPushButton, QWidget

from hvdesk.domain.units import visible_text

W = TypeVar("W", bound=QWidget)

NOT_YET = "not in this version yet"


def named(widget: W, name: str, description: str = "") -> W:
    """Give `widget` its accessible name, by which screen readers and the tests know it."""
    widget.setAccessibleName(name)
    if description:
        widget.setAccessibleDescription(description)
    return widget


def text_label(text: str = "", *, name: str = "", wrap: bool = True) -> QLabel:
    """A label for any text, shown as it is: no HTML, no mnemonic, hidden characters written out."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute  # also a name written from right to left
    label.setAlignment(left | Qt.AlignmentFlag.AlignTop)
    show_text(label, text)
    if name:
        named(label, name)
    return label


def show_text(label: QLabel, text: str) -> None:
    """Set a label's text; line breaks of ours stay, hidden characters within a line are written out."""
    label.setText("\n".join(visible_text(line) for line in text.split("\n")))


def caption(text: str, buddy: QWidget) -> QLabel:
    """A label with a mnemonic that leads to `buddy`, which gets the label's words as its accessible name."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setBuddy(buddy)
    if not buddy.accessibleName():
        named(buddy, words_of(text))
    return label


def words_of(text: str) -> str:
    """A control's text without its mnemonic mark and its trailing colon or dots."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip(":. ").strip()


def literal(text: str) -> str:
    """`text` for a button, menu entry or group title, where `&` would mark a mnemonic."""
    return visible_text(text).replace("&", "&&")


def push_button(text: str, name: str = "") -> QPushButton:
    """A button that Enter does not press from elsewhere in a dialog."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    return named(button, name or words_of(text))


def set_tip(target: QWidget | QAction, text: str) -> None:
    """A tool tip that shows `text` as it is, whatever it looks like."""
    target.setToolTip(f"<span>{html.escape(visible_text(text))}</span>" if text else "")


def grey_out(button: QAbstractButton, reason: str) -> None:
    """Show a choice that cannot be made, with its reason."""
    button.setEnabled(False)
    set_tip(button, reason)
    button.setAccessibleDescription(reason)


def bold(widget: W, scale: float = 1.0) -> W:
    """Set `widget` in bold, `scale` times its size."""
    font = QFont(widget.font())
    font.setBold(True)
    if scale != 1.0:
        font.setPointSizeF(font.pointSizeF() * scale)
    widget.setFont(font)
    return widget


def read_only_text(name: str) -> QPlainTextEdit:
    """A box for long texts of hosts and scripts: can be read, scrolled, selected and copied."""
    box = named(QPlainTextEdit(), name)
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    return box


def grow_to_fit(dialog: QDialog) -> None:
    """Make a dialog high enough for what has just been shown in it; it never shrinks."""
    layout = dialog.layout()
    assert layout is not None, "every dialog has one"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # else parts still claim their former height
    layout.activate()
    needed = (
        layout.totalHeightForWidth(dialog.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
    )
    if needed > dialog.height():
        dialog.resize(dialog.width(), needed)

"""Looks at a window as somebody without a mouse or without sight has to: names, mnemonics, places in the tab order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

_CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit, QTabWidget)
_BY_KEY = {"OK": "Enter", "Cancel": "Esc", "Pages": "Previous and Next"}
"""Controls without a mnemonic, as in Hyper-V Manager, and what leads there instead."""
_MNEMONIC = re.compile("&([^&])")


def controls(window: QWidget) -> list[QWidget]:
    """What can be worked in a window, without the inner parts of Qt's own widgets."""
    return [one for one in window.findChildren(QWidget) if _is_control(one) and one.window() is window]


def complaints(window: QWidget) -> list[str]:
    """Everything that is missing in a window, in words; nothing for a good one."""
    return [*_nameless(window), *_without_mnemonic(window), *_ambiguous(window), *_out_of_tab_order(window)]


def _is_control(widget: QWidget) -> bool:
    inner = widget.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight")) or isinstance(widget, QHeaderView)
    return isinstance(widget, _CONTROLS) and widget.isVisible() and not inner


def _nameless(window: QWidget) -> Iterator[str]:
    for control in controls(window):
        if not control.accessibleName():
            yield f"{type(control).__name__} without an accessible name"


def _without_mnemonic(window: QWidget) -> Iterator[str]:
    led_to = {label.buddy() for label in window.findChildren(QLabel) if _MNEMONIC.search(label.text())}
    for control in controls(window):
        own = isinstance(control, QAbstractButton) and _MNEMONIC.search(control.text())
        if not own and control not in led_to and control.accessibleName() not in _BY_KEY:
            yield f"{control.accessibleName()} has no mnemonic"


def _ambiguous(window: QWidget) -> Iterator[str]:
    own = [one for one in window.findChildren(QWidget) if one.isVisible() and one.window() is window]
    texts = [one.text() for one in own if isinstance(one, QLabel) and one.buddy()]
    texts += [one.text() for one in own if isinstance(one, QAbstractButton)]
    for tabs in own:
        if isinstance(tabs, QTabWidget):
            texts += [tabs.tabText(place) for place in range(tabs.count())]
    if isinstance(window, QMainWindow):
        texts += [action.text() for action in window.menuBar().actions()]
    letters = Counter(found[1].casefold() for text in texts if (found := _MNEMONIC.search(text)))
    for letter, count in letters.items():
        if count > 1:
            yield f"Alt+{letter} is given {count} times: {[text for text in texts if f'&{letter}' in text.casefold()]}"


def _out_of_tab_order(window: QWidget) -> Iterator[str]:
    chain, widget = {window}, window.nextInFocusChain()
    while widget is not None and widget not in chain:
        chain.add(widget)
        widget = widget.nextInFocusChain()
    for control in controls(window):
        target = control.focusProxy() or control
        reached = target in chain and bool(target.focusPolicy() & Qt.FocusPolicy.TabFocus)
        inner = any(child in chain and bool(child.focusPolicy() & Qt.FocusPolicy.TabFocus) for child in _parts(control))
        if not reached and not inner:
            yield f"{control.accessibleName()} is not in the tab order"


def _parts(control: QWidget) -> list[QWidget]:
    return control.findChildren(QWidget) if isinstance(control, QTabWidget) else []

"""Works the window as a user or a screen reader would: controls are found by accessible name, and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QWidget,
)

W = TypeVar("W", bound=QWidget)

SECONDS = 30.0
_TURN_MS = 10


def turn(milliseconds: int = _TURN_MS) -> None:
    """Let the event loop run; unlike QTest.qWait this lets the worker threads run as well."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Wait for `condition`; fails with `what` was waited for, and with the names of all controls that are there."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not seen: {what}; there are: {names()}"
        turn()


def names() -> list[str]:
    """Accessible names of all visible controls, for messages of failing tests."""
    found = []
    for window in windows():
        controls = [window, *window.findChildren(QWidget)]
        found += [f"{one.accessibleName()}={content(one)!r}" for one in controls if _counts(one)]
    return found


def windows() -> list[QWidget]:
    """The visible windows, the newest last."""
    return [window for window in QApplication.topLevelWidgets() if window.isVisible()]


def window(name: str) -> QWidget:
    """Wait for the visible window of this accessible name."""

    def there() -> list[QWidget]:
        return [one for one in windows() if one.accessibleName() == name]

    until(there, f"window {name!r}")
    return there()[-1]


def gone(name: str) -> None:
    """Wait until no window of this name is visible."""
    until(lambda: all(one.accessibleName() != name for one in windows()), f"end of window {name!r}")


def present(within: QWidget, name: str, kind: type[W]) -> list[W]:
    """The visible controls of this name and kind in a window; none is no error."""
    return [
        one
        for one in within.findChildren(kind)
        if one.accessibleName() == name and one.isVisible() and one.window() is within.window()
    ]


def find(within: QWidget, name: str, kind: type[W]) -> W:
    """Wait for the one visible control of this name and kind."""
    until(lambda: present(within, name, kind), f"{kind.__name__} {name!r}")
    found = present(within, name, kind)
    assert len(found) == 1, f"{len(found)} controls are called {name!r}"
    return found[0]


def enabled(within: QWidget, name: str) -> bool:
    """Whether a control can be used."""
    return find(within, name, QWidget).isEnabled()


def press(within: QWidget, name: str) -> None:
    """Wait until a button can be pressed, and press it."""
    button = find(within, name, QAbstractButton)
    until(button.isEnabled, f"button {name!r} enabled")
    # A box or radio button takes clicks on its mark and words only, which may be much less than its width.
    place = QPoint(8, button.height() // 2) if button.isCheckable() else QPoint()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=place)


def write(within: QWidget, name: str, text: str) -> None:
    """Replace the text of a field by typing."""
    field = find(within, name, QLineEdit)
    until(field.isEnabled, f"field {name!r} enabled")
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


def pick(within: QWidget, name: str, text: str) -> None:
    """Choose an entry of a drop-down list."""
    box = find(within, name, QComboBox)
    place = box.findText(text)
    assert place >= 0, f"{text!r} is not in {name!r}"
    box.setCurrentIndex(place)


def read(within: QWidget, name: str) -> str:
    """The text that a control shows."""
    return content(find(within, name, QWidget)) or ""


def content(widget: QWidget) -> str | None:
    """The text of a label, field, box or button."""
    if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
        return widget.text()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    return None


def cells(within: QWidget, name: str) -> list[list[str]]:
    """What a table, list or tree shows at its top level, row by row."""
    view = find(within, name, QAbstractItemView)
    model = view.model()
    columns = range(1 if isinstance(view, QListView) else model.columnCount(QModelIndex()))
    return [
        [str(model.index(row, column).data() or "") for column in columns]
        for row in range(model.rowCount(QModelIndex()))
    ]


def choose(within: QWidget, name: str, wanted: Callable[[list[str]], bool], number: int = 0) -> None:
    """Wait for rows of which `wanted` is true, and click on one of them (the first)."""
    view = find(within, name, QAbstractItemView)

    def places() -> list[int]:
        return [place for place, row in enumerate(cells(within, name)) if wanted(row)]

    until(lambda: len(places()) > number, f"row in {name!r}, which has {cells(within, name)}")
    index = view.model().index(places()[number], 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def choose_in_tree(within: QWidget, name: str, text: str) -> None:
    """Wait for an entry anywhere in a tree, and click on it."""
    view = find(within, name, QAbstractItemView)

    def found() -> list[Any]:
        flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
        model = view.model()
        return list(model.match(model.index(0, 0), Qt.ItemDataRole.DisplayRole, text, 1, flags))

    until(found, f"{text!r} in {name!r}")
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(found()[0]).center())


def _counts(widget: QWidget) -> bool:
    return bool(widget.accessibleName()) and widget.isVisible()

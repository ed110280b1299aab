"""A process that starts a window, says on standard output when it was first painted, and ends: bare, or hvdesk.

python tests/benchmarks/first_paint.py bare|hvdesk [WORDS FOR HVDESK ...]
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class FirstPaint(QObject):
    """Watches a window; once its first paint is done, children included, it says so and, as soon as the window takes
    input, closes it."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._closing = QTimer(self, interval=10)
        self._closing.timeout.connect(self._close)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window is painted before its children, all in one turn of the event loop: the next turn is after them."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        print("painted", flush=True)
        self._closing.start()

    def _close(self) -> None:
        if self._window.isEnabled():
            self._closing.stop()
            print("ready", flush=True)
            self._window.close()


def bare() -> int:
    """As little as a program with a window can do."""
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    FirstPaint(window)
    window.show()
    return application.exec()


def hvdesk(words: list[str]) -> int:
    """`python -m hvdesk WORDS`, its window watched from the moment it is shown."""
    from hvdesk.__main__ import main

    show = QMainWindow.show

    def watched(window: QMainWindow) -> None:
        FirstPaint(window)
        show(window)

    QMainWindow.show = watched  # type: ignore[method-assign]
    return main(words)


if __name__ == "__main__":
    sys.exit(bare() if sys.argv[1] == "bare" else hvdesk(sys.argv[2:]))

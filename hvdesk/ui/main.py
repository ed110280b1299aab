"""Starts the window: core, bridge, main window, and the order in which they end."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.ui import theme
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.defects import Defects
from hvdesk.ui.error_dialog import ErrorDialog
from hvdesk.ui.main_window import MainWindow
from hvdesk.ui.texts import APP_NAME

if TYPE_CHECKING:
    from hvdesk.app.core import Core, QuitPolicy

QUIT_SECONDS = 15.0
_PAINT_MS = 2000


class Session(QObject):
    """One run of the window: `window` to show, `begin()` when there is a core, `end()` once the event loop is over.

    Signals: `finished` when the user has quit and the core has ended.

    Until `begin` the window shows itself, empty, and takes no input: it is seen before the rest of the program is
    loaded, the data folder opened and a lab started.

    Quitting waits for hosts, so it is done on a thread of its own while the window says so.
    """

    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._bridge = Bridge(self)
        self.window = MainWindow(self._bridge)
        self.window.quit_chosen.connect(self._quit)

    def begin(self, core: Core) -> None:
        """Work with `core` from now on. The window's thread, once."""
        self._core = core
        self._defects = Defects(self._bridge, self.window)
        self.window.begin(core)

    def end(self) -> None:
        """Let nothing into Qt any more. The window's thread."""
        self.window.close_books()
        self._defects.close()
        self._bridge.close()

    def _quit(self, policy: QuitPolicy) -> None:
        self.window.setEnabled(False)
        self.window.statusBar().showMessage("Closing the connections...")
        self.window.close_books()
        threading.Thread(target=self._end_core, args=(policy,), name="quit", daemon=True).start()

    def _end_core(self, policy: QuitPolicy) -> None:
        """Runs on its own thread."""
        try:
            self._core.quit(policy, QUIT_SECONDS)
        finally:
            self._bridge.post(self.finished.emit)


def run(*, lab: str | None, data_dir: Path | None) -> int:
    """Show the window until it is closed; the exit code. Main thread only."""
    theme.before_application()
    application = QApplication(sys.argv[:1])
    theme.apply(application)
    application.setQuitOnLastWindowClosed(False)
    session = Session()
    session.window.show()
    FirstPaint(session.window).wait()
    from hvdesk.app.build import opened  # not at the top: it takes as long to load as the window takes to be seen

    try:
        with opened(lab, data_dir, QUIT_SECONDS) as core:
            session.begin(core)
            # Loaded for good: the collector, which stops the window while it looks, need not look there again.
            gc.freeze()
            gc.enable()
            return _run_window(session, application)
    except HvError as error:
        session.window.hide()
        return _cannot_start(error.report(), application)


class FirstPaint(QObject):
    """Waits until a window that was just shown is painted, with all that is in it; not for long, because one that comes
    up minimised is not painted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._loop = QEventLoop(self)
        window.installEventFilter(self)

    def wait(self) -> None:
        """Run the event loop until then."""
        QTimer.singleShot(_PAINT_MS, self._loop.quit)
        self._loop.exec()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window is painted before its children, all in one turn of the event loop: the next turn is after them."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._loop.quit)
        return False


def _run_window(session: Session, application: QApplication) -> int:
    # Not quit(): that closes all windows first, and this one says no until the core has ended.
    session.finished.connect(lambda: application.exit(0))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: session.window.close())
    try:
        return application.exec()
    finally:
        session.end()


def _cannot_start(report: ErrorReport, application: QApplication) -> int:
    """What is broken is said in a window: who double-clicked has no terminal."""
    print(f"{APP_NAME}: {report.title}. {report.what} {report.next} {report.host_words}", file=sys.stderr)
    dialog = ErrorDialog(APP_NAME, report, None)
    dialog.finished.connect(lambda _: application.exit(1))
    dialog.open()
    return application.exec()

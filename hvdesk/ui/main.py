"""Starts the window: core, bridge, main window, and the order in which they end."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from hvdesk.app.build import opened
from hvdesk.app.core import Core, QuitPolicy
from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.ui import theme
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.defects import Defects
from hvdesk.ui.error_dialog import ErrorDialog
from hvdesk.ui.main_window import MainWindow
from hvdesk.ui.texts import APP_NAME

QUIT_SECONDS = 15.0


class Session(QObject):
    """One run of the window over a core: `window` to show, `end()` once the event loop is over.

    Signals: `finished` when the user has quit and the core has ended.

    Quitting waits for hosts, so it is done on a thread of its own while the window says so.
    """

    finished = Signal()

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core
        self._bridge = Bridge(self)
        self.window = MainWindow(core, self._bridge)
        self.window.quit_chosen.connect(self._quit)
        self._defects = Defects(self._bridge, self.window)

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
    try:
        with opened(lab, data_dir, QUIT_SECONDS) as core:
            return _run_window(core, application)
    except HvError as error:
        return _cannot_start(error.report(), application)


def _run_window(core: Core, application: QApplication) -> int:
    session = Session(core)
    # Not quit(): that closes all windows first, and this one says no until the core has ended.
    session.finished.connect(lambda: application.exit(0))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: session.window.close())
    session.window.show()
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

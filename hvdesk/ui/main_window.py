"""The main window: tree, list, details, Actions and Jobs, wired to the core. It holds no rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from hvdesk.domain.units import visible_text
from hvdesk.ui import icons
from hvdesk.ui.actions_pane import ActionsPane
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.cancelling import cancel_job
from hvdesk.ui.commands import Commands, Selection
from hvdesk.ui.details_pane import CheckpointsPane, DetailsPane
from hvdesk.ui.error_dialog import ErrorDialog
from hvdesk.ui.host_book import HostBook
from hvdesk.ui.host_tree import HostTree
from hvdesk.ui.job_book import JobBook
from hvdesk.ui.jobs_pane import JobsPane
from hvdesk.ui.menus import fill_menu_bar, host_menu, vm_menu
from hvdesk.ui.texts import APP_NAME
from hvdesk.ui.vm_loader import VmLoader
from hvdesk.ui.vm_pane import VmPane
from hvdesk.ui.widgets import caption, named

if TYPE_CHECKING:
    from hvdesk.app.core import Core
    from hvdesk.domain.errors import ErrorReport
    from hvdesk.domain.model import HostFacts, VmDetails
    from hvdesk.domain.outcome import Outcome

# Dialogs and the wizard are imported where they are opened: the window is to be seen before they are loaded.


class MainWindow(QMainWindow):
    """Signals: `quit_chosen` with "leave" or "cancel" once the user may really leave."""

    quit_chosen = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        named(self, APP_NAME)
        self.setWindowTitle("Hyper-V Manager - hvdesk")
        self.setWindowIcon(icons.move())
        self._bridge = bridge
        self._jobs_book = JobBook(bridge, self)
        self._hosts_book = HostBook(self._jobs_book, bridge, self)
        self._loader = VmLoader(bridge, self)
        self._commands = Commands(self)
        self._tree = HostTree(self._hosts_book)
        self._vms = VmPane(self._hosts_book, self._jobs_book)
        self._checkpoints, self._details = CheckpointsPane(), DetailsPane()
        self._actions, self._jobs = ActionsPane(self._commands), JobsPane(self._jobs_book)
        self._lay_out()
        self._connect_panes()
        self._connect_commands()
        self._show_selection()
        self.statusBar().showMessage("Starting...")
        self.setEnabled(False)

    def begin(self, core: Core) -> None:
        """Take input, and work with `core` from now on; it stays empty and disabled until then."""
        self._core = core
        self.setEnabled(True)
        self.statusBar().clearMessage()
        for part in (self._loader, self._jobs_book, self._hosts_book):
            part.begin(core)
        core.vault_status()  # looks for a keyring, so that the answer is there when a dialog needs it
        if hosts := self._hosts_book.hosts():
            self._tree.choose(hosts[0].id)

    def close_books(self) -> None:
        """Ask and hear nothing any more; before the core goes away."""
        self._hosts_book.close()
        self._jobs_book.close()

    def changeEvent(self, event: QEvent) -> None:
        """Ask no host while minimised, unless a move runs."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._hosts_book.set_away(self.isMinimized())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Quitting with moves of ours running asks first; the window goes when the core has ended."""
        event.ignore()
        if not self.isEnabled():
            return  # not begun yet, or on its way out already
        ours = [job for job in self._jobs_book.running() if job.ours]
        if not ours:
            self.quit_chosen.emit("leave")
            return
        from hvdesk.ui.quit_dialog import QuitDialog

        dialog = QuitDialog(ours, self)
        dialog.chosen.connect(self.quit_chosen)
        dialog.open()

    def _lay_out(self) -> None:
        middle = QSplitter(Qt.Orientation.Vertical)
        for pane, share in ((self._vms, 5), (self._checkpoints, 1), (self._details, 2), (self._jobs, 2)):
            middle.addWidget(pane)
            middle.setStretchFactor(middle.count() - 1, share)
        line = self.fontMetrics().height()
        middle.setSizes([line * lines for lines in (18, 5, 16, 9)])
        whole = QSplitter(Qt.Orientation.Horizontal)
        tree_pane = _captioned("H&osts", self._tree)
        for column, share in ((tree_pane, 0), (middle, 1), (self._actions, 0)):
            whole.addWidget(column)
            whole.setStretchFactor(whole.count() - 1, share)
        character = self.fontMetrics().averageCharWidth()
        whole.setSizes([character * 28, character * 152, character * 50])
        whole.setContentsMargins(4, 4, 4, 0)
        self.setCentralWidget(whole)
        panes = {"&Console Tree": tree_pane, "&Actions Pane": self._actions, "&Jobs Pane": self._jobs}
        fill_menu_bar(self, self._commands, panes)
        self.statusBar().setAccessibleName("Status")
        wanted = QSize(character * 230, line * 52)
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.95))

    def _connect_panes(self) -> None:
        self._tree.host_chosen.connect(self._on_host)
        self._tree.customContextMenuRequested.connect(
            lambda place: host_menu(
                self._commands,
                self._tree,
                self._tree.viewport().mapToGlobal(place),
                root=self._tree.chosen() is None,
            )
        )
        self._vms.selected.connect(self._show_selection)
        self._vms.menu_asked.connect(lambda place: vm_menu(self._commands, self._vms, place))
        self._vms.logon_asked.connect(self._log_on)
        self._vms.identity_accepted.connect(self._accept_identity)
        self._vms.error_asked.connect(self._show_error)
        self._loader.asked.connect(lambda: self._show_no_details("Reading the details..."))
        self._loader.loaded.connect(self._show_details)
        self._jobs.cancel_asked.connect(lambda job: cancel_job(self._core, job, self))
        self._jobs.details_asked.connect(lambda job: self._show_error(job.error))

    def _connect_commands(self) -> None:
        commands = self._commands
        commands.connect_server.triggered.connect(self._connect_server)
        commands.remove_server.triggered.connect(self._remove_server)
        commands.refresh.triggered.connect(self._refresh)
        commands.move.triggered.connect(self._move)
        commands.cancel_moving.triggered.connect(self._cancel_moving)
        commands.exit.triggered.connect(self.close)
        commands.about.triggered.connect(self._show_about)
        for action in (commands.help, commands.vm_help):
            action.triggered.connect(self._show_help)

    def _on_host(self, host_id: str | None) -> None:
        self._hosts_book.show(host_id)
        self._vms.show_host(host_id)

    def _selection(self) -> Selection:
        host_id = self._tree.chosen()
        entry = self._hosts_book.entry(host_id) if host_id else None
        if entry is None:
            return Selection()
        return Selection(host_id=entry.id, host_name=entry.name, row=self._vms.chosen())

    def _show_selection(self) -> None:
        selection = self._selection()
        self._commands.show_selection(selection)
        self._actions.show_selection(selection)
        count = 1 if selection.row else 0
        name = visible_text(selection.host_name)
        self.statusBar().showMessage(f"{name}: {count} virtual machine(s) selected." if name else "")
        if selection.row is None:
            self._loader.want_nothing()
            self._show_no_details("No virtual machine is selected.")
        else:
            self._loader.want(selection.row.host_id, selection.row.vm)

    def _show_details(self, outcome: Outcome[VmDetails]) -> None:
        if outcome.error is not None:
            self._show_no_details(outcome.error.report().what)
        else:
            self._details.show_details(outcome.get())
            self._checkpoints.show_checkpoints(outcome.get().checkpoints)

    def _show_no_details(self, why: str) -> None:
        self._details.show_nothing(why)
        self._checkpoints.show_nothing(why)

    def _refresh(self) -> None:
        if host_id := self._tree.chosen():
            self._loader.want_nothing()
            self._hosts_book.refresh(host_id)

    def _connect_server(self) -> None:
        from hvdesk.ui.connect_dialog import ConnectDialog

        dialog = ConnectDialog(self._core, self._bridge, self)
        dialog.connected.connect(self._tree.choose)
        dialog.open()

    def _remove_server(self) -> None:
        if host_id := self._tree.chosen():
            self._core.remove_host(host_id, self._bridge.to(self, self._show_failure))

    def _log_on(self) -> None:
        host_id = self._tree.chosen()
        entry = self._hosts_book.entry(host_id) if host_id else None
        if entry is not None:
            from hvdesk.ui.password_dialog import PasswordDialog

            dialog = PasswordDialog(self._core, self._bridge, entry, self)
            dialog.accepted.connect(self._refresh)
            dialog.open()

    def _accept_identity(self) -> None:
        if host_id := self._tree.chosen():
            self._core.accept_identity(host_id, self._bridge.to(self, self._identity_accepted))

    def _identity_accepted(self, outcome: Outcome[HostFacts]) -> None:
        self._show_failure(outcome)
        self._refresh()

    def _move(self) -> None:
        row = self._vms.chosen()
        if row is None or row.moving:
            return
        from hvdesk.domain.flow import MoveDraft, Page
        from hvdesk.ui.move_wizard.conductor import Conductor
        from hvdesk.ui.move_wizard.wizard import MoveWizard

        for wizard in self.findChildren(MoveWizard):
            if wizard.vm_id == row.vm.id and wizard.isVisible():  # a closed one is a child until it is deleted
                wizard.raise_()
                wizard.activateWindow()
                return
        draft = MoveDraft(vm_id=row.vm.id, vm_name=row.vm.name, source=row.host_id)
        first = Page.MOVE_TYPE if self._core.preferences().skip_before_you_begin else Page.BEFORE
        conductor = Conductor(self._core, self._bridge, self._hosts_book, draft, first)
        MoveWizard(conductor, self._jobs_book, self).show()

    def _cancel_moving(self) -> None:
        row = self._vms.chosen()
        if row is not None and row.job is not None:
            cancel_job(self._core, row.job, self)

    def _show_about(self) -> None:
        from hvdesk.ui.help_dialog import about_dialog

        about_dialog(self).open()

    def _show_help(self) -> None:
        from hvdesk.ui.help_dialog import help_dialog

        help_dialog(self).open()

    def _show_failure(self, outcome: Outcome[Any]) -> None:
        if outcome.error is not None:
            self._show_error(outcome.error.report())

    def _show_error(self, report: ErrorReport | None) -> None:
        if report is not None:
            ErrorDialog(APP_NAME, report, self).open()


def _captioned(text: str, widget: QWidget) -> QWidget:
    pane = QWidget()
    layout = QVBoxLayout(pane)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(caption(text, widget))
    layout.addWidget(widget, 1)
    return pane

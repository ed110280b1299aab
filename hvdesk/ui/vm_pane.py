"""The Virtual Machines pane: the list of the host shown, or what is wrong with the host and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hvdesk.domain.errors import HvError
from hvdesk.ui.busy import BusyLine
from hvdesk.ui.error_dialog import ErrorStrip
from hvdesk.ui.host_book import HostBook
from hvdesk.ui.job_book import JobBook
from hvdesk.ui.tables import RowView
from hvdesk.ui.vm_table import VM_WIDTHS, VmRow, vm_rows, vm_table
from hvdesk.ui.widgets import caption, named, push_button, text_label


class VmPane(QWidget):
    """Signals: `selected` when the selected row, or what it shows, differs; `logon_asked`, `identity_accepted` and
    `error_asked` from the strip that tells of a host's error; `menu_asked` with a global position."""

    selected = Signal()
    menu_asked = Signal(object)
    logon_asked = Signal()
    identity_accepted = Signal()
    error_asked = Signal(object)

    def __init__(self, hosts: HostBook, jobs: JobBook) -> None:
        super().__init__()
        named(self, "Virtual Machines pane")
        self._hosts, self._jobs = hosts, jobs
        self._host_id: str | None = None
        self._model = vm_table(self)
        self._view = RowView("Virtual Machines", self._model, VM_WIDTHS)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._strip, self._busy = ErrorStrip("Host error"), BusyLine()
        self._log_on = push_button("Lo&g On...", "Log On")
        self._accept = push_button("Accept New Comp&uter", "Accept New Computer")
        self._hint = text_label("Choose a host on the left, or add one by Connect to Server.", name="What to do first")
        self._lay_out()
        self._connect()

    def show_host(self, host_id: str | None) -> None:
        """Show the VMs of a host, or none."""
        self._host_id = host_id
        self._refresh()

    def chosen(self) -> VmRow | None:
        """The selected VM."""
        return self._view.chosen()

    def choose(self, vm_id: str) -> bool:
        """Select a VM."""
        return self._view.choose(lambda row: row.vm.id == vm_id)

    def _lay_out(self) -> None:
        fixes = QHBoxLayout()
        fixes.addStretch(1)
        fixes.addWidget(self._log_on)
        fixes.addWidget(self._accept)
        head = QHBoxLayout()
        head.addWidget(caption("V&irtual Machines", self._view))
        head.addWidget(self._busy, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self._strip)
        layout.addLayout(fixes)
        layout.addWidget(self._hint)
        layout.addWidget(self._view, 1)

    def _connect(self) -> None:
        self._view.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())
        self._view.customContextMenuRequested.connect(
            lambda place: self.menu_asked.emit(self._view.viewport().mapToGlobal(place))
        )
        self._log_on.clicked.connect(self.logon_asked)
        self._accept.clicked.connect(self.identity_accepted)
        self._strip.asked_more.connect(lambda: self.error_asked.emit(self._strip.report))
        self._hosts.changed.connect(self._on_host)
        self._jobs.changed.connect(lambda _: self._refresh())
        self._refresh()

    def _on_host(self, host_id: str) -> None:
        if host_id == self._host_id:
            self._refresh()

    def _refresh(self) -> None:
        self._hint.setVisible(self._host_id is None)
        if self._host_id is None:
            self._model.set_rows([])
            self._show_error(None)
            self._busy.show_busy(None)
        else:
            state = self._hosts.state(self._host_id)
            self._model.set_rows(vm_rows(self._host_id, state, self._jobs.running()))
            self._show_error(state.error)
            first_answer_awaited = state.asking and state.learned is None
            self._busy.show_busy("Connecting to the host..." if first_answer_awaited else None)
        self.selected.emit()

    def _show_error(self, error: HvError | None) -> None:
        self._strip.show_report(error.report() if error else None)
        self._log_on.setVisible(error is not None and error.code.startswith(("logon.", "credential.")))
        self._accept.setVisible(error is not None and error.code == "host.identity_changed")

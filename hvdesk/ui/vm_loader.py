"""Fetches the details of the selected virtual machine, once the selection has come to rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from hvdesk.ui.bridge import Bridge
from hvdesk.ui.questions import vm_details

if TYPE_CHECKING:
    from hvdesk.app.core import Core
    from hvdesk.domain.model import VmDetails, VmSummary
    from hvdesk.domain.outcome import Outcome

_REST_MS = 120
"""Arrow keys held down pass over many VMs; only the one they stop at is asked for."""


class VmLoader(QObject):
    """Signals: `asked` when another VM than the one loaded last is asked for, `loaded` carries an `Outcome[VmDetails]`
    of the VM wanted last, never of an earlier one."""

    asked = Signal()
    loaded = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: tuple[str, VmSummary] | None = None
        self._loaded: tuple[str, str] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask)

    def begin(self, core: Core) -> None:
        """Ask through `core` from now on; before any VM is wanted."""
        self._core = core

    def want(self, host_id: str, vm: VmSummary) -> None:
        """Fetch the details of `vm`, unless they were wanted and neither state nor name has changed since."""
        if self._wanted is not None and self._same(*self._wanted, host_id, vm):
            return
        self._wanted = (host_id, vm)
        self._rest.start()

    def want_nothing(self) -> None:
        """No VM is selected."""
        self._wanted = None
        self._rest.stop()

    def _ask(self) -> None:
        if self._wanted is None:
            return
        host_id, vm = self._wanted
        if (host_id, vm.id) != self._loaded:
            self.asked.emit()
        done = self._bridge.to(self, partial(self._answered, (host_id, vm)))
        self._core.ask(host_id, partial(vm_details, vm.id), done)

    def _answered(self, asked: tuple[str, VmSummary], outcome: Outcome[VmDetails]) -> None:
        if asked == self._wanted:
            self._loaded = (asked[0], asked[1].id)
            self.loaded.emit(outcome)

    @staticmethod
    def _same(host_id: str, vm: VmSummary, new_host_id: str, new: VmSummary) -> bool:
        return (host_id, vm.id, vm.name, vm.state) == (new_host_id, new.id, new.name, new.state)

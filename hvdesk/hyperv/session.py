"""The session of one move, on a thread of its own: Compare-VM runs in it, and Move-VM blocks in it."""

from __future__ import annotations

from collections.abc import Callable

from hvdesk.domain.calls import Call
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import CompatibilityReport
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.connector import Connector, Pending
from hvdesk.hyperv.errors import OutcomeUnknown
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.messages import Moved
from hvdesk.jobs.lanes import Lane


class MoveSession:
    """Thread-safe; opened when first needed. Until `end` it is used by one move only."""

    def __init__(self, connector: Connector, host_id: str, name: str) -> None:
        self._connector = connector
        self._host_id = host_id
        self._host: HyperVHost | None = None
        self._interrupt = Interrupt()
        self._may_block = False
        self._move_over = False
        self._lane = Lane(name, at_rest=self._put_away)

    def compare(self, call: Call) -> Outcome[CompatibilityReport]:
        """Run Compare-VM and wait for it."""
        pending: Pending[CompatibilityReport] = Pending()
        self._lane.submit(lambda: self._open().compare(call), pending.deliver)
        return pending.outcome()

    def make_ready(self) -> None:
        """See that the session still answers, or replace it: Move-VM is sent once, so it is not sent into a dead one.

        Waits; raises HvError when the host cannot be reached. Nothing has been sent to it by then.
        """
        pending: Pending[None] = Pending()
        self._lane.submit(self._refresh, pending.deliver)
        pending.get()

    def move(self, call: Call, ended: Callable[[Outcome[Moved]], None]) -> None:
        """Send Move-VM and return at once; `ended` is called on the session's thread when it is over or lost."""
        self._lane.submit(lambda: self._move(call), ended)

    def end(self, seconds: float, *, move_over: bool = False) -> bool:
        """End the session; False when its thread still hangs on the wire after `seconds`.

        The shell of a move that may still block in it is let go of, never deleted, so that the move goes on at the
        host; unless `move_over` says that both hosts were asked and no migration runs.
        """
        self._move_over = move_over
        self._lane.stop()
        self._interrupt.call()
        return self._lane.join(seconds)

    def _open(self) -> HyperVHost:
        if self._host is None:
            self._host = self._connector.open_own(self._host_id, self._interrupt)
        return self._host

    def _refresh(self) -> None:
        if self._host is not None:
            try:
                self._host.ping()
            except HvError:
                self._put_away()
        self._open()

    def _move(self, call: Call) -> Moved:
        host = self._open()
        self._may_block = True
        try:
            moved = host.move(call)
        except OutcomeUnknown:
            raise
        except HvError:
            self._may_block = False  # the host answered with an error, or was certainly not asked
            raise
        self._may_block = False
        return moved

    def _put_away(self) -> None:
        host, self._host = self._host, None
        if host is None:
            return
        if self._may_block and not self._move_over:
            host.abandon()
        else:
            host.close()

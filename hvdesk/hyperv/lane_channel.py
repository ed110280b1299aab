"""The channel of a host's lane: opened when needed, replaced when lost, with the rule of what may be sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.errors import SessionLost
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.operations import OPERATIONS


class LaneChannel:
    """Keeps one session for short operations; it belongs to the lane's thread, `interrupt` excepted.

    A request that finds the session lost is sent once more on a new one if it only reads. One that changes the host is
    never sent a second time. A request that took too long costs the session, whose shell is deleted with it.
    """

    def __init__(self, open_channel: Callable[[Interrupt], AgentChannel]) -> None:
        self._open_channel = open_channel
        self._channel: AgentChannel | None = None
        self._interrupt = Interrupt()

    def request(self, op: str, args: Mapping[str, object] | None = None, *, seconds: float | None = None) -> object:
        """As AgentChannel.request; opens the session when there is none. Raises SessionLost when it is lost twice."""
        try:
            return self._once(op, args, seconds)
        except SessionLost:
            if OPERATIONS[op].changing or self._interrupt.called:
                raise
        return self._once(op, args, seconds)

    def interrupt(self) -> None:
        """As AgentChannel.interrupt, also while a session is being opened; nothing is sent after it. Any thread."""
        self._interrupt.call()

    def close(self, *, delete_shell: bool = True) -> None:
        """End the session; the next request opens a new one."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close(delete_shell=delete_shell)

    def _once(self, op: str, args: Mapping[str, object] | None, seconds: float | None) -> object:
        if self._channel is not None and self._channel.over:
            self.close()  # it ended while nobody asked, so what is asked now was sent nowhere yet
        if self._channel is None:
            self._channel = self._open()
        try:
            return self._channel.request(op, args, seconds=seconds)
        finally:
            if self._channel.over:
                self.close()

    def _open(self) -> AgentChannel:
        try:
            return self._open_channel(self._interrupt)
        except SessionLost:
            if self._interrupt.called:
                raise
        return self._open_channel(self._interrupt)  # nothing was asked yet, so this repeats nothing

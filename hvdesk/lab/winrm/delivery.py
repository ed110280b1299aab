"""How an answer gets onto the wire: whole, in HTTP's chunks, or in the ways in which a fault rule spoils it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hvdesk.lab.winrm.points import FaultPlan, Rule
from hvdesk.lab.winrm.strikes import Delay, strike_wire
from hvdesk.lab.winrm.wire import Wire, response

_SLOW_PIECES = 20
_WRONG_BY = 100  # bytes that a Content-Length promises too many


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends answers on one connection; belongs to its thread. OSError when the client is gone."""

    wire: Wire
    delay: Delay
    plan: FaultPlan

    def send(self, data: bytes) -> None:
        """Send bytes as they are, half a round trip later."""
        self.delay.half()
        self.wire.send(data)

    def answer(self, status: int, headers: Sequence[tuple[str, str]], body: bytes, *, chunked: bool = False) -> None:
        """Send an answer as it should be."""
        self.send(response(status, headers, body, chunked=chunked))

    def spoiled(self, rule: Rule, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        """Send an answer as `rule` wants it. May raise HangupError."""
        match rule.action:
            case "short_length":
                self.send(response(status, headers, body, length=len(body) // 2))
            case "long_length":
                self.send(response(status, headers, body, length=len(body) + _WRONG_BY))
            case "slow":
                self._slowly(response(status, headers, body), len(body), rule.seconds)
            case "delay" | "drop" | "reset" | "hang":
                data = response(status, headers, body)
                half = len(data) - len(body) // 2
                self.send(data[:half])
                strike_wire(rule, self.plan, self.wire)
                self.send(data[half:])
            case _:
                self.answer(status, headers, body)

    def _slowly(self, data: bytes, body: int, seconds: float) -> None:
        """The head at once, the body in pieces with equal pauses."""
        at = len(data) - body
        self.send(data[:at])
        size = max(body // _SLOW_PIECES, 1)
        for start in range(at, len(data), size):
            self.plan.wait(seconds * size / body, self.wire.alive)
            self.wire.send(data[start : start + size])

"""What fault rules and the simulated network do to a connection itself."""

from __future__ import annotations

import time

from hvdesk.lab.winrm.points import FaultPlan, Rule
from hvdesk.lab.winrm.wire import Wire


class HangupError(Exception):
    """The connection ends here, without an answer; with RST instead of FIN when `reset`."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self.reset = reset


class Delay:
    """How long the simulated network needs for a round trip. Thread-safe."""

    def __init__(self) -> None:
        self.round_trip = 0.0  # seconds

    def half(self) -> None:
        """Wait for one way."""
        if self.round_trip:
            time.sleep(self.round_trip / 2)

    def whole(self) -> None:
        """Wait for both ways."""
        if self.round_trip:
            time.sleep(self.round_trip)


def strike_wire(rule: Rule, plan: FaultPlan, wire: Wire) -> None:
    """Delay, or end the connection by raising HangupError."""
    if rule.action in ("delay", "hang"):
        plan.wait(rule.seconds, wire.alive)
    if rule.action != "delay":
        raise HangupError(reset=rule.action in ("reset", "refuse"))

"""What every move of this program works with, and how patient it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from hvdesk.hyperv.connector import Connector
from hvdesk.jobs.board import Board
from hvdesk.jobs.drivers import Drivers
from hvdesk.jobs.journal import Journal
from hvdesk.jobs.runner import Runner
from hvdesk.jobs.slots import Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds, and numbers of looks that must show the same before it counts."""

    look: float = 2.0
    """Between two looks at the hosts of a running move."""
    harder: float = 30.0
    """After a wish to cancel, before the harder way may be asked for."""
    planned: float = 20.0
    """For a planned VM of ours to come out of use and be removed."""
    earlier: float = 2.0
    """For one that an earlier check or move left, perhaps on a host that is away."""
    planned_look: float = 0.5
    end: float = 10.0
    """For a session to end."""
    settled: int = 3
    """Looks without a running migration before a move whose answer is lost counts as over."""
    unseen: int = 15
    """The same when its migration was never seen at all: the host may be slow to begin."""
    contradiction: int = 15
    """Looks that find the VM on both hosts, or on neither, before that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTools:
    """Shared by all moves; every part is thread-safe."""

    connector: Connector
    runner: Runner
    journal: Journal
    drivers: Drivers
    board: Board = field(default_factory=Board)
    slots: Slots = field(default_factory=Slots)
    patience: Patience = field(default_factory=Patience)
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the program ends: whoever waits gives up."""

"""What a series of looks says about a move: it goes on, has moved the VM, has left it, or cannot be known."""

from __future__ import annotations

from enum import Enum

from hvdesk.hyperv.sight import Sight, Where, where
from hvdesk.hyperv.tools import Patience


class Call(Enum):
    """What became of the Move-VM that we sent."""

    BLOCKS = "its answer will come"
    LOST = "its answer will never come; whether the move goes on, the hosts know"
    FAILED = "the host answered with an error, or found the move impossible"
    RETURNED = "the host answered that it moved the VM"


class Verdict(Enum):
    """What to think of the move now."""

    GOES_ON = "it goes on"
    NOT_KNOWN = "a host that must be asked is away"
    MOVED = "the VM is on the destination and gone from the source"
    STAYED = "no migration runs, and the VM is on the source"
    DUPLICATED = "no migration runs, and the VM is on both hosts"
    VANISHED = "no migration runs, and the VM is on neither host"


_ENDS = {
    Where.ON_SOURCE: Verdict.STAYED,
    Where.ON_BOTH: Verdict.DUPLICATED,
    Where.ON_NEITHER: Verdict.VANISHED,
}


class Judge:
    """Belongs to the thread of one move.

    The answer of Move-VM alone proves nothing: both hosts are asked, and what they show must fit. Where it does not
    fit yet, or where the answer is lost, it has to stay the same for some looks.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._place = Where.NOT_KNOWN
        self._times = 0
        self._seen = False

    def judge(self, sight: Sight, call: Call) -> Verdict:
        """Take one more look into account."""
        place = where(sight)
        self._seen = self._seen or sight.job is not None
        if sight.source is None:
            return self._again(Verdict.NOT_KNOWN)
        if (sight.job is not None and sight.job.running) or (sight.migrating and call in (Call.BLOCKS, Call.LOST)):
            return self._again(Verdict.GOES_ON)
        if place is Where.NOT_KNOWN:
            return self._again(Verdict.NOT_KNOWN)
        if place is Where.ON_DESTINATION:
            return Verdict.MOVED
        if call is Call.BLOCKS:
            return self._again(Verdict.GOES_ON)
        self._times = self._times + 1 if place is self._place else 1
        self._place = place
        return _ENDS[place] if self._times >= self._needed(place, call) else Verdict.GOES_ON

    def _again(self, verdict: Verdict) -> Verdict:
        self._place, self._times = Where.NOT_KNOWN, 0
        return verdict

    def _needed(self, place: Where, call: Call) -> int:
        if place is Where.ON_SOURCE and call is Call.FAILED:
            return 1  # the host said that it failed, and what it shows fits
        if place is Where.ON_SOURCE and call is Call.LOST:
            return self._patience.settled if self._seen else self._patience.unseen
        return self._patience.contradiction

"""Removes the planned VM that a check or a failed move of ours left on the destination, and nothing else."""

from __future__ import annotations

import logging
from enum import Enum

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import MoveRequest
from hvdesk.hyperv.connector import Connector
from hvdesk.hyperv.tools import MoveTools
from hvdesk.jobs.threads import Deadline

_log = logging.getLogger(__name__)


class Leftover(Enum):
    """What became of the planned VM."""

    GONE = "gone"
    """None of ours is there: it was never there, went by itself or was removed."""
    TAKEN = "taken"
    """A migration of this VM that is not ours has begun; what is on the destination belongs to it."""
    LEFT = "left"
    """It may still be there: a host could not be asked, or it did not come out of use in time."""


def remove_planned(tools: MoveTools, request: MoveRequest, seconds: float) -> Leftover:
    """Call it only for a VM for which the journal says that we made a planned one there, with no move of ours running.

    It is removed by the reference of the planned object, while the source still has the VM, the destination has no
    real one and the object is not in use. The agent looks at the last two once more in the request that removes, so
    a migration that begins in between keeps its VM. A comparison whose answer is lost may still run and use it: only
    a job that moves the VM shows that it is another's. Blocks up to `seconds`, less when the program ends.
    """
    deadline = Deadline(seconds)
    while True:
        try:
            answer = _attempt(tools.connector, request)
        except HvError as error:
            _log.info("a planned VM was not removed: %s", error.code)
            answer = None
        if answer is not None:
            return answer
        if not deadline.left() or tools.stopping.wait(tools.patience.planned_look):
            return Leftover.LEFT


def _attempt(connector: Connector, request: MoveRequest) -> Leftover | None:
    """One look and, when it is safe, one removal; None when another look is needed."""
    vm_id = request.vm_id
    there = connector.asked(request.destination, lambda host: host.presence(vm_id))
    here = connector.asked(request.source, lambda host: host.presence(vm_id))
    jobs = connector.asked(request.source, lambda host: host.migration_jobs().jobs)
    if not there.get().planned:
        return Leftover.GONE
    if there.get().present or not here.get().present:
        return Leftover.TAKEN
    if there.get().planned_in_use:
        return Leftover.TAKEN if any(job.moves_vm and job.vm_id == vm_id for job in jobs.get()) else None
    connector.asked(request.destination, lambda host: host.destroy_planned(vm_id)).get()
    return None

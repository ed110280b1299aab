"""Exit codes of the terminal front end, and which one an error gets."""

from __future__ import annotations

from typing import Final

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NO_CONNECTION: Final = 3
REFUSED: Final = 4
UNKNOWN: Final = 5
CANCELLED: Final = 130

_BY_CODE = {
    "agent.error": FAILED,  # the host answered: it is the operation that failed
    "agent.outcome_unknown": UNKNOWN,
    "host.in_use": FAILED,
    "host.name_taken": FAILED,
    "host.not_listed": USAGE,
    "host.same_machine": FAILED,
    "program.not_yet": USAGE,
    "program.usage": USAGE,
}
_BY_PREFIX = {
    "agent": NO_CONNECTION,
    "check": REFUSED,
    "compare": REFUSED,
    "credential": NO_CONNECTION,
    "folder": REFUSED,
    "hop": REFUSED,
    "host": NO_CONNECTION,
    "input": USAGE,
    "lab": USAGE,
    "logon": NO_CONNECTION,
    "pair": REFUSED,
    "slots": REFUSED,
    "tls": NO_CONNECTION,
    "vm": REFUSED,
}
_BY_STATE = {JobState.DONE: DONE, JobState.CANCELLED: CANCELLED, JobState.UNKNOWN: UNKNOWN}


def of_error(error: HvError) -> int:
    """The exit code of a command that ended with `error`."""
    return _BY_CODE.get(error.code, _BY_PREFIX.get(error.code.partition(".")[0], FAILED))


def of_job(state: JobState) -> int:
    """The exit code of a move that was left in `state`."""
    return _BY_STATE.get(state, FAILED)

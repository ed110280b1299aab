"""The one table of what the agent can be asked: does it change a host, and how long may it take.

A session that is lost may repeat what only reads. What changes a host is never sent twice: when its answer is missing
its outcome is unknown. A test fails for an operation of the agent that is not listed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FOREVER = math.inf


@dataclass(frozen=True, slots=True)
class Operation:
    """`seconds`: after so long without an answer the session is given up."""

    changing: bool
    seconds: float


OPERATIONS: dict[str, Operation] = {
    "again": Operation(changing=False, seconds=60),
    "bye": Operation(changing=False, seconds=30),
    "call": Operation(changing=True, seconds=120),
    "events": Operation(changing=False, seconds=60),
    "file_lengths": Operation(changing=False, seconds=60),
    "host_facts": Operation(changing=False, seconds=120),
    "list_folder": Operation(changing=False, seconds=60),
    "list_vms": Operation(changing=False, seconds=60),
    "migration_jobs": Operation(changing=False, seconds=60),
    "ping": Operation(changing=False, seconds=30),
    "presence": Operation(changing=False, seconds=60),
    "vm_details": Operation(changing=False, seconds=120),
}

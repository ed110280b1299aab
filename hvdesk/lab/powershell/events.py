"""What the agent finds in a simulated host's event logs about a virtual machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hvdesk.lab.powershell.answers import argument, own
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.eventlogs import AVAILABILITY, VMMS, WORKER, Event, Record

Json = dict[str, Any]
_LEVELS = frozenset({1, 2, 3})


def events(shell: Shell, args: Json) -> Json:
    """The latest warnings and errors since a moment that name a machine, oldest first. Needs the world's lock."""
    since, vm_id, name, most = (argument(args, key) for key in ("since", "vm_id", "vm_name", "most"))
    try:
        moment, wanted = datetime.fromisoformat(since).astimezone(UTC), str(UUID(vm_id))
    except ValueError as error:
        raise own("BadRequest", f"No moment or no id: '{since}', '{vm_id}'.", "InvalidData") from error
    start = moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    found = [record for record in _records(shell, start) if _about(record.event, wanted, name)]
    found.sort(key=lambda record: (record.time, record.number))
    return {"events": [_row(record) for record in (found[-most:] if most > 0 else [])]}


def _records(shell: Shell, start: str) -> Iterator[Record]:
    for log in (VMMS, WORKER, AVAILABILITY):
        try:
            yield from shell.world.logs.read(shell.host, log, start, _LEVELS)
        except KeyError:
            continue  # a host without this log


def _about(event: Event, vm_id: str, name: str) -> bool:
    """By the id, or, where no id is, by a value that is the name."""
    values = (event.message, *event.values)
    if any(vm_id in value.lower() for value in values):
        return True
    return name in values and not any(_is_id(value) for value in values)


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _row(record: Record) -> Json:
    event = record.event
    return {
        "time": record.time,
        "id": event.number,
        "level": event.level,
        "log": event.log,
        "message": event.message,
    }

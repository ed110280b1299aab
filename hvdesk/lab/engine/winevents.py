"""Get-WinEvent with a table of what is wanted, on the logs of a simulated host. Needs the world's lock."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from hvdesk.lab.engine.values import Json, date, named
from hvdesk.lab.powershell.answers import not_played
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.eventlogs import Record
from hvdesk.lab.world.failure import COR_E_EXCEPTION, WindowsError

_READER = "System.Diagnostics.Eventing.Reader"
_KEYS = {"LogName", "StartTime", "Level"}


def get_win_event(shell: Shell, bound: Json) -> Iterator[Json | WindowsError]:
    """The events that one table wants, the latest first; WindowsError when there is no such log or no such event."""
    tables = bound.get("FilterHashtable", [])
    wanted = {row["name"]: row["value"] for table in tables for row in table["table"]}
    if len(tables) != 1 or wanted.keys() != _KEYS or not isinstance(wanted["LogName"], str):
        raise not_played(f"Get-WinEvent other than with one table of {', '.join(sorted(_KEYS))}")
    levels = wanted["Level"] if isinstance(wanted["Level"], list) else [wanted["Level"]]
    logs, log = shell.world.logs, wanted["LogName"]
    try:
        found = logs.read(shell.host, log, wanted["StartTime"], frozenset(levels))
        records = list(islice(found, bound.get("MaxEvents")))
    except KeyError:
        text = f'There is not an event log on the localhost computer that matches "{log}".'
        yield _missing("NoMatchingLogsFound", text)
        return
    yield from map(_record, records)
    if not records:
        text = "No events were found that match the specified selection criteria."
        yield _missing("NoMatchingEventsFound", text)


def _record(record: Record) -> Json:
    event = record.event
    return named(
        f"{_READER}.EventLogRecord",
        Id=event.number,
        Level=event.level,
        LogName=event.log,
        ProviderName=event.log.removesuffix("-Admin"),
        RecordId=record.number,
        TimeCreated=date(record.time),
        Properties=[named(f"{_READER}.EventProperty", Value=value) for value in event.values],
        Message=event.message,
    )


def _missing(error_id: str, text: str) -> WindowsError:
    return WindowsError(
        error_id, (text,), category="ObjectNotFound", types=("System.Exception",), hresult=COR_E_EXCEPTION
    )

"""The errors a host answers with, by the name that a scenario, a command or a rule of the world knows each by.

Ids, the exception's type and the two-line shape with the VM's id are those of published error records. Programs may
rely on ids and codes only: where no text was found the wording is ours and the code alone is Windows'.
"""

from __future__ import annotations

from hvdesk.lab.world.errors_connection import CONNECTION
from hvdesk.lab.world.errors_host import HOST
from hvdesk.lab.world.errors_storage import STORAGE
from hvdesk.lab.world.failure import Known, WindowsError
from hvdesk.lab.world.machines import Machine

KNOWN: dict[str, Known] = {**CONNECTION, **HOST, **STORAGE}
"""Every error of a move or a check that the world can answer with; a name is the code, or words where there is none."""


def told(name: str, machine: Machine | None, source: str, destination: str, **facts: object) -> WindowsError:
    """The error called `name` about a move of `machine`; KeyError when there is none. A fact not given shows as ?."""
    known = KNOWN[name]
    names = _Names(source=source, destination=destination, **facts)
    if machine is not None:
        names |= {"vm": machine.name, "id": machine.id.upper()}
    details = tuple(text.format_map(names) for text in known.details)
    lines = _lines(known, names, details)
    return WindowsError(known.error_id, lines, category=known.category, native=known.native, name=name, side=known.side)


class _Names(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def _lines(known: Known, names: dict[str, object], details: tuple[str, ...]) -> tuple[str, ...]:
    if not known.side:
        return details
    head = (
        "Virtual machine migration operation for '{vm}' failed at migration {side} '{host}'. (Virtual machine ID {id})"
    ).format_map(_Names({**names, "side": known.side, "host": names[known.side]}))
    return ("\n\n".join((head, *details)), "\n\n".join(details))

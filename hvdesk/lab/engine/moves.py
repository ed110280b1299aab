"""Compare-VM and Move-VM for an engine: with all storage to one folder; other ways join when the world knows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hvdesk.lab.engine import objects
from hvdesk.lab.engine.values import Json
from hvdesk.lab.powershell.answers import not_played
from hvdesk.lab.powershell.changing import OTHER_WAYS
from hvdesk.lab.world import cmdlets
from hvdesk.lab.world.cmdlets import Report, Shell
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Machine


def machines(host: Host, values: list[Json]) -> Iterator[Machine]:
    """The machines that VirtualMachine objects stand for. Needs the world's lock; raises WindowsError for one gone."""
    for value in values:
        machine = host.machines.get(value["id"])
        if machine is None:
            text = f"Hyper-V encountered an error trying to access an object on computer '{host.name}' because the "
            text += "object was not found. The object might have been deleted."
            raise WindowsError("ObjectNotFound", (text,), category="ObjectNotFound")
        yield machine


def compare(shell: Shell, bound: Json) -> Iterator[Any]:
    """The report of Compare-VM."""
    machine, destination, folder = _one_folder(shell, "Compare-VM", bound)
    found = cmdlets.compare_vm(shell, machine, destination, folder)
    with shell.world.locked():
        yield objects.report(shell.world, shell.host, machine, found)


def move(shell: Shell, bound: Json) -> Iterator[Any]:
    """With -Passthru the moved machine; the report, whether asked for or not, when it cannot move."""
    machine, destination, folder = _one_folder(shell, "Move-VM", bound)
    moved = cmdlets.move_vm(shell, machine, destination, folder)
    with shell.world.locked():
        if isinstance(moved, Report):
            yield objects.report(shell.world, shell.host, machine, moved)
        elif bound.get("Passthru"):
            yield objects.virtual_machine(shell.world, shell.host, moved)


def check_vhds(shell: Shell, tables: list[Json]) -> None:
    """Raise WindowsError for a table without its keys. A text that came out of a pipeline does not count as one.

    Scripts report that tables built in a pipeline are refused so. An engine shows only the wrapper of what is in them.
    """
    rows = [table["table"] for table in tables]
    cmdlets.refuse_vhds(
        shell, [[row["name"] for row in entries if row["type"] == "String" and not row["wrapped"]] for entries in rows]
    )


def _one_folder(shell: Shell, cmdlet: str, bound: Json) -> tuple[Machine, str, str]:
    if not bound.get("IncludeStorage") or "DestinationStoragePath" not in bound:
        raise not_played(f"{cmdlet} {OTHER_WAYS}")
    with shell.world.locked():
        (machine,) = machines(shell.host, [bound["VM"]])
    return machine, bound["DestinationHost"], bound["DestinationStoragePath"]

"""`hvdesk vms`, and finding the virtual machine that a command names."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any

from hvdesk.app.core import Core
from hvdesk.cli import exits
from hvdesk.cli.named import named_host
from hvdesk.cli.output import Columns, Output
from hvdesk.cli.passwords import password_for
from hvdesk.cli.waiting import ask_all
from hvdesk.domain import validate
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import VmSummary
from hvdesk.domain.units import memory_text, percent_text, uptime_text
from hvdesk.settings.schema import HostEntry

_COLUMNS: Columns = {
    "Name": itemgetter("name"),
    "Host": itemgetter("host"),
    "State": itemgetter("state"),
    "CPU": lambda row: percent_text(row["cpu_percent"]),
    "Memory": lambda row: memory_text(row["memory_bytes"]),
    "Uptime": lambda row: uptime_text(row["uptime_seconds"]),
    "Status": itemgetter("status"),
    "Version": itemgetter("version"),
}
KEYS = (
    "host",
    "name",
    "id",
    "state",
    "status",
    "operational",
    "cpu_percent",
    "memory_bytes",
    "uptime_seconds",
    "version",
    "clustered",
)
"""Of an object of `vms --json`; all but `host` are names of VmSummary."""


def run(core: Core, args: Namespace, out: Output) -> int:
    """List the virtual machines; returns 3 when a host did not answer, after the rows of the others."""
    entries = listed_hosts(core) if args.host is None else (named_host(core, args.host, args),)
    rows: list[dict[str, Any]] = []
    code = exits.DONE
    for entry, outcome in ask_all(core, entries, lambda host: host.vms()):
        if outcome.error is not None:
            out.report(outcome.error.report())
            code = exits.of_error(outcome.error)
        else:
            rows += [_row(entry, vm) for vm in outcome.get()]
    out.table(rows, _COLUMNS)
    return code


def listed_hosts(core: Core) -> tuple[HostEntry, ...]:
    """All listed hosts, after asking in a terminal for each password that is not known."""
    for entry in core.hosts():
        with suppress(HvError):  # what is missing is said when the host is asked
            password = password_for(core, entry, from_stdin=False)
            if password is not None:
                core.use_host(entry, password)
    return core.hosts()


def find_vm(host: HostEntry, vms: Sequence[VmSummary], name_or_id: str) -> VmSummary:
    """The VM of this id, else of this name in any case; raises `vm.not_found`, or `vm.ambiguous` with the ids."""
    wanted = validate.vm_name(name_or_id)
    by_id = [vm for vm in vms if vm.id == wanted.strip("{}").lower()]
    found = by_id or [vm for vm in vms if vm.name.casefold() == wanted.casefold()]
    if not found:
        raise HvError("vm.not_found", host=host.name, facts={"vm": wanted})
    if len(found) > 1:
        ids = ", ".join(vm.id for vm in found)
        raise HvError("vm.ambiguous", host=host.name, facts={"name": wanted, "ids": ids})
    return found[0]


def _row(entry: HostEntry, vm: VmSummary) -> dict[str, Any]:
    return {key: entry.name if key == "host" else getattr(vm, key) for key in KEYS}

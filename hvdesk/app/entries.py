"""Host entries as they may be used: input in its usual form, or the error that says what is wrong with it."""

from __future__ import annotations

import os
from dataclasses import replace
from uuid import NAMESPACE_DNS, uuid5

from hvdesk.domain import validate
from hvdesk.domain.errors import HvError
from hvdesk.settings.schema import HTTP_PORT, HTTPS_PORT, HostEntry

_ENTRIES = uuid5(NAMESPACE_DNS, "hosts.hvdesk")


def entry_id(address: str, port: int) -> str:
    """The id a new entry gets. The same listener gives the same one, so that a job of a host which was named on the
    command line only is found again when that host is named or listed later."""
    return str(uuid5(_ENTRIES, f"{address.casefold()}:{port}"))


def usual_port(https: bool) -> int:
    """The port on which WinRM listens unless somebody changed it."""
    return HTTPS_PORT if https else HTTP_PORT


def checked(entry: HostEntry) -> HostEntry:
    """The entry with its input in the usual form; raises HvError `input.*`. Nothing is sent. Any thread."""
    for path in (entry.ca_file, entry.certificate):
        if path is not None and not os.access(path, os.R_OK):
            raise HvError("input.file", facts={"path": path})
    if not entry.https and (entry.ca_file or entry.pin):
        raise HvError("input.trust", facts={"option": "An authority" if entry.ca_file else "A fingerprint"})
    return replace(
        entry,
        name=entry.name.strip() or entry.address,
        address=validate.host_address(entry.address),
        port=validate.port(entry.port),
        pin=validate.fingerprint(entry.pin) if entry.pin else None,
    )

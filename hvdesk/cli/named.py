"""Hosts as the command line names them: in the list, or described by options."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import Any

from hvdesk.app.core import Core
from hvdesk.app.entries import checked, entry_id, usual_port
from hvdesk.cli.passwords import password_for
from hvdesk.domain import validate
from hvdesk.domain.errors import HvError
from hvdesk.settings.schema import HostEntry


def named_host(core: Core, name: str, args: Namespace, prefix: str = "") -> HostEntry:
    """The host `name`, ready to be asked: the listed one, changed by the options given, or one described by them.

    Asks for the password when it is needed and not known. Raises HvError `host.not_listed` for a host that is neither
    listed nor described, `input.*` for wrong options.
    """
    given = _given(args, prefix)
    try:
        listed: HostEntry | None = core.host(name)
    except HvError:
        if not given:
            raise
        listed = None
    entry = _changed(listed, given) if listed else described(name, args, prefix)
    core.use_host(entry, password_for(core, entry, from_stdin=_from_stdin(args, prefix)))
    return entry


def described(name: str, args: Namespace, prefix: str = "") -> HostEntry:
    """A new entry named `name` made of the options; raises HvError `input.*`."""
    given = _given(args, prefix)
    https = bool(given.get("https"))
    address = validate.host_address(given.pop("address", name))
    port = given.pop("port", usual_port(https))
    given.setdefault("logon", "credssp" if "user" in given else "current-user")
    return checked(HostEntry(id=entry_id(address, port), name=name, address=address, port=port, **given))


def _changed(listed: HostEntry, given: dict[str, Any]) -> HostEntry:
    if "https" in given and "port" not in given and listed.port == usual_port(False):
        given["port"] = usual_port(True)
    return checked(replace(listed, **given)) if given else listed


def _given(args: Namespace, prefix: str) -> dict[str, Any]:
    """The fields of an entry that the options set; empty when there are none."""
    fields = {"address": "address", "port": "port", "https": "https", "logon": "logon", "user": "user"}
    fields |= {"ca": "ca_file", "pin": "pin", "certificate": "certificate"}
    options = {field: getattr(args, prefix.replace("-", "_") + option) for option, field in fields.items()}
    given = {field: value for field, value in options.items() if value is not None}
    if "port" in given:
        given["port"] = validate.port(given["port"])
    return given


def _from_stdin(args: Namespace, prefix: str) -> bool:
    return bool(getattr(args, f"{prefix.replace('-', '_')}password_stdin"))

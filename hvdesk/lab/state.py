"""The state file of a running lab: where its hosts listen and who can log on, for the programs that use it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hvdesk.lab.realm import kerberos_state
from hvdesk.lab.winrm.server import WinRMServer
from hvdesk.lab.world.directory import Account
from hvdesk.lab.world.world import World

LOGON = "credssp"
"""The logon that the lab proposes: the one with which a move's second hop works everywhere."""


class StateError(Exception):
    """The state file cannot be written; the text says why."""


def state_of(world: World, server: WinRMServer) -> dict[str, Any]:
    """What the state file says; passwords included.

    `kerberos` is null where the lab has no KDC, else: `config`, the path for the variable KRB5_CONFIG; `realm`;
    `services`, the names in each host's tickets. `principal` is an account's name in the realm, null for a local one.
    `certificate` is a PEM file with certificate and key for a local account, null for one of the domain.
    """
    return {
        "pid": os.getpid(),
        "scenario": world.scenario.name,
        "ca_file": str(server.pki.ca_file),
        "hosts": [
            {
                "name": host.name.name,
                "fqdn": host.name.fqdn,
                "address": "127.0.0.1",
                "http_port": host.http.port,
                "https_port": host.https.port,
            }
            for host in server.hosts.values()
        ],
        "accounts": [
            {
                "user": account.user,
                "password": account.password,
                "kind": account.kind,
                "principal": server.kdc.principal(account.user) if server.kdc else None,
                "certificate": certificate_of(account, server),
            }
            for account in world.accounts
        ],
        "default_account": world.scenario.default_account,
        "logon": LOGON,
        "kerberos": kerberos_state(server.kdc, world),
    }


def certificate_of(account: Account, server: WinRMServer) -> str | None:
    """A new certificate for an account that is local to one of the hosts: only those can log on with one."""
    host, _, name = account.user.partition("\\")
    if host.upper() not in (known.upper() for known in server.hosts):
        return None
    fqdn = next(one.name.fqdn for one in server.hosts.values() if one.name.name.upper() == host.upper())
    return str(server.pki.user_file(f"{name}@{fqdn}"))


def without_passwords(state: Mapping[str, Any]) -> dict[str, Any]:
    """The same for everybody's eyes."""
    accounts = [{key: one[key] for key in ("user", "kind")} for one in state["accounts"]]
    return {**state, "accounts": accounts}


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write the file, readable by its owner only, whole or not at all. Raises StateError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(state, file, indent=1)
        os.replace(draft, path)
    except OSError as error:
        raise StateError(f"the state file cannot be written: {error}") from error


def remove_state(path: Path) -> None:
    """Remove our file; one that another lab wrote over it meanwhile stays."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(state, dict) and state.get("pid") == os.getpid():
        path.unlink(missing_ok=True)

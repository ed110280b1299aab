"""The world's directory as a Kerberos realm: which hosts and users the lab's KDC knows, and what clients are told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hvdesk.lab.winrm.kdc import SHARED_NAMES, Kdc, Person, Service, missing
from hvdesk.lab.world.world import World


def start_kdc(world: World, folder: Path) -> Kdc | None:
    """A KDC for the world's domain, whose realm this process takes tickets of from now on; None where none is
    installed. Raises KdcError."""
    if missing():
        return None
    scenario = world.scenario
    services = [Service(host.name, host.fqdn) for host in world.hosts.values() if not host.spec.workgroup]
    people = [
        Person(account.user, account.password, account.sensitive)
        for account in world.accounts
        if account.user.upper().startswith(f"{scenario.netbios.upper()}\\")
    ]
    kdc = Kdc(folder, scenario.domain.upper(), services, people)
    os.environ.update(kdc.environment())
    return kdc


def kerberos_state(kdc: Kdc | None, world: World) -> Mapping[str, Any] | None:
    """What a client needs, for the state file; None without a KDC."""
    if kdc is None:
        return None
    return {
        "config": str(kdc.config),
        "realm": kdc.realm,
        "services": {
            host.name: [f"HTTP/{name}" for name in (host.fqdn.lower(), host.name.lower(), *SHARED_NAMES)]
            for host in world.hosts.values()
            if not host.spec.workgroup
        },
    }

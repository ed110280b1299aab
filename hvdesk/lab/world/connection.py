"""Whether one host's management service reaches the other's: ports, listeners, names and policies."""

from __future__ import annotations

from hvdesk.lab.windows import since
from hvdesk.lab.world.hosts import Host

RPC, WSMAN, MIGRATION = 135, 5985, 6600


def unreachable(source: Host, destination: Host) -> str | None:
    """The name of the error for a destination that cannot be asked at all; None: it can.

    From Server 2016 on hosts manage each other by WS-Management, before by remote procedure calls.
    """
    closed = destination.health.closed_ports
    modern = all(since(host.windows, "2016") for host in (source, destination))
    if modern and WSMAN in closed:
        return "0x80338012"
    return "0x800706BA" if not modern and RPC in closed else None


def no_migration(source: Host, destination: Host) -> str | None:
    """The name of the error for a connection that migrates nothing; None: it would."""
    health = destination.health
    if not destination.migration.enabled or not health.listener:
        return "0x8007274D"
    if MIGRATION in health.closed_ports:
        return "0x8007274C"
    if health.security_product or source.health.security_product:
        return "0x8007271D"
    if not health.spn:
        return "0x80090322"
    return {"logon-type": "0x80070569", "account-restriction": "0x8007052F"}.get(health.user_rights)

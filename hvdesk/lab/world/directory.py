"""The domain: who can log on where, and which hosts may act for whom on which others (the second hop)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import Scenario
from hvdesk.lab.world import errors
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Machine


@dataclass(frozen=True)
class Account:
    """An account with the password it has at the start, and the names of the hosts it administers."""

    user: str
    kind: str
    password: str = field(repr=False)
    admin_on: frozenset[str]


def accounts_of(scenario: Scenario) -> tuple[Account, ...]:
    """The scenario's accounts; passwords it does not fix are made up anew each time."""
    every = frozenset(host.name for host in scenario.hosts)
    return tuple(
        Account(
            user=spec.user,
            kind=spec.kind,
            password=spec.password or secrets.token_urlsafe(12),
            admin_on=every if "*" in spec.admin_on else frozenset(spec.admin_on),
        )
        for spec in scenario.accounts
    )


class Delegation:
    """Second hops. Guarded by the world's lock."""

    def __init__(self, accounts: Iterable[Account], listed: Iterable[tuple[str, str]]) -> None:
        self._admin_on = {account.user.casefold(): account.admin_on for account in accounts}
        self.listed = set(listed)

    def check(self, caller: Caller, machine: Machine, source: Host, destination: Host) -> None:
        """Raise what a cmdlet on `source` would that reaches for `destination` on behalf of `caller`.

        A credential that came with the logon goes on by itself, except with migration type CredSSP from a source that
        runs Credential Guard. Without one it takes type Kerberos on both hosts and the delegation in the directory.
        """
        if not self._authenticated(caller, source, destination):
            raise errors.no_credentials(machine, source.name, destination.name)
        if destination.name not in self._admin_on.get(caller.user.casefold(), frozenset()):
            raise errors.no_rights(machine, source.name, destination.name)

    def welcome(self, user: str, hosts: Iterable[str]) -> None:
        """Make `user` an administrator of `hosts`."""
        known = self._admin_on.get(user.casefold(), frozenset())
        self._admin_on[user.casefold()] = known.union(hosts)

    def _authenticated(self, caller: Caller, source: Host, destination: Host) -> bool:
        types = {source.migration.authentication, destination.migration.authentication}
        if types == {"Kerberos"} and (source.name, destination.name) in self.listed:
            return True
        guarded = bool(source.spec.credential_guard) and source.migration.authentication == "CredSSP"
        return caller.forwarded and not guarded

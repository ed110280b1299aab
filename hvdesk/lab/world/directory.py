"""The domain: who can log on where, and which hosts may act for whom on which others (the second hop)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
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
    sensitive: bool = False


def accounts_of(scenario: Scenario) -> tuple[Account, ...]:
    """The scenario's accounts; passwords it does not fix are made up anew each time."""
    every = frozenset(host.name for host in scenario.hosts)
    return tuple(
        Account(
            user=spec.user,
            kind=spec.kind,
            password=spec.password or secrets.token_urlsafe(12),
            admin_on=every if "*" in spec.admin_on else frozenset(spec.admin_on),
            sensitive=spec.sensitive,
        )
        for spec in scenario.accounts
    )


class Delegation:
    """Second hops. Guarded by the world's lock.

    `listed` are the pairs of the directory; of those, `kerberos_only` lack "any authentication protocol", and for
    `stale` ones the source still holds tickets from before.
    """

    def __init__(
        self, accounts: Iterable[Account], listed: Iterable[tuple[str, str]], switches: Mapping[str, bool]
    ) -> None:
        everybody = tuple(accounts)
        self._admin_on = {account.user.casefold(): account.admin_on for account in everybody}
        self._sensitive = {account.user.casefold() for account in everybody if account.sensitive}
        self._switches = switches
        self._at_first = frozenset(listed)
        self.listed: set[tuple[str, str]] = set()
        self.kerberos_only: set[tuple[str, str]] = set()
        self.stale: set[tuple[str, str]] = set()
        self.restore()

    def restore(self) -> None:
        """Let the directory hold what the scenario says."""
        self.listed = set(self._at_first)
        self.kerberos_only.clear()
        self.stale.clear()

    def check(self, caller: Caller, machine: Machine, source: Host, destination: Host) -> None:
        """Raise what a cmdlet on `source` would that reaches for `destination` on behalf of `caller`.

        A credential that came with the logon goes on by itself, except with migration type CredSSP from a source that
        runs Credential Guard. Without one it takes type Kerberos on both hosts and the delegation in the directory.
        """
        error = self._refusal(caller, source, destination)
        if error is None and destination.name not in self._admin_on.get(caller.user.casefold(), frozenset()):
            error = "0x80070005"
        if error is not None:
            raise errors.told(error, machine, source.name, destination.name)

    def welcome(self, user: str, hosts: Iterable[str]) -> None:
        """Make `user` an administrator of `hosts`."""
        known = self._admin_on.get(user.casefold(), frozenset())
        self._admin_on[user.casefold()] = known.union(hosts)

    def _refusal(self, caller: Caller, source: Host, destination: Host) -> str | None:
        if source.domain is None or source.domain != destination.domain:
            return "0x8009030E"
        types = {source.migration.authentication, destination.migration.authentication}
        if caller.forwarded and self._passes_on(types, source):
            return None
        pair = (source.name, destination.name)
        if types != {"Kerberos"} or pair not in self.listed or pair in self.kerberos_only:
            return "0x8009030E"
        if pair in self.stale:
            return "0x8009030D"
        return "0x8009030C" if caller.user.casefold() in self._sensitive else None

    def _passes_on(self, types: set[str], source: Host) -> bool:
        if types == {"Kerberos"}:
            return self._switches["forwarded_credential_serves_kerberos"]
        return not (source.spec.credential_guard and source.migration.authentication == "CredSSP")

"""Who may log on to the simulated hosts, under which spellings, and with which password right now."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Account(Protocol):
    """What the server needs to know of an account; the scenario's accounts have it."""

    @property
    def user(self) -> str:
        """`DOMAIN\\user`, or `HOST\\user` for an account local to one host."""

    @property
    def password(self) -> str:
        """The password at start."""

    @property
    def admin_on(self) -> frozenset[str]:
        """Names of the hosts on which it is an administrator."""


@dataclass(frozen=True, slots=True)
class HostName:
    """A simulated host's names: `HV01` and `hv01.lab.test`."""

    name: str
    fqdn: str

    @property
    def dns_domain(self) -> str:
        """The part of the full name after its first dot, `` for a workgroup host."""
        return self.fqdn.partition(".")[2]


class Directory:
    """All accounts of a lab. Thread-safe; a changed password counts from the next logon on."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._lock = threading.Lock()
        self._accounts = {account.user.upper(): account for account in accounts}
        self._passwords = {key: account.password for key, account in self._accounts.items()}

    def find(self, domain: str, user: str, host: HostName) -> Account | None:
        """The account meant by a spelling used at a logon to `host`, or None.

        Windows takes `user`, `DOMAIN\\user`, `HOST\\user`, `.\\user` and `user@dns.domain`.
        """
        if "@" in user and not domain:
            user, _, domain = user.rpartition("@")
        for prefix in self._prefixes(domain.upper(), host):
            account = self._accounts.get(f"{prefix}\\{user.upper()}")
            if account is not None:
                return account
        return None

    def password(self, account: Account) -> str:
        """The account's password now."""
        with self._lock:
            return self._passwords[account.user.upper()]

    def change_password(self, user: str, password: str) -> None:
        """Set the password of `DOMAIN\\user`; KeyError when there is no such account."""
        with self._lock:
            if user.upper() not in self._passwords:
                raise KeyError(user)
            self._passwords[user.upper()] = password

    def _prefixes(self, domain: str, host: HostName) -> tuple[str, ...]:
        machine = host.name.upper()
        if domain in (".", machine, host.fqdn.upper()):
            return (machine,)
        if domain in _UNNAMED:
            return (machine, host.dns_domain.partition(".")[0].upper())
        return (domain.partition(".")[0],)


# pyspnego's acceptor announces the real machine as the server and WORKSTATION as its domain; clients that were given
# no domain answer with one of these.
_UNNAMED = frozenset({"", "WORKSTATION", socket.gethostname().upper()})

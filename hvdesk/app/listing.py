"""The list of hosts and their passwords: every change to it is made only after the host itself has answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hvdesk.app.directory import Directory, access_to
from hvdesk.app.entries import checked
from hvdesk.app.passwords import Passwords
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import HostFacts
from hvdesk.domain.secret import Secret
from hvdesk.hyperv.connector import open_host
from hvdesk.remoting.gate import LogonGate
from hvdesk.settings.schema import HostEntry, Settings
from hvdesk.settings.store import SettingsStore


class Listing:
    """Worker threads only: each method connects to a host or asks the keyring, and raises HvError."""

    def __init__(self, settings: SettingsStore, directory: Directory, passwords: Passwords) -> None:
        self._settings = settings
        self._directory = directory
        self._passwords = passwords

    def add(self, entry: HostEntry, password: Secret | None, remember: bool) -> HostFacts:
        """List the host that answers; nothing is kept when it fails. See `Core.add_host`."""
        wanted = checked(replace(entry, remember=False, identity=None))
        _refuse_name(self._settings.snapshot(), wanted)
        facts = self._connect(wanted, password)
        listed = replace(wanted, identity=facts.identity, remember=remember or self._directory.in_vault(wanted))
        _refuse_machine(self._settings.snapshot(), listed)
        if password is not None:
            self._passwords.keep(wanted, password, remember=listed.remember)
            self._directory.gate(wanted).reopen()
        try:
            self._settings.change(_with_host(listed))
        except BaseException:
            self._forget_unless_shared(listed)
            raise
        self._directory.forget(listed.id)
        return facts

    def test(self, entry: HostEntry, password: Secret | None) -> HostFacts:
        """Ask who the host is; `host.identity_changed` when it is not who it was."""
        facts = self._connect(checked(entry), password)
        if entry.identity is not None and facts.identity != entry.identity:
            names = {"expected": ".".join(entry.identity), "found": ".".join(facts.identity)}
            raise HvError("host.identity_changed", host=entry.name, facts=names)
        return facts

    def accept(self, host_id: str) -> HostFacts:
        """Keep the identity that the host reports now."""
        entry = self._directory.entry(host_id)
        facts = self._connect(replace(entry, identity=None), None)
        accepted = replace(entry, identity=facts.identity)
        _refuse_machine(self._settings.snapshot(), accepted)
        self._settings.change(_each(lambda one: replace(one, identity=facts.identity) if one.id == host_id else one))
        self._directory.use(accepted)
        return facts

    def set_password(self, host_id: str, password: Secret, remember: bool) -> HostFacts:
        """Keep a password that this host has taken, for all hosts that share the credential."""
        entry = self._directory.entry(host_id)
        facts = self.test(entry, password)
        known = replace(entry, remember=self._directory.in_vault(entry))
        self._passwords.keep(known, password, remember=remember)
        self._settings.change(
            _each(lambda one: replace(one, remember=remember) if one.credential_id == entry.credential_id else one)
        )
        self._directory.gate(entry).reopen()
        return facts

    def remove(self, host_id: str) -> None:
        """Take the host off the list, then forget its password unless another entry shares it."""
        entry = self._directory.find(host_id)
        self._settings.change(lambda old: replace(old, hosts=tuple(one for one in old.hosts if one.id != entry.id)))
        self._directory.forget(entry.id)
        self._forget_unless_shared(entry)

    def _forget_unless_shared(self, entry: HostEntry) -> None:
        if all(other.credential_id != entry.credential_id for other in self._directory.listed()):
            self._passwords.forget(entry)

    def _connect(self, entry: HostEntry, password: Secret | None) -> HostFacts:
        """Facts over a session of its own. A password that is only tried passes a gate of its own: when it is wrong
        the one that is kept may still be good."""
        gate = self._directory.gate(entry) if password is None else LogonGate()
        if password is None:
            password = self._directory.password(entry)
        host = open_host(access_to(entry, password, gate))
        try:
            return host.facts()
        finally:
            host.close()


def _each(change: Callable[[HostEntry], HostEntry]) -> Callable[[Settings], Settings]:
    return lambda old: replace(old, hosts=tuple(map(change, old.hosts)))


def _with_host(entry: HostEntry) -> Callable[[Settings], Settings]:
    def add(old: Settings) -> Settings:
        _refuse_name(old, entry)
        _refuse_machine(old, entry)
        return replace(old, hosts=(*old.hosts, entry))

    return add


def _refuse_name(settings: Settings, entry: HostEntry) -> None:
    if any(entry.name.casefold() == other.name.casefold() for other in settings.hosts):
        raise HvError("host.name_taken", facts={"name": entry.name})


def _refuse_machine(settings: Settings, entry: HostEntry) -> None:
    for other in settings.hosts:
        if other.id == entry.id and other.name == entry.name:
            continue
        if other.id == entry.id or other.identity == entry.identity:
            raise HvError("host.same_machine", facts={"address": entry.address, "name": other.name})

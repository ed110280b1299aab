"""Which hosts there are, and all that is needed to connect to one of them at this moment."""

from __future__ import annotations

import ipaddress
import threading

from hvdesk.app.passwords import Passwords
from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret
from hvdesk.hyperv.connector import HostAccess
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon
from hvdesk.settings.schema import HostEntry
from hvdesk.settings.store import SettingsStore


class Directory:
    """Listed hosts and those named for this run of the program only. Thread-safe; `access` on worker threads."""

    def __init__(self, settings: SettingsStore, passwords: Passwords) -> None:
        self._settings = settings
        self._passwords = passwords
        self._lock = threading.Lock()
        self._used: dict[str, HostEntry] = {}
        self._gates: dict[str, LogonGate] = {}

    def listed(self) -> tuple[HostEntry, ...]:
        """The hosts in the settings, in the order in which they were added."""
        return self._settings.snapshot().hosts

    def find(self, name_or_id: str) -> HostEntry:
        """The listed host of this id or name (in any case); raises HvError `host.not_listed`."""
        wanted = name_or_id.strip().casefold()
        for entry in self.listed():
            if wanted in (entry.id, entry.name.casefold()):
                return entry
        raise HvError("host.not_listed", facts={"name": name_or_id})

    def use(self, entry: HostEntry) -> None:
        """From now on `entry` stands for its id, in this program only; the listed one, when it is the same."""
        with self._lock:
            if entry in self.listed():
                self._used.pop(entry.id, None)
            else:
                self._used[entry.id] = entry

    def forget(self, host_id: str) -> None:
        """The list is right again about this id."""
        with self._lock:
            self._used.pop(host_id, None)

    def entry(self, host_id: str) -> HostEntry:
        """The entry in use for this id; raises HvError `host.not_listed`."""
        with self._lock:
            used = self._used.get(host_id)
        return used or self.find(host_id)

    def gate(self, entry: HostEntry) -> LogonGate:
        """The gate of the entry's credential, one for all hosts that share it."""
        with self._lock:
            return self._gates.setdefault(entry.credential_id, LogonGate())

    def in_vault(self, entry: HostEntry) -> bool:
        """Whether some listed host keeps the entry's credential in the keyring."""
        return any(other.remember and other.credential_id == entry.credential_id for other in self.listed())

    def password(self, entry: HostEntry) -> Secret | None:
        """The known password of the entry's credential, None when its logon takes none; raises HvError."""
        return self._passwords.get(entry, in_vault=self.in_vault(entry))

    def access(self, host_id: str) -> HostAccess:
        """How to connect to this host now; raises HvError `host.not_listed`, `logon.no_credential`, `credential.*`."""
        entry = self.entry(host_id)
        return access_to(entry, self.password(entry), self.gate(entry))


def access_to(entry: HostEntry, password: Secret | None, gate: LogonGate) -> HostAccess:
    """Endpoint and logon of an entry."""
    endpoint = Endpoint(
        label=entry.name,
        address=entry.address,
        port=entry.port,
        https=entry.https,
        ca_file=entry.ca_file,
        pin=entry.pin,
        service_name=_service_name(entry),
    )
    logon = Logon(method=entry.logon, user=entry.user, password=password, certificate=entry.certificate)
    return HostAccess(endpoint=endpoint, logon=logon, gate=gate, computer=entry.identity[0] if entry.identity else None)


def _service_name(entry: HostEntry) -> str | None:
    """The full name that the host reported, when its address is a number: Kerberos' tickets are for names."""
    try:
        ipaddress.ip_address(entry.address)
    except ValueError:
        return None
    return ".".join(entry.identity) if entry.identity and all(entry.identity) else None

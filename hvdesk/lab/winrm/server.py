"""All hosts' WinRM services together: listeners, shells, the reaper, and what the control line asks of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hvdesk.lab.programs import Launcher
from hvdesk.lab.winrm.accounts import Account, Directory, HostName
from hvdesk.lab.winrm.auth import ConnectionLogon
from hvdesk.lab.winrm.connection import Site
from hvdesk.lab.winrm.contexts import prepare_credssp
from hvdesk.lab.winrm.counters import Counters
from hvdesk.lab.winrm.listener import Listener
from hvdesk.lab.winrm.pki import Pki
from hvdesk.lab.winrm.points import FaultPlan
from hvdesk.lab.winrm.service import Service
from hvdesk.lab.winrm.store import Limits, ShellStore
from hvdesk.lab.winrm.strikes import Delay

_REAP_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class HostSetup:
    """A host to serve: its names and what its certificate is like (pki.KINDS)."""

    name: HostName
    certificate: str = "ok"


class HostServer:
    """WinRM on one simulated host: http, which takes sealed messages only, and https."""

    def __init__(self, setup: HostSetup, launcher: Launcher, lab: WinRMServer) -> None:
        self.name = setup.name
        self.counters = Counters()
        self.store = ShellStore(lab.limits)
        service = Service(setup.name.name, launcher, self.store, lambda: self.counters.add("shells_opened"))
        site = Site(service, self.counters, lab.plan, lab.delay)
        tls = lab.pki.server_context(setup.name.fqdn, setup.certificate)
        self.http = Listener(site, lambda: self._logon(lab, tls=False), None)
        self.https = Listener(site, lambda: self._logon(lab, tls=True), tls)

    def _logon(self, lab: WinRMServer, *, tls: bool) -> ConnectionLogon:
        return ConnectionLogon(self.name, lab.directory, self.counters, tls=tls)

    def log(self) -> Mapping[str, object]:
        """Counts so far, and what is open now."""
        return {
            **self.counters.snapshot(),
            "open_shells": self.store.open_shells(),
            "open_connections": self.http.open_connections() + self.https.open_connections(),
        }

    def cut(self) -> int:
        """Cut all connections; how many there were."""
        return self.http.cut_all() + self.https.cut_all()

    def stop(self) -> None:
        """End shells, connections and threads."""
        self.store.expire()  # wakes every waiting Receive
        self.http.stop()
        self.https.stop()
        self.store.expire()  # what came in between


class WinRMServer:
    """The WinRM services of all hosts of a lab. Thread-safe; `stop` leaves no thread and no socket."""

    def __init__(
        self,
        hosts: Iterable[HostSetup],
        accounts: Iterable[Account],
        launcher: Launcher,
        folder: Path,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.directory = Directory(accounts)
        self.plan = FaultPlan()
        self.delay = Delay()
        self.pki = Pki(folder)
        self.hosts = {setup.name.name: HostServer(setup, launcher, self) for setup in hosts}
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_house, name="lab housekeeping", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """End everything; returns when all threads have ended."""
        self._stopping.set()
        self.plan.clear()
        for host in self.hosts.values():
            host.stop()
        self._keeper.join()

    def _keep_house(self) -> None:
        prepare_credssp()
        while not self._stopping.wait(_REAP_EVERY):
            for host in self.hosts.values():
                host.store.reap()

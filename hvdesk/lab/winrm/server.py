"""All hosts' WinRM services together: listeners, shells, the reaper, and what the control line asks of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hvdesk.lab.programs import Launcher
from hvdesk.lab.winrm import pki
from hvdesk.lab.winrm.accounts import Account, Directory, HostName
from hvdesk.lab.winrm.auth import ConnectionLogon, Terms
from hvdesk.lab.winrm.cbt import binding_of
from hvdesk.lab.winrm.config import HostConfig, Limits, Variants
from hvdesk.lab.winrm.connection import Site
from hvdesk.lab.winrm.contexts import prepare_credssp
from hvdesk.lab.winrm.counters import Counters
from hvdesk.lab.winrm.kdc import Kdc, Service
from hvdesk.lab.winrm.listener import Listener
from hvdesk.lab.winrm.points import FaultPlan
from hvdesk.lab.winrm.service import Service as WsmanService
from hvdesk.lab.winrm.store import ShellStore
from hvdesk.lab.winrm.strikes import Delay

_REAP_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class HostSetup:
    """A host to serve: its names, what its certificate is like (pki.KINDS), and how it differs from others."""

    name: HostName
    certificate: str = "ok"
    variants: Variants = field(default_factory=Variants)


class HostServer:
    """WinRM on one simulated host: http, which takes sealed messages only, and https."""

    def __init__(self, setup: HostSetup, launcher: Launcher, lab: WinRMServer) -> None:
        self.name = setup.name
        self.counters = Counters()
        self.config = HostConfig(lab.limits, setup.variants)
        self.store = ShellStore(self.config)
        self._lab = lab
        service = WsmanService(
            setup.name.name,
            launcher,
            self.store,
            lambda: self.counters.add("shells_opened"),
            kerberos=lab.kdc is not None,
        )
        site = Site(service, self.counters, lab.plan, lab.delay)
        tls, self._certificate = lab.pki.server_context(setup.name.fqdn, setup.certificate)
        self.http = Listener(site, lambda _: self._logon(None, tls=False), None)
        self.https = Listener(site, lambda certificate: self._logon(certificate, tls=True), tls)

    def _logon(self, certificate: bytes | None, *, tls: bool) -> ConnectionLogon:
        """The logon of a new connection; over TLS with the certificate that the client showed, if any."""
        variants, kdc = self.config.variants, self._lab.kdc
        user = pki.principal_of(certificate) if certificate is not None and variants.certificate_logon else None
        terms = Terms(
            tls=tls,
            basic=tls or variants.allow_unencrypted,
            realm=kdc.realm if kdc is not None and kdc.realm == self.name.dns_domain.upper() else None,
            binding=binding_of(self._certificate, variants.cbt) if tls else None,
            certificate_user=user,
        )
        return ConnectionLogon(self.name, self._lab.directory, self.counters, terms)

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

    def restart(self, seconds: float) -> None:
        """Restart the service: new connections are refused for a while, all others cut, shells and programs gone."""
        for listener in (self.http, self.https):
            listener.close_for(seconds)
        self.cut()
        self.store.expire()

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
        kdc: Kdc | None = None,
    ) -> None:
        """`kdc`: with it hosts take Kerberos tickets; its environment must be this process's by now. The caller ends
        it."""
        self.limits = limits or Limits()
        self.directory = Directory(accounts)
        self.plan = FaultPlan()
        self.delay = Delay()
        self.pki = pki.Pki(folder)
        self.kdc = kdc
        self.hosts = {setup.name.name: HostServer(setup, launcher, self) for setup in hosts}
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_house, name="lab housekeeping", daemon=True)
        self._keeper.start()

    def change_password(self, user: str, password: str) -> None:
        """Set the password of `DOMAIN\\user`, in the realm too; KeyError when there is no such account."""
        self.directory.change_password(user, password)
        if self.kdc is not None:
            self.kdc.change_password(user, password)

    def trust(self, host: str, *, delegation: bool) -> None:
        """Set whether a host is trusted for delegation; nothing without a KDC."""
        if self.kdc is not None:
            name = self.hosts[host].name
            self.kdc.trust(Service(name.name, name.fqdn, delegation))

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

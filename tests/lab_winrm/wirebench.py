"""A WinRM server in the test's own process, with tiny programs in its shells, and pywinrm clients for it."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Any

from lab_winrm.tiny import Person, TinyLauncher
from winrm.protocol import Protocol

from hvdesk.lab.winrm.accounts import HostName
from hvdesk.lab.winrm.server import HostSetup, WinRMServer

ADMIN = Person("LAB\\admin", "Pässw0rd!", frozenset({"HV01", "HV02"}))
GUEST = Person("LAB\\guest", "guest's", frozenset())
SENSITIVE = Person("LAB\\sensitive", "may not be delegated", frozenset({"HV01"}))
LOCAL_1 = Person("HV01\\Administrator", "one", frozenset({"HV01"}))
LOCAL_2 = Person("HV02\\Administrator", "two", frozenset({"HV02"}))
PEOPLE = (ADMIN, GUEST, SENSITIVE, LOCAL_1, LOCAL_2)
TWO_HOSTS = (HostSetup(HostName("HV01", "hv01.lab.test")), HostSetup(HostName("HV02", "hv02.lab.test")))


class Bench:
    """The server, what its shells started, and pywinrm Protocols that are closed at the end."""

    def __init__(self, server: WinRMServer, launcher: TinyLauncher) -> None:
        self.server = server
        self.launcher = launcher
        self._protocols: list[Protocol] = []

    @property
    def user_file(self) -> str:
        """Certificate and key of HV01's administrator, in one file."""
        return str(self.server.pki.user_file("Administrator@localhost"))

    def url(self, *, https: bool = False, host: str = "HV01", name: str = "127.0.0.1") -> str:
        """A listener's address."""
        listening = self.server.hosts[host]
        return f"https://{name}:{listening.https.port}/wsman" if https else f"http://{name}:{listening.http.port}/wsman"

    def client(
        self,
        transport: str = "ntlm",
        user: str = ADMIN.user,
        password: str = ADMIN.password,
        *,
        https: bool = False,
        host: str = "HV01",
        operation: int = 5,
        **more: object,
    ) -> Protocol:
        """A pywinrm client; sealed over http."""
        more.setdefault("message_encryption", "auto" if https else "always")
        protocol = Protocol(
            self.url(https=https, host=host),
            transport=transport,
            username=user,
            password=password,
            proxy=None,
            ca_trust_path=str(self.server.pki.ca_file),
            operation_timeout_sec=operation,
            read_timeout_sec=operation + 5,
            **more,
        )
        self._protocols.append(protocol)
        return protocol

    def rule(self, point: str, action: str, **more: object) -> None:
        """Add a fault rule for HV01."""
        self.server.plan.add({"host": "HV01", "point": point, "action": action, **more})

    def log(self, host: str = "HV01") -> dict[str, Any]:
        """What a host counted, and what is open."""
        return dict(self.server.hosts[host].log())

    def until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until a condition holds; fails when it does not in time."""
        deadline = time.monotonic() + seconds
        turn = threading.Event()
        while not condition():
            assert time.monotonic() < deadline, "the condition did not become true in time"
            turn.wait(0.01)

    def logons(self, user: str = ADMIN.user, host: str = "HV01") -> tuple[int, int]:
        """Accepted and refused credentials of an account."""
        counts = self.log(host)["logons"].get(user, {"ok": 0, "failed": 0})
        return counts["ok"], counts["failed"]

    def requests(self, verb: str) -> int:
        """How many requests of a verb came to HV01."""
        return self.log()["requests"].get(verb, 0)

    def close(self) -> None:
        """Close all clients."""
        for protocol in self._protocols:
            protocol.transport.close_session()
        gc.collect()  # urllib3 closes a pool's connections when the pool is collected; raised exceptions keep it

"""A lab for the tests of the wire: sessions of ours against it, its faults, and what it counted."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from labhelp import Lab

from hvdesk.domain.errors import HvError
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.secret import Secret
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.lane_channel import LaneChannel
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon, Method

T = TypeVar("T")

SCENARIO = str(Path(__file__).with_name("wire.toml"))

HURRIED = Timing(connect=5, operation=1, margin=1, idle=60, start=20, farewell=2, pause=0.05)
"""For loopback: what is lost is missed after two seconds."""


class WireLab:
    """One lab for many tests: each counts from where it began."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._before: dict[str, Any] = {}
        self.begin()

    def begin(self) -> None:
        """Count from here; no faults."""
        self.lab.command({"cmd": "clear"})
        self._before = {host["name"]: self.lab.log(host["name"]) for host in self.lab.state["hosts"]}
        self._calls = self._all_calls()

    def endpoint(self, host: str = "HV01", *, https: bool = False, **more: Any) -> Endpoint:
        """Where a host listens; over https its certificate is checked against the lab's authority."""
        where = self.lab.host(host)
        if https and "pin" not in more:
            more.setdefault("ca_file", self.lab.ca_file)
        port = more.pop("port", where.https_port if https else where.http_port)
        return Endpoint(label=host, address=more.pop("address", where.address), port=port, https=https, **more)

    def logon(self, method: Method = "ntlm", kind: str = "domain-admin", password: str | None = None) -> Logon:
        """Somebody's logon, with another password than the right one if given."""
        account = self.lab.account(kind)
        return Logon(
            method=method, user=account.user, password=Secret(account.password if password is None else password)
        )

    def open(
        self,
        host: str = "HV01",
        method: Method = "ntlm",
        *,
        https: bool = False,
        logon: Logon | None = None,
        gate: LogonGate | None = None,
        timing: Timing = HURRIED,
        interrupt: Interrupt | None = None,
    ) -> AgentChannel:
        """A session of its own, as a move has one."""
        endpoint = self.endpoint(host, https=https)
        return AgentChannel.open(endpoint, logon or self.logon(method), gate or LogonGate(), timing, interrupt)

    @contextmanager
    def session(self, host: str = "HV01", method: Method = "ntlm", **more: Any) -> Iterator[HyperVHost]:
        """The same, closed at the end."""
        session = HyperVHost(self.open(host, method, **more), host)
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def lane(self, host: str = "HV01", method: Method = "ntlm", **more: Any) -> Iterator[HyperVHost]:
        """A host as a lane keeps it: the session is opened when needed and replaced when lost."""
        gate = more.pop("gate", None) or LogonGate()
        lane = HyperVHost(
            LaneChannel(lambda interrupt: self.open(host, method, gate=gate, interrupt=interrupt, **more)), host
        )
        try:
            yield lane
        finally:
            lane.close()

    def fault(self, point: str, action: str, verb: str = "*", host: str = "HV01", **more: Any) -> None:
        """Make a host misbehave."""
        self.lab.command({"cmd": "fault", "host": host, "point": point, "verb": verb, "action": action, **more})

    def executed(self, cmdlet: str) -> int:
        """How often a changing cmdlet was executed on any host."""
        return self._all_calls()[cmdlet] - self._calls[cmdlet]

    def requests(self, verb: str, host: str = "HV01") -> int:
        """How many requests of a verb came."""
        return self._count(host, "requests", verb)

    def logons(self, result: str = "ok", host: str | None = None, user: str = "LAB\\admin") -> int:
        """How many credentials were accepted or, with `failed`, refused; at one host or at all."""
        hosts = [host] if host else [one["name"] for one in self.lab.state["hosts"]]
        return sum(
            self.lab.log(name)["logons"].get(user, {}).get(result, 0)
            - self._before[name]["logons"].get(user, {}).get(result, 0)
            for name in hosts
        )

    def connections(self, host: str = "HV01") -> int:
        """How many connections were accepted."""
        return int(self.lab.log(host)["connections"]) - int(self._before[host]["connections"])

    def open_shells(self, host: str = "HV01") -> int:
        """Shells that are there now."""
        return int(self.lab.log(host)["open_shells"])

    def _count(self, host: str, *path: str) -> int:
        now, before = self.lab.log(host), self._before[host]
        for name in path[:-1]:
            now, before = now[name], before[name]
        return int(now.get(path[-1], 0)) - int(before.get(path[-1], 0))

    def _all_calls(self) -> Counter[str]:
        return Counter(call["cmdlet"] for call in self.lab.command({"cmd": "show"})["calls"])


def outcome(work: Callable[[], T]) -> Outcome[T]:
    """Result or HvError of `work`."""
    try:
        return Outcome(value=work())
    except HvError as error:
        return Outcome(error=error)


def side_by_side(*works: Callable[[], T], seconds: float = 60) -> list[Outcome[T]]:
    """Run each in a thread of its own, all at once."""
    results: dict[int, Outcome[T]] = {}

    def run(number: int, work: Callable[[], T]) -> None:
        results[number] = outcome(work)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert len(results) == len(works), "a thread did not end in time"
    return [results[number] for number in range(len(works))]

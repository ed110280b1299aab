"""One lane and one session for each host's short operations, and sessions of their own for moves."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from hvdesk.domain.errors import HvError
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.lane_channel import LaneChannel
from hvdesk.jobs.lanes import Lane
from hvdesk.jobs.threads import Deadline
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon

T = TypeVar("T")

IDLE_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAccess:
    """All that is needed to connect to a host at this moment. The label is that of the endpoint."""

    endpoint: Endpoint
    logon: Logon
    gate: LogonGate
    timing: Timing | None = None
    computer: str | None = None  # the name the host bore when it was listed; None: whoever answers

    @property
    def forwards_credential(self) -> bool:
        """True when the logon hands on the password, so that the host can log on to another one with it."""
        return self.logon.method == "credssp"


class Pending(Generic[T]):
    """An answer that will come: exactly one, on whatever thread."""

    def __init__(self) -> None:
        self._come = threading.Event()
        self._outcome: Outcome[T] = Outcome()

    def deliver(self, outcome: Outcome[T]) -> None:
        """The answer has come."""
        self._outcome = outcome
        self._come.set()

    def outcome(self) -> Outcome[T]:
        """Wait for the answer. Not on the thread of the lane that gives it."""
        self._come.wait()
        return self._outcome

    def get(self) -> T:
        """Wait for the answer; raises its error."""
        return self.outcome().get()


@dataclass(frozen=True, slots=True)
class _Site:
    lane: Lane
    host: HyperVHost


class Connector:
    """Thread-safe.

    `label` gives what the user calls a host id, at once; it raises HvError for one that is not listed. `access` gives
    what is needed to connect; it may ask the keyring, so it is called on the thread that opens a session, and whenever
    one is opened, so that a changed address or password counts from the next session on.

    What `ask` is given does one operation of HyperVHost, or several that only read: a session that is lost is replaced
    within it, and a change is never made twice.
    """

    def __init__(
        self, access: Callable[[str], HostAccess], label: Callable[[str], str], *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._access = access
        self._label = label
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._sites: dict[str, _Site] = {}
        self._ending: list[_Site] = []
        self._own: weakref.WeakSet[Interrupt] = weakref.WeakSet()
        self._closed = False

    def label(self, host_id: str) -> str:
        """What the user calls the host; raises HvError `host.not_listed`."""
        return self._label(host_id)

    def forwards_credential(self, host_id: str) -> bool:
        """Whether the host could log on to another one with what our logon hands it. Raises HvError. Not for the
        window's thread."""
        return self._access(host_id).forwards_credential

    def ask(self, host_id: str, operation: Callable[[HyperVHost], T], deliver: Callable[[Outcome[T]], None]) -> None:
        """Run `operation` in the host's lane; short ones only, never a move. `deliver` is called exactly once."""
        try:
            site = self._site(host_id)
        except HvError as error:
            deliver(Outcome(error=error))
        else:
            site.lane.submit(lambda: operation(site.host), deliver)

    def asked(self, host_id: str, operation: Callable[[HyperVHost], T]) -> Pending[T]:
        """The same, with the answer to be waited for: ask several hosts, then wait."""
        pending: Pending[T] = Pending()
        self.ask(host_id, operation, pending.deliver)
        return pending

    def open_own(self, host_id: str, interrupt: Interrupt) -> HyperVHost:
        """A session that belongs to the calling thread, which must close or abandon it. Raises HvError.

        `interrupt` is called by `stop` as well.
        """
        with self._lock:
            self._own.add(interrupt)
            closed = self._closed
        if closed:
            interrupt.call()
        return open_host(self._access(host_id), interrupt)

    def forget(self, host_id: str) -> None:
        """End the host's lane and session as soon as what runs there is over; the next question opens new ones."""
        with self._lock:
            site = self._sites.pop(host_id, None)
            if site is None:
                return
            self._ending.append(site)
        site.lane.stop()

    def stop(self) -> None:
        """Take nothing more and end what runs in the lanes and in sessions of their own, at the host it may go on;
        whoever waits gets an error. Does not wait."""
        with self._lock:
            self._closed = True
            sites = [*self._sites.values(), *self._ending]
            own = list(self._own)
        for site in sites:
            site.lane.stop()
            site.host.interrupt()
        for interrupt in own:
            interrupt.call()

    def close(self, seconds: float) -> bool:
        """End every lane and session; False when an operation still held one after `seconds`."""
        self.stop()
        sites = [*self._sites.values(), *self._ending]
        deadline = Deadline(seconds)
        return all([site.lane.join(deadline.left()) for site in sites])

    def _site(self, host_id: str) -> _Site:
        with self._lock:
            if self._closed:
                raise HvError("program.closing")
            site = self._sites.get(host_id)
            if site is None:
                label = self._label(host_id)
                host = HyperVHost(LaneChannel(lambda interrupt: _open(self._access(host_id), interrupt)), label)
                site = _Site(Lane(label, at_rest=host.close, rest_seconds=self._idle_seconds), host)
                self._sites[host_id] = site
            return site


def open_host(access: HostAccess, interrupt: Interrupt | None = None) -> HyperVHost:
    """A session that belongs to the calling thread, which must close it. Raises HvError."""
    return HyperVHost(_open(access, interrupt), access.endpoint.label)


def _open(access: HostAccess, interrupt: Interrupt | None) -> AgentChannel:
    channel = AgentChannel.open(access.endpoint, access.logon, access.gate, access.timing, interrupt)
    found = channel.ready.computer if channel.ready else ""
    if access.computer is not None and found.casefold() != access.computer.casefold():
        channel.close()
        facts = {"expected": access.computer, "found": found}
        raise HvError("host.identity_changed", host=access.endpoint.label, facts=facts)
    return channel

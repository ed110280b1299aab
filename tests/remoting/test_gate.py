"""The gate through which all logons with one credential pass."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from remoting.wirelab import outcome

from hvdesk.domain.errors import HvError
from hvdesk.remoting.gate import PROVEN_SECONDS, SIDE_BY_SIDE, LogonGate, LogonRefused


class Clock:
    """Stands still until told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The gate's clock."""
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> LogonGate:
    """A gate for a credential of which nothing is known."""
    return LogonGate(clock)


def succeed(gate: LogonGate) -> None:
    """One good logon."""
    with gate.passing("HV01"):
        pass


def refuse(gate: LogonGate, host: str = "HV01") -> None:
    """One refused logon."""
    with pytest.raises(LogonRefused), gate.passing(host):
        raise LogonRefused("logon.refused", host=host)


@contextmanager
def waiting(gate: LogonGate) -> Iterator[threading.Event]:
    """Another thread that wants to pass; the event says that it did, or that it was stopped."""
    passed = threading.Event()

    def want() -> None:
        error = outcome(lambda: succeed(gate)).error
        if error is None or error.code == "logon.stopped":
            passed.set()

    thread = threading.Thread(target=want)
    thread.start()
    yield passed
    thread.join(10)
    assert not thread.is_alive()


def assert_one_at_a_time(gate: LogonGate) -> None:
    """While one is inside, another waits, and passes afterwards."""
    with ExitStack() as stack:
        with gate.passing("HV01"):
            passed = stack.enter_context(waiting(gate))
            assert not passed.wait(0.1)
        assert passed.wait(10)


def test_one_at_a_time_while_nothing_is_proven(gate: LogonGate) -> None:
    assert_one_at_a_time(gate)


def test_four_side_by_side_once_proven(gate: LogonGate) -> None:
    succeed(gate)
    with ExitStack() as outer:
        with ExitStack() as inside:
            for _ in range(SIDE_BY_SIDE):
                inside.enter_context(gate.passing("HV01"))
            passed = outer.enter_context(waiting(gate))
            assert not passed.wait(0.1)
        assert passed.wait(10)


def test_a_proof_is_good_for_a_minute(gate: LogonGate, clock: Clock) -> None:
    succeed(gate)
    clock.now += PROVEN_SECONDS
    assert_one_at_a_time(gate)


def test_a_refusal_stops_everybody_who_waits(gate: LogonGate) -> None:
    succeed(gate)
    with ExitStack() as stack:
        with ExitStack() as inside:
            for _ in range(SIDE_BY_SIDE):
                inside.enter_context(gate.passing("HV01"))
            events = [stack.enter_context(waiting(gate)) for _ in range(5)]
            inside.pop_all().__exit__(LogonRefused, LogonRefused("logon.refused"), None)
        assert all(event.wait(10) for event in events)
    assert gate.closed


def test_closed_until_the_user_says_so(gate: LogonGate) -> None:
    refuse(gate, "HV02")
    with pytest.raises(HvError) as caught, gate.passing("HV01"):
        pytest.fail("nothing may be sent")
    assert (caught.value.code, caught.value.host) == ("logon.stopped", "HV01")
    gate.reopen()
    assert not gate.closed
    succeed(gate)


def test_after_reopening_nothing_is_proven(gate: LogonGate) -> None:
    succeed(gate)
    refuse(gate)
    gate.reopen()
    assert_one_at_a_time(gate)


def test_a_logon_that_succeeds_late_does_not_open_it(gate: LogonGate) -> None:
    succeed(gate)
    with gate.passing("HV01"):
        refuse(gate)
    assert gate.closed


def test_a_host_that_is_away_says_nothing_about_the_password(gate: LogonGate) -> None:
    with pytest.raises(HvError, match="stopped answering"), gate.passing("HV01"):
        raise HvError("host.lost", host="HV01")
    assert not gate.closed
    succeed(gate)

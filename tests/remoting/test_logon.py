"""Logons: what a wrong password costs, who may not, what is not offered, and what is never sent unprotected."""

from __future__ import annotations

import importlib.util
import threading

import pytest
from remoting.strangers import Relay
from remoting.wirelab import HURRIED, WireLab, outcome, side_by_side

from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon, Method

HOSTS = ("HV01", "HV02", "HV03", "HV04", "HV05")
WRONG = "not the password"


def codes(outcomes: list[Outcome[AgentChannel]]) -> list[str]:
    """The error codes, sorted."""
    return sorted(one.error.code if one.error else "" for one in outcomes)


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
def test_a_wrong_password_costs_one_failed_logon_for_all_hosts(wire: WireLab, method: Method) -> None:
    gate, logon = LogonGate(), wire.logon(method, password=WRONG)
    opens = [lambda host=host: wire.open(host, method, logon=logon, gate=gate) for host in HOSTS]
    assert codes(side_by_side(*opens)) == ["logon.refused", *["logon.stopped"] * 4]
    assert wire.logons("failed") == 1
    again = outcome(lambda: wire.open("HV02", method, logon=logon, gate=gate)).error
    assert again is not None
    assert again.code == "logon.stopped"
    assert wire.logons("failed") == 1


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
def test_the_right_password_opens_the_gate_again(wire: WireLab, method: Method) -> None:
    gate = LogonGate()
    assert outcome(lambda: wire.open(method=method, logon=wire.logon(method, password=WRONG), gate=gate)).error
    gate.reopen()
    with wire.session(method=method, gate=gate) as host:
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
def test_a_password_changed_meanwhile_costs_at_most_four(wire: WireLab, method: Method) -> None:
    account = wire.lab.account("domain-admin")
    gate = LogonGate()

    def lane(name: str) -> str:
        with wire.lane(name, method, gate=gate) as host:
            host.ping()
            arrived.wait(20)
            changed.wait(20)
            error = outcome(host.ping).error
            return error.code if error else ""

    arrived = threading.Barrier(len(HOSTS) + 1)
    changed = threading.Event()

    def change() -> str:
        arrived.wait(20)
        wire.lab.command({"cmd": "password", "user": account.user, "password": "another one"})
        wire.lab.command({"cmd": "cut"})
        changed.set()
        return "changed"

    try:
        results = side_by_side(*(lambda name=name: lane(name) for name in HOSTS), change)
    finally:
        wire.lab.command({"cmd": "password", "user": account.user, "password": account.password})
        wire.lab.command({"cmd": "expire"})  # nobody can log on to delete them
    assert {one.get() for one in results} <= {"logon.refused", "logon.stopped", "changed"}
    assert 1 <= wire.logons("failed") <= 4


def test_the_reader_logs_on_after_the_sender(wire: WireLab) -> None:
    assert outcome(lambda: wire.open(logon=wire.logon(password=WRONG))).error
    assert wire.connections() <= 2  # the sender's question and its logon; the reader never began
    assert wire.logons("failed") == 1


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_logged_on_without_rights(wire: WireLab, https: bool) -> None:
    gate = LogonGate()
    error = outcome(lambda: wire.open(https=https, logon=wire.logon(kind="no-rights"), gate=gate)).error
    assert error is not None
    assert error.code == "host.access_denied"
    assert not gate.closed  # the password was right
    assert wire.logons("failed", user="LAB\\norights") == 0


def test_basic_only_inside_tls(wire: WireLab) -> None:
    logon = wire.logon("basic", kind="local-admin")
    error = outcome(lambda: wire.open(logon=logon)).error
    assert error is not None
    assert error.code == "logon.unencrypted"
    assert wire.connections() == 0  # refused before anything was sent
    with wire.session(https=True, logon=logon) as host:
        assert host.ping().computer == "HV01"
    assert wire.logons("failed", user="HV01\\Administrator") == 0


def test_a_wrong_basic_password_is_tried_once(wire: WireLab) -> None:
    gate, logon = LogonGate(), wire.logon("basic", kind="local-admin", password=WRONG)
    opens = [lambda: wire.open(https=True, logon=logon, gate=gate)] * 3
    assert codes(side_by_side(*opens)) == ["logon.refused", "logon.stopped", "logon.stopped"]
    assert wire.logons("failed", user="HV01\\Administrator") == 1


@pytest.mark.parametrize(
    "logon",
    [Logon(method="ntlm", user="LAB\\admin"), Logon(method="credssp"), Logon(method="certificate")],
    ids=["password", "user", "certificate"],
)
def test_an_incomplete_credential_is_not_sent(wire: WireLab, logon: Logon) -> None:
    error = outcome(lambda: wire.open(https=True, logon=logon)).error
    assert error is not None
    assert error.code == "logon.no_credential"
    assert wire.connections() == 0


@pytest.mark.parametrize("method", ["kerberos", "current-user"])
def test_kerberos_says_what_is_missing(wire: WireLab, method: Method) -> None:
    error = outcome(lambda: wire.open(logon=Logon(method=method, user="admin@LAB.TEST"))).error
    assert error is not None
    if importlib.util.find_spec("gssapi") is None:
        assert error.code == "logon.mechanism"
    else:
        assert error.code in ("logon.no_ticket", "logon.failed")  # there is no directory here
    assert wire.logons("failed") == 0


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
@pytest.mark.parametrize("action", ["drop", "reset"])
def test_a_logon_that_breaks_off_is_not_a_refusal(wire: WireLab, method: Method, action: str) -> None:
    gate = LogonGate()
    wire.fault("auth", action)
    with wire.lane(method=method, gate=gate) as host:
        assert host.ping().computer == "HV01"
    assert not gate.closed
    assert wire.logons("failed") == 0


def test_a_session_that_cannot_open_leaves_nothing(wire: WireLab) -> None:
    for point, verb in (("auth", "*"), ("before", "Create"), ("before", "Command")):
        wire.fault(point, "status", verb, code=404)
        error = outcome(wire.open).error
        assert error is not None
        assert error.code == "host.no_winrm"
        assert wire.open_shells() == 0


def test_hosts_of_one_credential_log_on_side_by_side(wire: WireLab) -> None:
    gate = LogonGate()

    def ask(name: str) -> str:
        host = HyperVHost(wire.open(name, gate=gate, timing=HURRIED), name)
        try:
            return host.ping().computer
        finally:
            host.close()

    results = side_by_side(*(lambda name=name: ask(name) for name in HOSTS))
    assert [one.get() for one in results] == list(HOSTS)


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
@pytest.mark.parametrize("leg", [1, 2, 3])
def test_a_connection_lost_between_two_legs_is_not_a_refusal(wire: WireLab, method: Method, leg: int) -> None:
    gate = LogonGate()
    relay = Relay(wire.lab.host("HV01").http_port, cut_after=leg)
    with relay.listening() as port:
        endpoint = wire.endpoint(port=port)
        error = outcome(lambda: AgentChannel.open(endpoint, wire.logon(method), gate, HURRIED)).error
    assert error is not None
    assert error.code == "host.lost"
    assert not gate.closed
    assert wire.logons("failed") == 0

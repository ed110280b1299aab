"""Every fault point and action, as a client meets it, and that the server is well afterwards."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from xml.etree.ElementTree import ParseError

import pytest
import requests
from lab_winrm.tiny import KILLED
from lab_winrm.wirebench import ADMIN, Bench
from requests_credssp.exceptions import AuthenticationException
from spnego.exceptions import BadMICError
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WinRMTransportError, WSManFaultError
from winrm.protocol import Protocol

from hvdesk.lab.winrm import faults
from hvdesk.lab.winrm.points import FaultPlan, RuleError

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def well(bench: Bench) -> None:
    """A new client opens and closes a shell."""
    client = bench.client()
    client.close_shell(client.open_shell())


# No reset over https: a client's TLS socket that is reset before its handshake is not closed by CPython 3.11.
@pytest.mark.parametrize(("action", "https"), [("refuse", False), ("reset", False), ("drop", False), ("drop", True)])
def test_connect_ended_at_once(bench: Bench, action: str, https: bool) -> None:
    bench.rule("connect", action)
    with pytest.raises(LOST):
        bench.client(https=https).open_shell()
    assert bench.log()["http_requests"] == 0
    well(bench)


def test_connect_delayed(bench: Bench) -> None:
    bench.rule("connect", "delay", seconds=0.2)
    begin = time.monotonic()
    well(bench)
    assert time.monotonic() - begin > 0.2


def test_connect_hangs_until_the_client_gives_up(bench: Bench) -> None:
    bench.rule("connect", "hang")
    client = bench.client()
    client.transport.read_timeout_sec = 0.3
    with pytest.raises(requests.ReadTimeout):
        client.open_shell()
    client.transport.close_session()
    well(bench)


def test_auth_refused_although_the_password_is_right(bench: Bench) -> None:
    bench.rule("auth", "refuse")
    with pytest.raises(InvalidCredentialsError):
        bench.client().open_shell()
    assert bench.logons() == (0, 1)
    well(bench)


@pytest.mark.parametrize(("action", "error"), [("drop", LOST), ("reset", LOST), ("status", WinRMTransportError)])
def test_auth_ended_in_the_middle(bench: Bench, action: str, error: type[Exception]) -> None:
    bench.rule("auth", action, code=503)
    with pytest.raises(error):
        bench.client().open_shell()
    assert bench.logons() == (0, 0)
    well(bench)


@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
@pytest.mark.parametrize("action", ["drop", "reset"])
def test_before_lost_request_is_not_executed(bench: Bench, transport: str, action: str) -> None:
    client = bench.client(transport)
    shell = client.open_shell()
    bench.rule("before", action, verb="Command")
    with pytest.raises(LOST):
        client.run_command(shell, "both")
    assert bench.launcher.started == []
    client.transport.close_session()
    client.run_command(shell, "both")
    assert len(bench.launcher.started) == 1


@pytest.mark.parametrize(
    ("point", "action"),
    [
        *(("after", action) for action in ("drop", "reset", "status", "garbage")),
        *(("answer", action) for action in ("drop", "reset", "garbage")),
    ],
)
def test_after_lost_answer_was_executed(bench: Bench, point: str, action: str) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule(point, action, verb="Command", code=503)
    with pytest.raises((*LOST, WinRMTransportError, ParseError)):
        client.run_command(shell, "both")
    assert len(bench.launcher.started) == 1


def test_after_lost_receive_loses_its_output(bench: Bench) -> None:
    client = bench.client(operation=1)
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    client.send_command_input(shell, command, b"lost")
    bench.rule("after", "drop", verb="Receive")
    with pytest.raises(LOST):
        client.get_command_output_raw(shell, command)
    client.transport.close_session()
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)


@pytest.mark.parametrize("point", ["before", "after", "answer"])
def test_delay(bench: Bench, point: str) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule(point, "delay", verb="Command", seconds=0.2)
    begin = time.monotonic()
    client.run_command(shell, "both")
    assert time.monotonic() - begin > 0.2


def test_slow_body(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule("answer", "slow", verb="Command", seconds=0.4)
    begin = time.monotonic()
    client.run_command(shell, "both")
    assert time.monotonic() - begin > 0.3


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_content_length_too_short(bench: Bench, https: bool) -> None:
    client = bench.client(https=https)
    shell = client.open_shell()
    bench.rule("answer", "short_length", verb="Command")
    with pytest.raises((ParseError, Exception)) as caught:
        client.run_command(shell, "both")
    assert not isinstance(caught.value, WSManFaultError)
    assert len(bench.launcher.started) == 1
    well(bench)


def test_content_length_too_long(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    client.transport.read_timeout_sec = 0.3
    bench.rule("answer", "long_length", verb="Command")
    with pytest.raises(requests.RequestException):
        client.run_command(shell, "both")
    assert len(bench.launcher.started) == 1
    well(bench)


@pytest.mark.parametrize("name", sorted(faults.NAMES))
def test_any_soap_fault_by_name(bench: Bench, name: str) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule("before", "fault", verb="Command", code=name)
    expected = faults.by_name(name).code
    with pytest.raises((WSManFaultError, WinRMOperationTimeoutError)) as caught:
        client.run_command(shell, "both")
    assert getattr(caught.value, "wsman_fault_code", 2150858793) == expected
    assert "{0}" not in str(caught.value)


def test_restart_of_the_service(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    client.run_command(shell, "more")
    host = bench.server.hosts["HV01"]
    ports = host.http.port, host.https.port
    host.restart(0.5)
    assert bench.launcher.started[0].ended == KILLED
    assert (bench.log()["open_shells"], (host.http.port, host.https.port)) == (0, ports)
    for port in ports:
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
            pass

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", ports[0]), timeout=5).close()
        except ConnectionRefusedError:
            return False
        return True

    bench.until(listens)
    client.transport.close_session()
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "both")
    assert caught.value.wsman_fault_code == 2150858843
    well(bench)


def test_server_stops_while_its_service_restarts(bench: Bench) -> None:
    bench.server.hosts["HV01"].restart(60)
    bench.server.stop()


def test_request_that_the_client_gave_up_is_executed_when_it_arrives(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    client.transport.read_timeout_sec = 0.2
    bench.rule("before", "delay", verb="Command", seconds=0.5)
    with pytest.raises(requests.ReadTimeout):
        client.run_command(shell, "both")
    assert bench.launcher.started == []
    client.transport.close_session()
    bench.until(lambda: len(bench.launcher.started) == 1)


@pytest.mark.parametrize("point", ["before", "after", "answer"])
def test_hang_ends_with_clear(bench: Bench, point: str) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule(point, "hang", verb="Command")
    timer = threading.Timer(0.2, bench.server.plan.clear)
    timer.start()
    with pytest.raises(LOST):
        client.run_command(shell, "both")
    timer.join()
    assert len(bench.launcher.started) == (0 if point == "before" else 1)


def test_server_stops_while_a_client_hangs(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule("before", "hang", verb="Command")
    ended: list[bool] = []

    def run() -> None:
        with pytest.raises(LOST):
            client.run_command(shell, "both")
        ended.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    bench.until(lambda: bench.requests("Command") == 1)
    bench.server.stop()
    thread.join(10)
    assert ended == [True]


@pytest.mark.parametrize("code", [5, 87, 109, 170, 995, 1460, 2150858843, 2150859173, 2150859174, 4242])
@pytest.mark.parametrize("point", ["before", "after"])
def test_any_soap_fault(bench: Bench, point: str, code: int) -> None:
    client = bench.client()
    shell = client.open_shell()
    bench.rule(point, "fault", verb="Command", code=code)
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "both")
    assert caught.value.wsman_fault_code == code
    assert len(bench.launcher.started) == (0 if point == "before" else 1)


def test_fault_timed_out_on_send(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    bench.rule("after", "fault", verb="Send", code=2150858793)
    with pytest.raises(WinRMOperationTimeoutError):
        client.send_command_input(shell, command, b"written all the same")
    assert client.get_command_output_raw(shell, command)[0] == b"written all the same"


@pytest.mark.parametrize(
    ("transport", "error"), [("ntlm", BadMICError), ("credssp", (AuthenticationException, Exception))]
)
@pytest.mark.parametrize("point", ["before", "answer"])
def test_damaged_seal(bench: Bench, transport: str, error: type[Exception], point: str) -> None:
    client = bench.client(transport)
    shell = client.open_shell()
    bench.rule(point, "bad_seal", verb="Command")
    with pytest.raises(error):
        client.run_command(shell, "both")
    assert len(bench.launcher.started) == 1
    well(bench)


def test_shell_expired_before_a_request(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    client.run_command(shell, "more")
    bench.rule("before", "expire_shell", verb="Command")
    with pytest.raises(WSManFaultError) as caught:
        client.run_command(shell, "both")
    assert caught.value.wsman_fault_code == 2150858843
    assert bench.launcher.started[0].ended == KILLED


def test_program_killed_before_a_request(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    bench.rule("before", "kill_process", verb="Send")
    with pytest.raises(WSManFaultError) as caught:
        client.send_command_input(shell, command, b"x")
    assert caught.value.wsman_fault_code == 109
    assert client.get_command_output(shell, command)[2] == KILLED


def test_rule_strikes_its_host_verb_and_times_only(bench: Bench) -> None:
    bench.server.plan.add(
        {"host": "HV02", "point": "before", "action": "fault", "verb": "Create", "code": 5, "times": 2}
    )
    other = bench.client(host="HV02")

    def refused(call: Callable[[], object]) -> bool:
        try:
            call()
        except WSManFaultError:
            return True
        return False

    assert not refused(bench.client().open_shell)
    assert [refused(other.open_shell) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    "rule",
    [
        {"point": "nowhere", "action": "drop"},
        {"point": "connect", "action": "garbage"},
        {"point": "before", "action": "drop", "verb": "Fetch"},
        {"point": "before", "action": "delay"},
        {"point": "before", "action": "fault"},
        {"point": "before", "action": "fault", "code": "no_such_fault"},
        {"point": "answer", "action": "slow"},
        {"point": "before", "action": "drop", "times": 0},
        {"point": "before", "action": "delay", "seconds": "long"},
    ],
)
def test_rule_that_makes_no_sense_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(RuleError):
        FaultPlan().add({"host": "HV01", **rule})


def test_round_trips_take_time(bench: Bench) -> None:
    client: Protocol = bench.client()
    shell = client.open_shell()
    bench.server.delay.round_trip = 0.1
    begin = time.monotonic()
    client.run_command(shell, "both")
    assert 0.1 <= time.monotonic() - begin < 0.18
    assert bench.logons(ADMIN.user) == (1, 0)

"""Sessions over real sockets: what they cost, what they carry, whose they are, and how they end."""

from __future__ import annotations

import threading

import pytest
from remoting.wirelab import HURRIED, WireLab, outcome, side_by_side

from hvdesk.domain.errors import HvError
from hvdesk.hyperv import calls
from hvdesk.hyperv.errors import AgentError, OutcomeUnknown
from hvdesk.hyperv.host import HyperVHost
from hvdesk.remoting.endpoint import Timing
from hvdesk.remoting.logon import Method

EVERY_WAY = [(method, https) for method in ("ntlm", "credssp") for https in (False, True)]


@pytest.mark.parametrize(("method", "https"), EVERY_WAY)
def test_asks_a_host(wire: WireLab, method: Method, https: bool) -> None:
    with wire.session(method=method, https=https) as host:
        assert host.ping().computer == "HV01"
        assert host.facts().identity == ("hv01", "lab.test")
        assert "web-01" in [vm.name for vm in host.vms()]
    assert wire.logons() == 2  # one for the sender, one for the reader
    assert wire.logons("failed") == 0


def test_an_operation_costs_two_requests(wire: WireLab) -> None:
    with wire.session() as host:
        host.ping()
        wire.lab.until(lambda: wire.requests("Receive") > 0)
        wire.begin()
        for _ in range(20):
            host.ping()
        sent, received = wire.requests("Send"), wire.requests("Receive")
    assert sent == 20
    assert received <= 21  # the reader holds the next one already


def test_a_session_is_one_shell_and_leaves_none(wire: WireLab) -> None:
    with wire.session() as host:
        host.ping()
        assert wire.open_shells() == 1
        wire.lab.until(lambda: wire.lab.log("HV01")["open_connections"] == 2)
    assert wire.open_shells() == 0
    wire.lab.until(lambda: wire.lab.log("HV01")["open_connections"] == 0)


@pytest.mark.parametrize(("method", "https"), EVERY_WAY)
def test_carries_large_requests_and_answers(wire: WireLab, method: Method, https: bool) -> None:
    paths = [f"D:\\VMs\\{number:05}\\Virtual Hard Disks\\{'x' * 60}.vhdx" for number in range(4_000)]
    with wire.session(method=method, https=https) as host:
        lengths = host.file_lengths(paths)
    assert [one.path for one in lengths] == paths
    assert wire.requests("Send") > 5


def test_names_come_through_unchanged(wire: WireLab) -> None:
    with wire.session() as host:
        names = {vm.name for vm in host.vms()}
    assert 'na\'me $(whoami) `x` ${y} "q" \u202ertl \U0001f600' in names


def test_two_hosts_side_by_side(wire: WireLab) -> None:
    def ask(name: str) -> set[str]:
        with wire.session(name) as host:
            return {host.ping().computer for _ in range(30)}

    one, two = side_by_side(lambda: ask("HV01"), lambda: ask("HV02"))
    assert (one.get(), two.get()) == ({"HV01"}, {"HV02"})


def test_logs_on_anew_after_silence(wire: WireLab) -> None:
    timing = Timing(connect=5, operation=1, margin=1, silence=0)
    with wire.session(timing=timing) as host:
        logons = wire.logons()
        assert host.ping().computer == "HV01"
        assert wire.logons() == logons + 1


def test_an_error_of_powershell_keeps_the_session(wire: WireLab) -> None:
    with wire.session() as host:
        with pytest.raises(AgentError) as caught:
            host.details("00000000-0000-0000-0000-000000000000")
        assert caught.value.code == "vm.not_found"
        assert caught.value.agent.name == "HvDesk.VmNotFound"
        assert "00000000-0000-0000-0000-000000000000" in caught.value.report().what
        assert host.ping().computer == "HV01"


def test_only_the_thread_that_opened_it_may_use_it(wire: WireLab) -> None:
    raised: list[BaseException] = []

    def use(host: HyperVHost) -> None:
        try:
            host.ping()
        except RuntimeError as error:
            raised.append(error)

    with wire.session() as host:
        thread = threading.Thread(target=use, args=(host,))
        thread.start()
        thread.join(10)
        assert "belongs to the thread" in str(raised[0])
        assert host.ping().computer == "HV01"


def test_a_move_that_is_let_go_of_goes_on(wire: WireLab) -> None:
    wire.lab.command({"cmd": "clock", "hold": True})
    started = threading.Event()
    opened: list[HyperVHost] = []

    def drive() -> None:
        host = HyperVHost(wire.open(method="credssp"), "HV01")
        opened.append(host)
        vm = next(vm for vm in host.vms() if vm.name == "web-01")
        started.set()
        try:
            host.move(calls.move(vm.id, "hv02.lab.test", "D:\\VMs"))
        finally:
            host.abandon()

    def interrupt() -> None:
        started.wait(10)
        wire.lab.until(lambda: wire.executed("Move-VM") == 1)
        opened[0].interrupt()

    try:
        moved, _ = side_by_side(drive, interrupt)
        assert isinstance(moved.error, OutcomeUnknown)
        assert moved.error.cause.code == "agent.interrupted"
        assert wire.open_shells() == 1
    finally:
        wire.lab.command({"cmd": "clock", "hold": False})
    with wire.session("HV02") as there:
        wire.lab.until(lambda: "web-01" in [vm.name for vm in there.vms()])
    wire.lab.command({"cmd": "expire", "host": "HV01"})
    assert wire.executed("Move-VM") == 1


def test_proxies_of_the_environment_are_not_used(wire: WireLab, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    for https in (False, True):
        with wire.session(https=https) as host:
            assert host.ping().computer == "HV01"


def test_closing_twice_and_using_a_closed_session(wire: WireLab) -> None:
    channel = wire.open(timing=HURRIED)
    channel.close()
    channel.close()
    error = outcome(lambda: channel.request("ping")).error
    assert isinstance(error, HvError)
    assert error.code == "host.lost"

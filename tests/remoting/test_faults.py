"""The wire fails in every way the lab knows: each ends in a recovery or in the right error, nothing happens twice."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from remoting.wirelab import HURRIED, WireLab, outcome, side_by_side

from hvdesk.domain.errors import HvError
from hvdesk.hyperv import calls
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.errors import OutcomeUnknown, SessionLost
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.lane_channel import LaneChannel

folder_numbers = itertools.count(1)

LOST_ON_THE_WAY = [
    (point, verb, action)
    for point in ("before", "after", "answer")
    for verb in ("Send", "Receive")
    for action in ("drop", "reset")
]
SPOILT = [("answer", verb, "garbage") for verb in ("Send", "Receive")]
BAD_SEALS = [("answer", verb, "bad_seal") for verb in ("Send", "Receive")]


def new_path() -> str:
    """A folder that no test made yet."""
    return f"D:\\made-{next(folder_numbers)}"


def settle(host: HyperVHost) -> None:
    """Open the session and have its reader hold a Receive, so that a rule strikes the request meant."""
    assert host.ping().computer == "HV01"


@pytest.mark.parametrize(
    ("https", "point", "verb", "action"),
    [(False, *fault) for fault in LOST_ON_THE_WAY + SPOILT + BAD_SEALS]
    + [(True, *fault) for fault in LOST_ON_THE_WAY + SPOILT],
)
def test_a_change_is_carried_out_once_on_the_same_shell(
    wire: WireLab, https: bool, point: str, verb: str, action: str
) -> None:
    path = new_path()
    with wire.session(https=https) as host:
        settle(host)
        wire.fault(point, action, verb)
        assert host.new_folder(path) == path
        assert wire.open_shells() == 1
        assert host.ping().computer == "HV01"
    assert wire.executed("New-Item") == 1


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
def test_every_answer_in_a_row_is_lost(wire: WireLab, method: str) -> None:
    path = new_path()
    with wire.session(method=method) as host:  # type: ignore[arg-type]
        settle(host)
        wire.fault("answer", "drop", "Send", times=2)
        wire.fault("answer", "drop", "Receive", times=2)
        assert host.new_folder(path) == path
    assert wire.executed("New-Item") == 1


def test_the_network_is_slow(wire: WireLab) -> None:
    with wire.session() as host:
        wire.fault("before", "delay", "Send", seconds=0.3)
        wire.fault("after", "delay", "Receive", seconds=0.3)
        assert host.ping().computer == "HV01"
    assert wire.logons() == 2  # nobody lost patience


@pytest.mark.parametrize(("point", "verb"), [("before", "Send"), ("after", "Send"), ("before", "Receive")])
def test_the_host_hangs_and_is_asked_on_a_new_connection(wire: WireLab, point: str, verb: str) -> None:
    path = new_path()
    with wire.session() as host:
        settle(host)
        wire.fault(point, "hang", verb)
        assert host.new_folder(path) == path
    assert wire.executed("New-Item") == 1


def test_all_connections_are_cut_while_a_move_blocks(wire: WireLab) -> None:
    wire.lab.command({"cmd": "clock", "hold": True})

    def drive() -> str | None:
        with wire.session(method="credssp") as host:
            vm = next(vm for vm in host.vms() if vm.name == "cut-off")
            return host.move(calls.move(vm.id, "hv02.lab.test", "D:\\VMs")).vm_id

    def cut() -> None:
        wire.lab.until(lambda: wire.executed("Move-VM") == 1)
        for _ in range(2):
            logons = wire.logons()
            wire.lab.command({"cmd": "cut", "host": "HV01"})
            wire.lab.until(lambda logons=logons: wire.logons() > logons)  # type: ignore[misc]
        wire.lab.command({"cmd": "clock", "hold": False})

    moved, _ = side_by_side(drive, cut)
    assert moved.get() is not None
    assert wire.executed("Move-VM") == 1
    assert wire.requests("Create") == 1


def test_all_connections_are_cut_while_nothing_is_asked(wire: WireLab) -> None:
    with wire.session() as host:
        settle(host)
        wire.lab.command({"cmd": "cut", "host": "HV01"})
        assert host.ping().computer == "HV01"
        assert wire.requests("Create") == 1


@pytest.mark.parametrize(("command", "point"), [("expire", None), ("kill", None), (None, "Send"), (None, "Receive")])
@pytest.mark.parametrize("action", ["expire_shell", "kill_process"])
def test_reading_goes_on_in_a_new_session(wire: WireLab, command: str | None, point: str | None, action: str) -> None:
    with wire.lane() as host:
        settle(host)
        if command:
            wire.lab.command({"cmd": command, "host": "HV01"})
        else:
            wire.fault("before", action, point or "*")
        # What is held or under way when the rule comes into force may still bring an answer.
        wire.lab.until(lambda: host.ping().computer == "HV01" and wire.requests("Create") == 2)
        assert wire.open_shells() == 1


@pytest.mark.parametrize("action", ["expire_shell", "kill_process"])
def test_a_change_sent_to_a_process_that_ends_is_unknown(wire: WireLab, action: str) -> None:
    with wire.lane() as host:
        settle(host)
        wire.fault("after", action, "Send")
        error = outcome(lambda: host.new_folder(new_path())).error
        if error is not None:  # else the answer was quicker than the end
            assert isinstance(error, OutcomeUnknown)
            assert error.report().host == "HV01"
        assert wire.executed("New-Item") <= 1
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize("command", ["expire", "kill"])
def test_a_change_that_never_reached_the_process_is_not_sent_to_another(wire: WireLab, command: str) -> None:
    with wire.session() as host:
        settle(host)
        wire.lab.command({"cmd": command, "host": "HV01"})
        error = outcome(lambda: host.new_folder(new_path())).error
        assert isinstance(error, SessionLost | OutcomeUnknown)
    assert wire.executed("New-Item") == 0


@pytest.mark.parametrize("command", ["expire", "kill"])
def test_a_session_that_ended_while_nobody_asked_is_replaced_before_a_change(wire: WireLab, command: str) -> None:
    opened: list[AgentChannel] = []

    def open_channel(interrupt: Interrupt) -> AgentChannel:
        opened.append(wire.open(interrupt=interrupt))
        return opened[-1]

    path = new_path()
    host = HyperVHost(LaneChannel(open_channel), "HV01")
    settle(host)
    wire.lab.command({"cmd": command, "host": "HV01"})
    wire.lab.until(lambda: opened[0].over)
    assert host.new_folder(path) == path
    host.close()
    assert wire.executed("New-Item") == 1


def test_a_host_that_stays_away_ends_the_session(wire: WireLab) -> None:
    timing = dataclasses.replace(HURRIED, away=1, idle=1)
    with wire.lane(timing=timing) as host:
        settle(host)
        wire.fault("connect", "drop", times=None)
        wire.lab.command({"cmd": "cut", "host": "HV01"})
        error = outcome(host.ping).error
        assert error is not None
        assert error.code == "host.lost"
        wire.lab.command({"cmd": "clear"})
        wire.lab.command({"cmd": "expire", "host": "HV01"})  # a second of ours is not Windows' sixty
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize(
    ("point", "verb"),
    [("before", "Create"), ("before", "Command"), ("after", "Command"), ("before", "Send"), ("before", "Receive")],
)
def test_a_session_that_is_being_opened_can_be_interrupted(wire: WireLab, point: str, verb: str) -> None:
    """However long the host would be waited for. Its shell is deleted, and nothing is asked in another one."""
    wire.fault(point, "hang", verb, seconds=60)
    with wire.lane(timing=dataclasses.replace(HURRIED, operation=60, start=120)) as host:

        def interrupt() -> None:
            wire.lab.until(lambda: wire.requests(verb) == 1)
            host.interrupt()

        asked = side_by_side(host.ping, interrupt, seconds=20)[0]  # type: ignore[arg-type]
    assert isinstance(asked.error, HvError)
    assert (wire.open_shells(), wire.requests("Create")) == (0, 1)


def test_a_lane_that_was_interrupted_opens_nothing(wire: WireLab) -> None:
    with wire.lane() as host:
        host.interrupt()
        error = outcome(host.ping).error
    assert error is not None
    assert error.code == "agent.interrupted"
    assert (wire.requests("Create"), wire.connections()) == (0, 0)


def test_what_takes_too_long_costs_the_session(wire: WireLab) -> None:
    with wire.lane() as host:
        settle(host)
        wire.lab.command({"cmd": "clock", "hold": True})
        vm = next(vm for vm in host.vms() if vm.name == "compared")
        channel = host._channel
        error = outcome(
            lambda: channel.request("call", {"call": calls.compare(vm.id, "hv02.lab.test", "D:\\VMs")}, seconds=0.5)
        ).error
        wire.lab.command({"cmd": "clock", "hold": False})
        assert isinstance(error, OutcomeUnknown)
        assert error.cause.code == "agent.timeout"
        assert wire.open_shells() == 0
        assert host.ping().computer == "HV01"


def test_reading_that_takes_too_long_is_an_error(wire: WireLab) -> None:
    with wire.lane() as host:
        settle(host)
        wire.fault("before", "hang", "Receive", times=None)
        # A Receive that is held already may bring the first answer.
        errors = (outcome(lambda: host._channel.request("ping", seconds=0.3)).error for _ in range(2))
        assert next(error.code for error in errors if error is not None) == "agent.timeout"
        wire.lab.command({"cmd": "clear"})
        assert host.ping().computer == "HV01"


@pytest.mark.parametrize("verb", ["Create", "Command"])
@pytest.mark.parametrize("point", ["before", "after"])
def test_opening_is_tried_once_more_when_it_broke_off(wire: WireLab, verb: str, point: str) -> None:
    with wire.lane() as host:
        wire.fault(point, "drop", verb)
        assert host.ping().computer == "HV01"
    if (verb, point) == ("Create", "after"):
        # The host made a shell whose id never came: nobody can delete it, it ends itself after its idle time.
        assert wire.open_shells() == 1
        wire.lab.command({"cmd": "expire", "host": "HV01"})


@pytest.mark.parametrize(
    ("verb", "code", "expected"),
    [
        ("Create", 5, "host.access_denied"),
        ("Create", 2150859173, "host.quota"),
        ("Command", 2150859174, "host.quota"),
        ("Command", 2147942402, "agent.no_powershell"),
        ("Create", 2150858817, "host.fault"),
    ],
)
def test_faults_of_the_host_have_names(wire: WireLab, verb: str, code: int, expected: str) -> None:
    wire.fault("before", "fault", verb, code=code)
    error = outcome(wire.open).error
    assert error is not None
    assert error.code == expected
    assert error.host_words
    if expected == "host.quota":
        assert "Max" in error.report().what


def test_input_that_was_not_taken_in_time_is_not_sent_twice(wire: WireLab) -> None:
    path = new_path()
    with wire.session() as host:
        settle(host)
        wire.fault("after", "fault", "Send", code=2150858793)
        assert host.new_folder(path) == path
        wire.fault("before", "fault", "Send", code=170, times=2)
        assert host.ping().computer == "HV01"
    assert wire.executed("New-Item") == 1


@pytest.mark.parametrize("status", [400, 503])
@pytest.mark.parametrize("verb", ["Send", "Receive"])
def test_http_errors_on_the_way_are_survived(wire: WireLab, verb: str, status: int) -> None:
    with wire.session() as host:
        settle(host)
        wire.fault("before", "status", verb, code=status)
        assert host.ping().computer == "HV01"


def test_errors_fit_a_journal(wire: WireLab) -> None:
    wire.fault("connect", "drop", times=None)
    error = outcome(wire.open).error
    assert isinstance(error, HvError)
    assert error.report().title
    assert error.__cause__ is None  # neither the request nor its headers hang on to it

"""Shells and commands over real sockets: input, both streams, exit codes, time-outs, quotas, and how things end."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
import requests
from lab_winrm.tiny import KILLED
from lab_winrm.wirebench import ADMIN, LOCAL_1, Bench
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from hvdesk.lab.winrm.config import ConfigError, Limits

NO_SHELL = NO_COMMAND = 2150858843


def fault_of(call: Callable[[], object]) -> int:
    """The WSManFault code that a call ends with."""
    with pytest.raises(WSManFaultError) as caught:
        call()
    return int(caught.value.wsman_fault_code)


def more(client: Protocol) -> tuple[str, str]:
    """A shell with a program that copies its input."""
    shell = client.open_shell()
    return shell, client.run_command(shell, "more", console_mode_stdin=False)


@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
def test_program_gets_input_and_gives_streams_and_exit_code(bench: Bench, transport: str) -> None:
    client = bench.client(transport)
    shell, command = more(client)
    client.send_command_input(shell, command, b"one\r\n")
    assert client.get_command_output_raw(shell, command) == (b"one\r\n", b"", -1, False)
    client.send_command_input(shell, command, b"two", end=True)
    assert client.get_command_output(shell, command) == (b"two", b"", 0)
    both = client.run_command(shell, "both")
    assert client.get_command_output(shell, both) == (b"to out\r\n", b"to err\r\n", 3)
    client.cleanup_command(shell, both)  # a Signal after the end is answered well
    client.close_shell(shell)


@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_large_messages_both_ways(bench: Bench, transport: str, https: bool) -> None:
    client = bench.client(transport, https=https, message_encryption="always")
    shell, command = more(client)
    sent = bytes(range(256)) * 400  # above the 16 KiB of one CredSSP part
    client.send_command_input(shell, command, sent, end=True)
    assert client.get_command_output(shell, command) == (sent, b"", 0)
    big = client.run_command(shell, "big", ["1000000"])
    assert len(client.get_command_output(shell, big)[0]) == 1000000
    assert bench.requests("Receive") <= 13  # about 100 KB an answer, as envelopes of 150 KB allow


def test_environment_and_code_page_reach_the_program(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell(env_vars={"A": "<b>"}, codepage=65001, working_directory="C:\\Temp")
    client.run_command(shell, "more")
    assert (bench.launcher.environments, bench.launcher.codepages) == ([{"A": "<b>"}], [65001])


def test_receive_without_output_times_out_and_loses_nothing(bench: Bench) -> None:
    client = bench.client(operation=1)
    shell, command = more(client)
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    client.send_command_input(shell, command, b"x")
    assert client.get_command_output_raw(shell, command)[0] == b"x"


def test_shell_and_command_that_are_not_there(bench: Bench) -> None:
    client = bench.client()
    shell, command = more(client)
    wrong = "00000000-0000-0000-0000-000000000000"
    assert fault_of(lambda: client.run_command(wrong, "more")) == NO_SHELL
    assert fault_of(lambda: client.get_command_output_raw(shell, wrong)) == NO_COMMAND
    assert fault_of(lambda: client.send_command_input(shell, wrong, b"")) == NO_COMMAND
    client.send_command_input(shell, command, b"", end=True)
    client.get_command_output(shell, command)
    assert fault_of(lambda: client.get_command_output_raw(shell, command)) == NO_COMMAND
    assert fault_of(lambda: client.send_command_input(shell, command, b"late")) == 109


def test_shell_is_its_owners(bench: Bench) -> None:
    shell, command = more(bench.client())
    other = bench.client(user=LOCAL_1.user, password=LOCAL_1.password)
    assert fault_of(lambda: other.send_command_input(shell, command, b"x")) == 5


def test_two_connections_on_one_command(bench: Bench) -> None:
    sender, reader = bench.client(), bench.client()
    shell, command = more(sender)
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(reader.get_command_output_raw(shell, command)[0]))
    thread.start()
    bench.until(lambda: bench.requests("Receive") == 1)
    sender.send_command_input(shell, command, b"across")
    thread.join(10)
    assert got == [b"across"]


def test_newer_receive_ends_the_older_one(bench: Bench) -> None:
    old, new = bench.client(), bench.client()
    shell, command = more(old)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(fault_of(lambda: old.get_command_output_raw(shell, command))))
    thread.start()
    bench.until(lambda: bench.requests("Receive") == 1)
    bench.launcher.started[0].write(b"")  # nothing yet
    second = threading.Thread(target=lambda: codes.append(len(new.get_command_output_raw(shell, command)[0])))
    second.start()
    thread.join(10)
    assert codes == [995]
    bench.launcher.started[0].write(b"for the newer")
    second.join(10)
    assert codes == [995, 13]


def test_receive_cut_while_it_waits_loses_nothing(bench: Bench) -> None:
    client = bench.client()
    shell, command = more(client)

    def receive() -> None:
        with pytest.raises(requests.ConnectionError):
            client.get_command_output_raw(shell, command)

    thread = threading.Thread(target=receive)
    thread.start()
    bench.until(lambda: bench.requests("Receive") == 1)
    assert bench.server.hosts["HV01"].cut() == 1
    bench.until(lambda: bench.log()["open_connections"] == 0)
    thread.join(10)
    bench.launcher.started[0].write(b"kept")
    client.transport.close_session()
    assert client.get_command_output_raw(shell, command)[0] == b"kept"


@pytest.mark.parametrize("how", ["delete", "expire", "terminate"])
def test_waiting_receive_ends_with_995_and_the_program_is_killed(bench: Bench, how: str) -> None:
    client, reader = bench.client(), bench.client()
    shell, command = more(client)
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(fault_of(lambda: reader.get_command_output_raw(shell, command)))
    )
    thread.start()
    bench.until(lambda: bench.requests("Receive") == 1)
    if how == "delete":
        client.close_shell(shell)
    elif how == "expire":
        assert bench.server.hosts["HV01"].store.expire() == 1
    else:
        client.cleanup_command(shell, command)
    thread.join(10)
    assert codes == [995]
    assert bench.launcher.started[0].ended == KILLED
    assert fault_of(lambda: reader.get_command_output_raw(shell, command)) == NO_SHELL


def test_killed_program_leaves_its_exit_code_and_the_shell(bench: Bench) -> None:
    client = bench.client()
    shell, command = more(client)
    assert bench.server.hosts["HV01"].store.kill() == 1
    assert client.get_command_output(shell, command) == (b"", b"", KILLED)
    assert client.get_command_output(shell, client.run_command(shell, "both"))[2] == 3


def test_quota_of_shells_per_user(start: Callable[..., Bench]) -> None:
    bench = start(limits=Limits(shells_per_user=2))
    client = bench.client()
    shells = [client.open_shell(), client.open_shell()]
    with pytest.raises(WSManFaultError, match="maximum number of 2 concurrent shells") as caught:
        client.open_shell()
    assert (caught.value.wsman_fault_code, caught.value.fault_subcode) == (2150859173, "w:QuotaLimit")
    bench.client(user=LOCAL_1.user, password=LOCAL_1.password).open_shell()  # another user's quota is another
    client.close_shell(shells[0], close_session=False)
    client.open_shell()
    assert bench.log()["open_shells"] == 3
    assert bench.log()["shells_opened"] == 4


def test_quotas_of_commands(start: Callable[..., Bench]) -> None:
    bench = start(limits=Limits(processes_per_shell=1, operations_per_user=3))
    client = bench.client()
    shell, command = more(client)
    assert fault_of(lambda: client.run_command(shell, "more")) == 2150859241
    client.cleanup_command(shell, command)
    client.run_command(shell, "both")
    client.run_command(shell, "both")
    assert fault_of(lambda: client.run_command(shell, "both")) == 2150859174  # none was given back


def test_quota_of_memory(start: Callable[..., Bench]) -> None:
    bench = start(limits=Limits(memory_per_shell=64))
    client = bench.client()
    shell = client.open_shell()
    client.run_command(shell, "more")
    second = client.run_command(shell, "powershell.exe")
    out, err, code = client.get_command_output(shell, second)
    assert (out, b"OutOfMemoryException" in err, code) == (b"", True, 0xE0434352)
    assert [program.ended for program in bench.launcher.started] == [None]  # the shell and what ran in it go on


def test_quotas_change_while_the_service_runs(bench: Bench) -> None:
    client = bench.client()
    client.open_shell()
    config = bench.server.hosts["HV01"].config
    config.set("MaxShellsPerUser", 1)
    assert fault_of(client.open_shell) == 2150859173
    config.set("MaxShellsPerUser", 2)
    client.open_shell()
    config.set("MaxTimeoutms", 500)
    config.set("IdleTimeout", 90000)
    assert (config.limits.operation_timeout, config.limits.idle_timeout) == (0.5, 90)
    for name, value in (
        ("MaxShellsPerUser", 0),
        ("MaxShells", 3),
        ("cbt", "Very"),
        ("chunked", 1),
        ("IdleTimeout", "x"),
    ):
        with pytest.raises(ConfigError):
            config.set(name, value)


def test_older_receive_wins_where_the_host_is_told_so(bench: Bench) -> None:
    bench.server.hosts["HV01"].config.set("older_receive_wins", True)
    old, new = bench.client(), bench.client()
    shell, command = more(old)
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(old.get_command_output_raw(shell, command)[0]))
    thread.start()
    bench.until(lambda: bench.requests("Receive") == 1)
    bench.until(lambda: fault_of(lambda: new.get_command_output_raw(shell, command)) == 995)
    bench.launcher.started[0].write(b"for the older")
    thread.join(10)
    assert got == [b"for the older"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [(None, "PT7200.000S"), ("PT180S", "PT180.000S"), ("PT2S", "PT60.000S"), ("PT1M30S", "PT90.000S")],
)
def test_idle_timeout_is_told_and_never_below_a_minute(bench: Bench, asked: str | None, told: str) -> None:
    client = bench.client()
    answers: list[bytes] = []
    send = client.send_message
    client.send_message = lambda message: answers.append(send(message)) or answers[-1]
    client.open_shell(idle_timeout=asked)
    assert re.findall(rb"<rsp:IdleTimeOut>([^<]*)<", answers[0]) == [told.encode()]


def test_idle_timeout_must_be_a_duration(bench: Bench) -> None:
    assert fault_of(lambda: bench.client().open_shell(idle_timeout=60)) == 2150858817


def test_command_line_longer_than_cmd_takes(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    assert fault_of(lambda: client.run_command(shell, "more", ["x" * 8191])) == 2147942606


def test_operation_timeout_below_half_a_second_is_raised(bench: Bench) -> None:
    client = bench.client()
    shell, command = more(client)
    client.operation_timeout_sec = 0
    thread = threading.Timer(0.2, bench.launcher.started[0].write, [b"in time"])
    thread.start()
    assert client.get_command_output_raw(shell, command)[0] == b"in time"
    thread.join()


def test_connections_survive_their_shells_and_users_see_only_the_host_they_asked(bench: Bench) -> None:
    client = bench.client()
    client.close_shell(client.open_shell(), close_session=False)
    client.close_shell(client.open_shell(), close_session=False)
    assert bench.log()["connections"] == 2  # the one that was told to log on, and the one that did
    assert bench.log("HV02")["connections"] == 0
    assert bench.logons(ADMIN.user) == (1, 0)

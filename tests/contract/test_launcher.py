"""A PowerShell engine as powershell.exe of a shell: console, input, exit code, end by force, a cmdlet that waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from agent import contract_world
from agent.contract_world import CALLER, GIANT, HOST, HOSTILE, WEB
from needs import engine, needs

from hvdesk.hyperv import bootstrap, calls, messages
from hvdesk.lab.engine.launcher import Engines
from hvdesk.lab.powershell.launcher import WorldLauncher
from hvdesk.lab.powershell.process import KILLED, Process
from hvdesk.lab.world.timeline import Attachment
from hvdesk.lab.world.world import World

SECONDS = 60.0


class Output:
    """Collects what a program writes."""

    def __init__(self) -> None:
        self.streams = {"stdout": b"", "stderr": b""}
        self.code: int | None = None
        self._changed = threading.Condition()

    def write(self, stream: str, data: bytes) -> None:
        """Take output."""
        with self._changed:
            self.streams[stream] += data
            self._changed.notify_all()

    def done(self, exit_code: int) -> None:
        """Take the end."""
        with self._changed:
            assert self.code is None
            self.code = exit_code
            self._changed.notify_all()

    def ended(self) -> tuple[int | None, bytes, bytes]:
        """Wait for the end: exit code and both streams."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.code is not None, SECONDS)
        return self.code, self.streams["stdout"], self.streams["stderr"]

    def until(self, words: bytes) -> None:
        """Wait until standard output has this."""
        with self._changed:
            assert self._changed.wait_for(lambda: words in self.streams["stdout"], SECONDS), self.streams


class Shell:
    """Starts programs on HV01 of a world."""

    def __init__(self, world: World, folder: Path) -> None:
        needs("powershell engine")
        program = engine()
        assert program is not None
        self.world = world
        self.engines = Engines(world, program, folder)
        self._launcher = WorldLauncher(world, self.engines.run)

    def start(self, *arguments: str, codepage: int = 437) -> tuple[Process, Output]:
        """powershell.exe with these arguments."""
        output = Output()
        program = self._launcher.start(
            "powershell.exe", arguments, host=HOST, caller=CALLER, environment={}, codepage=codepage, output=output
        )
        return program, output

    def agent(self) -> tuple[Process, Output]:
        """The agent, ready."""
        words = [*bootstrap.ARGUMENTS[:-1], f'"{bootstrap.SCRIPT}"']
        program, output = self.start(*words)
        program.write(bootstrap.first_input())
        output.until(b'"ready"')
        return program, output


@pytest.fixture
def shell(nothing_left: None, tmp_path: Path) -> Iterator[Shell]:
    """A shell of a world whose clock stands; no engine is left after the test."""
    shell = Shell(contract_world.build_world("2016"), tmp_path / "engine")
    yield shell
    shell.engines.close(SECONDS)


def test_streams_and_exit_code(shell: Shell) -> None:
    program, output = shell.start("-NoProfile", "-Command", "\"'out'; [Console]::Error.WriteLine('err'); exit 7\"")
    program.close_input()
    assert output.ended() == (7, b"out\r\n", b"err\r\n")


@pytest.mark.parametrize(("codepage", "wanted"), [(850, b"\x82"), (1252, b"\xe9"), (65001, b"\xc3\xa9")])
def test_console_code_page(shell: Shell, codepage: int, wanted: bytes) -> None:
    program, output = shell.start("-NoProfile", "-Command", '"[char]0xe9"', codepage=codepage)
    program.close_input()
    assert output.ended() == (0, wanted + b"\r\n", b"")


def test_end_of_input_ends_the_agent(shell: Shell) -> None:
    program, output = shell.agent()
    program.close_input()
    code, _, errors = output.ended()
    assert (code, errors) == (0, b"")


def test_killed_while_it_waits_for_input(shell: Shell) -> None:
    program, output = shell.agent()
    program.kill()
    assert output.ended()[0] == KILLED
    assert program.join(SECONDS)


@pytest.mark.parametrize("dies", [False, True])
def test_killed_while_a_move_blocks(shell: Shell, dies: bool) -> None:
    """The migration lives on or dies, as the world's switch says; the program ends at once."""
    shell.world.command({"cmd": "switch", "name": "move_dies_with_shell", "value": dies})
    program, output = shell.agent()
    call = messages.call_args(calls.move(HOSTILE, "hv02.lab.test", "D:\\x"))
    program.write(messages.request_line(1, "call", call))
    with shell.world.locked():
        shell.world.timeline.wait(lambda: len(shell.world.engine.running) == 2, Attachment())
    program.kill()
    assert output.ended()[0] == KILLED
    assert program.join(SECONDS)
    with shell.world.locked():
        running = [migration.machine.id for migration in shell.world.engine.running]
    assert running == [GIANT, *([] if dies else [HOSTILE])]


def test_two_programs_on_one_host_do_not_wait_for_each_other(shell: Shell) -> None:
    blocked, blocked_output = shell.agent()
    blocked.write(messages.request_line(1, "call", messages.call_args(calls.compare(WEB, "hv02.lab.test", "D:\\x"))))
    free, free_output = shell.agent()
    free.write(messages.request_line(1, "ping"))
    free_output.until(b'"id":1')
    assert b'"id":1' not in blocked_output.streams["stdout"]  # the world's clock stands
    for program in (blocked, free):
        program.kill()
        assert program.join(SECONDS)

"""What may become of the start of PowerShell and of our script in it, with programs made to order."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import leaks
import pytest
from lab_winrm.tiny import Person
from remoting.wirelab import HURRIED, outcome

from hvdesk.domain.secret import Secret
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.lab.programs import Caller, Output
from hvdesk.lab.winrm.accounts import HostName
from hvdesk.lab.winrm.server import HostSetup, WinRMServer
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon

ADMIN = Person("LAB\\admin", "secret", frozenset({"HV01"}))
MODE = b"@hvdesk-mode FullLanguage\r\n"
READY = b'@hvdesk {"event":"ready","protocol":1,"powershell":"5.1","computer":"HV01"}\r\n'
PONG = b'@hvdesk {"id":1,"ok":true,"result":{"computer":"HV01","now":"2026-01-01T00:00:00Z"}}\r\n'
KILLED = 0xC000013A


class Program:
    """Writes its pieces, then for each line it waits for the pieces that answer it; ends with an exit code or not."""

    def __init__(
        self, output: Output, said: Sequence[bytes], answers: Mapping[bytes, Sequence[bytes]], end: int | None
    ):
        self._output = output
        self._answers = answers
        self._input = b""
        self._lock = threading.Lock()
        self._over = False
        for piece in said:
            output.write("stderr" if piece.startswith(b"!") else "stdout", piece.lstrip(b"!"))
        if end is not None:
            self._end(end)

    def write(self, data: bytes) -> None:
        """Take input."""
        *lines, self._input = (self._input + data).split(b"\n")
        for line in lines:
            for mark, pieces in self._answers.items():
                if mark in line:
                    for piece in pieces:
                        self._output.write("stdout", piece)
                    if not pieces:
                        self._end(5)

    def close_input(self) -> None:
        """End well."""
        self._end(0)

    def kill(self) -> None:
        """End badly."""
        self._end(KILLED)

    def _end(self, code: int) -> None:
        with self._lock:
            if self._over:
                return
            self._over = True
        self._output.done(code)


class Launcher:
    """Starts the program that a test made to order."""

    def __init__(self) -> None:
        self.make: Callable[[Output], Program] | None = None

    def start(
        self,
        command: str,
        arguments: Sequence[str],
        *,
        host: str,
        caller: Caller,
        environment: Mapping[str, str],
        codepage: int,
        output: Output,
    ) -> Program:
        """Start it, whatever the command."""
        assert self.make is not None
        return self.make(output)


Open = Callable[..., AgentChannel]


@pytest.fixture
def open_with(tmp_path: Path) -> Iterator[Open]:
    """Opens a session in which a program made to order runs; nothing is left of it."""
    launcher = Launcher()
    with leaks.nothing_left():
        server = WinRMServer([HostSetup(HostName("HV01", "hv01.lab.test"))], [ADMIN], launcher, tmp_path)
        host = server.hosts["HV01"]
        opened: list[AgentChannel] = []

        def begin(
            *said: bytes,
            answers: Mapping[bytes, Sequence[bytes]] | None = None,
            end: int | None = None,
            timing: Timing = HURRIED,
        ) -> AgentChannel:
            launcher.make = lambda output: Program(output, said, answers or {}, end)
            endpoint = Endpoint(label="HV01", address="127.0.0.1", port=host.http.port)
            logon = Logon(method="ntlm", user=ADMIN.user, password=Secret(ADMIN.password))
            opened.append(AgentChannel.open(endpoint, logon, LogonGate(), timing))
            return opened[-1]

        yield begin
        for channel in opened:
            channel.close()
        assert host.log()["open_shells"] == 0
        server.stop()


@pytest.mark.parametrize(
    ("said", "end", "code"),
    [
        ([b"@hvdesk-mode ConstrainedLanguage\r\n"], None, "agent.constrained"),
        ([b"@hvdesk-mode ConstrainedLanguage\r\n"], 1, "agent.constrained"),
        ([b"!'powershell.exe' is not recognized as an internal or external command\r\n"], 1, "agent.no_powershell"),
        ([b"!Cannot find the engine\r\n"], 0xFFFF0000, "agent.not_started"),
        ([MODE, b"!Out of memory\r\n"], 3, "agent.not_started"),
        ([], None, "agent.not_started"),
        ([MODE], None, "agent.not_started"),
    ],
    ids=["constrained", "constrained and over", "no powershell", "over", "over after the mode", "silent", "mute"],
)
def test_powershell_that_does_not_become_ready(open_with: Open, said: list[bytes], end: int | None, code: str) -> None:
    hurried = dataclasses.replace(HURRIED, start=1)
    error = outcome(lambda: open_with(*said, end=end, timing=hurried)).error
    assert error is not None
    assert (error.code, error.host) == (code, "HV01")
    for words in (piece for piece in said if piece.startswith(b"!")):
        assert error.host_words == words[1:].decode().strip()
    assert "?" not in error.report().what


def test_another_version_of_the_script_is_refused(open_with: Open) -> None:
    other = READY.replace(b'"protocol":1', b'"protocol":2')
    error = outcome(lambda: open_with(MODE, answers={b"#@hvdesk-end": [other]})).error
    assert error is not None
    assert error.code == "agent.answer"


def test_noise_and_pieces_do_not_matter(open_with: Open) -> None:
    channel = open_with(
        b"\xef\xbb\xbfPreparing modules for first use.\r\n",
        b"@hvdesk-mo",
        b"de FullLanguage\r",
        b"\n\xfc\xe4\r\n",
        answers={
            b"#@hvdesk-end": [b"WARNING: profile\r\n", READY[:20], READY[20:-1], READY[-1:]],
            b'"op":"ping"': [b"noise\n\n", *(PONG[place : place + 7] for place in range(0, len(PONG), 7))],
        },
    )
    assert channel.request("ping") == {"computer": "HV01", "now": "2026-01-01T00:00:00Z"}


def test_a_marked_line_that_makes_no_sense_ends_the_session(open_with: Open) -> None:
    channel = open_with(MODE, answers={b"#@hvdesk-end": [READY], b'"op":"ping"': [b"@hvdesk {\r\n"]})
    error = outcome(lambda: channel.request("ping")).error
    assert error is not None
    assert error.code == "agent.answer"
    assert channel.over


def test_answers_to_other_requests_are_passed_over(open_with: Open) -> None:
    late = PONG.replace(b'"id":1', b'"id":7')
    unread = b'@hvdesk {"id":null,"ok":false,"error":' + ERROR + b"}\r\n"
    channel = open_with(MODE, answers={b"#@hvdesk-end": [READY], b'"op":"ping"': [late, unread, PONG]})
    assert channel.request("ping")


def test_a_process_that_ends_over_a_change_leaves_it_unknown(open_with: Open) -> None:
    channel = open_with(MODE, answers={b"#@hvdesk-end": [READY], b'"op":"call"': []})
    error = outcome(lambda: channel.request("call", {"call": {}})).error
    assert error is not None
    assert error.code == "agent.outcome_unknown"


def test_an_answer_that_was_forgotten_leaves_a_change_unknown(open_with: Open) -> None:
    forgotten = b'@hvdesk {"id":1,"ok":false,"error":' + ERROR.replace(b"BadRequest", b"Forgotten") + b"}\r\n"
    channel = open_with(MODE, answers={b"#@hvdesk-end": [READY], b'"op":"call"': [forgotten]})
    error = outcome(lambda: channel.request("call", {"call": {}})).error
    assert error is not None
    assert error.code == "agent.outcome_unknown"


ERROR = (
    b'{"id":"HvDesk.BadRequest","category":"InvalidData","types":[],"hresult":null,"native":null,"codes":[],'
    b'"message":"x","position":""}'
)

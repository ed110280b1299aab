"""Programs for the tests of the WinRM server alone, so that they need neither a world nor a simulated PowerShell."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hvdesk.lab.programs import Caller, Output

KILLED = 0xC000013A


@dataclass(frozen=True)
class Person:
    """An account."""

    user: str
    password: str = field(repr=False)
    admin_on: frozenset[str]


class TinyProgram:
    """`more`: copies its input; `talk`: the same, then says something on stderr and ends with 3; `both`: writes to both
    streams and ends with 3; `big N`: N bytes; `sleep`: waits."""

    def __init__(self, line: str, caller: Caller, output: Output) -> None:
        self._output = output
        self._word = line.partition(" ")[0]
        self.caller = caller
        self._lock = threading.Lock()
        self.ended: int | None = None
        word, _, rest = line.partition(" ")
        if word == "both":
            output.write("stdout", b"to out\r\n")
            output.write("stderr", b"to err\r\n")
            self._end(3)
        elif word == "whoami":
            output.write("stdout", f"{caller.user} {caller.logon} {caller.forwarded}\r\n".encode())
            self._end(0)
        elif word == "big":
            output.write("stdout", b"x" * int(rest))
            self._end(0)
        elif word not in ("more", "talk", "sleep"):
            output.write("stderr", f"'{word}' is not recognized\r\n".encode())
            self._end(1)

    def _end(self, code: int) -> None:
        with self._lock:
            if self.ended is not None:
                return
            self.ended = code
        self._output.done(code)

    def write(self, data: bytes) -> None:
        """Copy input to output."""
        self._output.write("stdout", data)

    def close_input(self) -> None:
        """End well."""
        if self._word == "talk":
            self._output.write("stdout", b"\r\n")
            self._output.write("stderr", b"to err\r\n")
        self._end(3 if self._word == "talk" else 0)

    def kill(self) -> None:
        """End badly."""
        self._end(KILLED)


class TinyLauncher:
    """Starts TinyPrograms and remembers them."""

    def __init__(self) -> None:
        self.started: list[TinyProgram] = []
        self.environments: list[dict[str, str]] = []
        self.codepages: list[int] = []

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
    ) -> TinyProgram:
        """Start one."""
        program = TinyProgram(" ".join((command, *arguments)), caller, output)
        self.started.append(program)
        self.environments.append(dict(environment))
        self.codepages.append(codepage)
        return program

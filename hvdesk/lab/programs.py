"""What runs in a simulated shell, seen from the WinRM service: who asks, where output goes, how a program is fed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who logged on. `forwarded` is true when a credential arrived with the logon (CredSSP, delegated Kerberos): only
    then can what runs in the shell go on to another host with it."""

    user: str  # "LAB\\admin"
    admin: bool
    forwarded: bool
    logon: str  # credssp, ntlm, kerberos, basic or certificate


class Output(Protocol):
    """Where a program puts its output; callable from any thread."""

    def write(self, stream: str, data: bytes) -> None:
        """Append to `stdout` or `stderr`."""

    def done(self, exit_code: int) -> None:
        """The program is over; called exactly once, after its last output."""


class Program(Protocol):
    """A running program; callable from any thread."""

    def write(self, data: bytes) -> None:
        """Give bytes to its standard input."""

    def close_input(self) -> None:
        """End its standard input."""

    def kill(self) -> None:
        """End it at once with exit code 0xC000013A."""


class Launcher(Protocol):
    """Starts programs on behalf of the shells of all simulated hosts."""

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
        """Start a command line in a shell of `host`; returns at once."""

"""The five requests of a remote shell over one logon, with errors of ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.faults import WIRE_ERRORS, error_of
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon
from hvdesk.remoting.transport import HostTransport

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What one Receive brought; `exit_code` is None while the process runs."""

    stdout: bytes
    stderr: bytes
    exit_code: int | None


class Wire:
    """One pywinrm Protocol with its own logon and connection, used by one thread only; `wake` is for any thread.

    Every method raises HvError: LinkDown, ShellGone and InputBusy where a session may or must do something about it.
    """

    def __init__(self, endpoint: Endpoint, logon: Logon, gate: LogonGate, timing: Timing) -> None:
        self._endpoint = endpoint
        self._timing = timing
        self._transport = HostTransport(endpoint, logon, gate, timing)
        self._protocol = Protocol(
            endpoint.url,
            transport="kerberos",
            proxy=None,
            operation_timeout_sec=timing.operation,
            read_timeout_sec=timing.operation + 1,
        )
        self._protocol.transport = self._transport

    def log_on(self) -> None:
        """Log on now, if it has not been done."""
        with self._mapped("log on"):
            self._transport.build_session()

    def create_shell(self) -> str:
        """The id of a new shell, which ends itself after `Timing.idle` seconds without a message."""
        with self._mapped("create shell"):
            return self._protocol.open_shell(idle_timeout=f"PT{self._timing.idle}S")

    def start(self, shell: str, command: str, arguments: Sequence[str]) -> str:
        """The id of a new process, whose standard input is a pipe."""
        with self._mapped("start"):
            return self._protocol.run_command(shell, command, arguments, console_mode_stdin=False)

    def send(self, shell: str, process: str, data: bytes) -> None:
        """Put bytes into the process's input. One that the host held too long was written, as a rule."""
        with self._mapped("send"):
            try:
                self._protocol.send_command_input(shell, process, data)
            except WinRMOperationTimeoutError:
                log.info("%s: input not taken within %s s", self._endpoint.label, self._timing.operation)

    def receive(self, shell: str, process: str) -> Output | None:
        """The next output; None when there was none for `Timing.operation` seconds."""
        with self._mapped("receive"):
            try:
                stdout, stderr, code, done = self._protocol.get_command_output_raw(shell, process)
            except WinRMOperationTimeoutError:
                return None
        return Output(stdout=stdout, stderr=stderr, exit_code=code if done else None)

    def delete_shell(self, shell: str) -> None:
        """End shell and process; waits no longer than `Timing.farewell`."""
        self._transport.waits = (self._timing.farewell, self._timing.farewell)
        with self._mapped("delete shell"):
            self._protocol.close_shell(shell, close_session=False)

    def renew(self) -> None:
        """Forget the connection; the next request logs on anew."""
        self._transport.close_session()

    def wake(self) -> None:
        """End the owner's wait for the host, for good. Any thread."""
        self._transport.wake()

    @contextmanager
    def _mapped(self, what: str) -> Iterator[None]:
        failure: HvError
        try:
            yield
            return
        except HvError as error:
            failure = error
        except WIRE_ERRORS as error:
            log.debug("%s: %s: %r", self._endpoint.label, what, error)
            failure = error_of(error, self._endpoint)
        log.debug("%s: %s: %s", self._endpoint.label, what, failure.code)
        # Raised out here and stripped, so that it keeps neither the request and its headers nor a socket alive.
        failure.__cause__ = failure.__context__ = None
        raise failure.with_traceback(None)

"""The shells of one host: quotas as Windows sets them, look-up, expiry."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from hvdesk.lab.winrm import faults
from hvdesk.lab.winrm.config import HostConfig, Limits
from hvdesk.lab.winrm.faults import SoapFaultError
from hvdesk.lab.winrm.faultshape import Fault
from hvdesk.lab.winrm.shells import Command, Shell


class ShellStore:
    """All shells of a host. Thread-safe."""

    def __init__(self, config: HostConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self.config = config
        self.clock = clock
        self._lock = threading.Lock()
        self._shells: dict[str, Shell] = {}

    @property
    def limits(self) -> Limits:
        """The quotas now."""
        return self.config.limits

    def add(self, shell: Shell) -> None:
        """Keep a new shell; faults when its owner has as many as allowed."""
        with self._lock:
            if sum(one.owner == shell.owner for one in self._shells.values()) >= self.limits.shells_per_user:
                raise self._over_quota(faults.TOO_MANY_SHELLS)
            self._shells[shell.id] = shell

    @contextmanager
    def use(self, shell_id: str, owner: str) -> Iterator[Shell]:
        """The owner's shell for one request; it is not idle meanwhile, and its idle time begins anew afterwards."""
        with self._lock:
            shell = self._shells.get(shell_id)
            if shell is None:
                raise faults.filled(faults.NO_SHELL, shell_id)
            if shell.owner != owner:
                raise SoapFaultError(faults.ACCESS_DENIED)
            shell.operations += 1
        try:
            yield shell
        finally:
            with self._lock:
                shell.operations -= 1
                shell.last_used = self.clock()

    def add_command(self, shell: Shell, command: Command) -> None:
        """Keep a new command of a shell; faults when the shell or its owner has as many as allowed."""
        with self._lock:
            if sum(one.running for one in shell.commands.values()) >= self.limits.processes_per_shell:
                raise self._over_quota(faults.TOO_MANY_COMMANDS)
            # A text shell's commands give their operation back only when the shell ends (MS-WSMV note 118), so those
            # that are over stay in `commands` and count.
            used = sum(len(one.commands) for one in self._shells.values() if one.owner == shell.owner)
            if used >= self.limits.operations_per_user:
                raise self._over_quota(faults.TOO_MANY_OPERATIONS)
            shell.commands[command.id] = command

    def out_of_memory(self, shell: Shell) -> bool:
        """Whether what runs in a shell needs more than it may have; the newest program is the one that notices."""
        with self._lock:
            used = sum(one.megabytes for one in shell.commands.values() if one.running)
        return used > self.limits.memory_per_shell

    def _over_quota(self, fault: Fault) -> SoapFaultError:
        variants = self.config.variants
        if fault is faults.TOO_MANY_OPERATIONS and variants.quota_is_internal_error:
            fault = replace(fault, value="s:Receiver", subcode="w:InternalError")
        return faults.filled(replace(fault, wmi=variants.wmi_quota_detail), self.limits.shells_per_user)

    def command(self, shell: Shell, command_id: str) -> Command:
        """A command of a shell; faults when there is none of that id."""
        with self._lock:
            command = shell.commands.get(command_id.upper())
        if command is None:
            raise SoapFaultError(faults.NO_COMMAND)
        return command

    def remove(self, shell: Shell) -> None:
        """End a shell and what runs in it."""
        with self._lock:
            self._shells.pop(shell.id, None)
            commands = list(shell.commands.values())
        for command in commands:
            command.close()

    def reap(self) -> int:
        """End the shells whose idle time is over; how many there were."""
        now = self.clock()
        with self._lock:
            idle = [one for one in self._shells.values() if not one.operations]
            expired = [one for one in idle if now - one.last_used >= one.idle_timeout]
        for shell in expired:
            self.remove(shell)
        return len(expired)

    def expire(self, shell_id: str | None = None) -> int:
        """End one shell, or all, as if their idle time were over; how many there were."""
        shells = self._all(shell_id)
        for shell in shells:
            self.remove(shell)
        return len(shells)

    def kill(self, shell_id: str | None = None) -> int:
        """End the programs of one shell, or of all; the shells stay. How many programs ran."""
        with self._lock:
            shells = list(self._shells.values())
            commands = [
                command
                for shell in shells
                if shell_id in (None, shell.id)
                for command in shell.commands.values()
                if command.running
            ]
        for command in commands:
            command.kill()
        return len(commands)

    def open_shells(self) -> int:
        """How many shells there are now."""
        with self._lock:
            return len(self._shells)

    def _all(self, shell_id: str | None) -> list[Shell]:
        with self._lock:
            return [one for one in self._shells.values() if shell_id in (None, one.id)]

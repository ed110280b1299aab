"""The lab's control line: one JSON command a line in, one JSON answer a line out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from hvdesk.lab.powershell.launcher import WorldLauncher
from hvdesk.lab.winrm.config import ConfigError
from hvdesk.lab.winrm.kdc import KdcError
from hvdesk.lab.winrm.points import RuleError
from hvdesk.lab.winrm.server import HostServer, WinRMServer

Command = dict[str, Any]
Answer = dict[str, Any]


class CommandError(Exception):
    """The command makes no sense; the text says why."""


class Control:
    """Carries out commands: those of the wire here, all others in the world.

    {"cmd":"fault","host":"HV01"|"*","point":...,"verb":...,"action":...,"times":1|null,"seconds":..,"code":..}
        points, their actions and the verbs: hvdesk.lab.winrm.points; seconds 0 or missing: until cleared; the code of
        action "fault" is a number, or a name of hvdesk.lab.winrm.faults
    {"cmd":"clear"}                        no faults any more; what hangs goes on
    {"cmd":"cut"|"expire"|"kill","host"}   all connections | shells | programs of a host, or of all without host
    {"cmd":"restart","host","seconds":N}   restart the WinRM service: nothing listens for N seconds, connections are
                                           cut, shells are gone
    {"cmd":"winrm","host","name","value"}  a quota by Windows' name or a variant: hvdesk.lab.winrm.config
    {"cmd":"password","user","password"}   counts from the next logon on
    {"cmd":"trust","host","delegation":B}  whether the host is trusted for delegation; counts for new tickets
    {"cmd":"log"}                          what each host counted (winrm.counters), and what is open now; with a KDC
                                           the tickets it gave and the passwords it refused
    {"cmd":"powershell_start","seconds":N} every powershell.exe takes so long to start
    {"cmd":"rtt","ms":N}                   a simulated network: N milliseconds per round trip
    {"cmd":"quit"}                         ends the lab
    """

    def __init__(self, server: WinRMServer, world: Callable[[Command], Answer], launcher: WorldLauncher) -> None:
        self._server = server
        self._world = world
        self._launcher = launcher
        self.quit = False
        self._commands: dict[str, Callable[[Command], Answer]] = {
            "fault": self._fault,
            "clear": self._clear,
            "cut": lambda command: {"connections": sum(host.cut() for host in self._hosts(command))},
            "expire": lambda command: {"shells": sum(host.store.expire() for host in self._hosts(command))},
            "kill": lambda command: {"programs": sum(host.store.kill() for host in self._hosts(command))},
            "restart": self._restart,
            "winrm": self._winrm,
            "password": self._password,
            "trust": self._trust,
            "log": self._log,
            "powershell_start": self._powershell_start,
            "rtt": self._rtt,
            "quit": self._quit,
        }

    def line(self, text: str) -> str:
        """Answer one line. Never raises for what the line says."""
        try:
            command = json.loads(text)
            if not isinstance(command, dict):
                raise CommandError("a command is a JSON object")
            handler = self._commands.get(str(command.get("cmd")))
            answer = self._world(command) if handler is None else {"ok": True, **handler(command)}
        except (ValueError, CommandError) as error:
            answer = {"ok": False, "error": str(error)}
        return json.dumps(answer)

    def _hosts(self, command: Command) -> Iterator[HostServer]:
        name = command.get("host", "*")
        if name != "*" and name not in self._server.hosts:
            raise CommandError(f"no host {name!r}; there are {', '.join(self._server.hosts)}")
        return iter(self._server.hosts.values() if name == "*" else [self._server.hosts[name]])

    def _fault(self, command: Command) -> Answer:
        self._hosts(command)
        try:
            self._server.plan.add(command)
        except RuleError as error:
            raise CommandError(str(error)) from error
        return {}

    def _clear(self, command: Command) -> Answer:
        self._server.plan.clear()
        return {}

    def _password(self, command: Command) -> Answer:
        try:
            self._server.change_password(str(command.get("user")), str(command["password"]))
        except KeyError as error:
            raise CommandError(f"no account or no password given: {error}") from error
        except KdcError as error:
            raise CommandError(str(error)) from error
        return {}

    def _restart(self, command: Command) -> Answer:
        seconds = _number(command, "seconds")
        for host in self._hosts(command):
            host.restart(seconds)
        return {}

    def _winrm(self, command: Command) -> Answer:
        try:
            for host in self._hosts(command):
                host.config.set(str(command.get("name")), command.get("value"))
        except ConfigError as error:
            raise CommandError(str(error)) from error
        return {}

    def _trust(self, command: Command) -> Answer:
        try:
            for host in self._hosts(command):
                self._server.trust(host.name.name, delegation=command.get("delegation") is True)
        except KdcError as error:
            raise CommandError(str(error)) from error
        return {}

    def _log(self, command: Command) -> Answer:
        kdc = self._server.kdc
        hosts = {name: host.log() for name, host in self._server.hosts.items()}
        return {"hosts": hosts, **({"kdc": kdc.log()} if kdc is not None else {})}

    def _powershell_start(self, command: Command) -> Answer:
        self._launcher.powershell_start = _number(command, "seconds")
        return {}

    def _rtt(self, command: Command) -> Answer:
        self._server.delay.round_trip = _number(command, "ms") / 1000
        return {}

    def _quit(self, command: Command) -> Answer:
        self.quit = True
        return {}


def _number(command: Command, name: str) -> float:
    value = command.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise CommandError(f"{name} is a number from 0")
    return float(value)

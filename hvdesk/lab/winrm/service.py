"""The verbs of WS-Management on one simulated host, without HTTP: a parsed request in, an answer out."""

from __future__ import annotations

import base64
import binascii
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from hvdesk.lab.programs import Caller, Launcher
from hvdesk.lab.winrm import bodies, faults, names, soap
from hvdesk.lab.winrm.faults import SoapFaultError
from hvdesk.lab.winrm.faultshape import Fault
from hvdesk.lab.winrm.shells import Command, Shell
from hvdesk.lab.winrm.soap import Request
from hvdesk.lab.winrm.store import ShellStore

_COMMAND_LINE_LIMIT = 8191  # characters; cmd.exe takes no more
_ENVELOPE_OVERHEAD = 4096  # bytes of an answer around its base64 output, generously
_POWERSHELL_MB, _OTHER_MB = 60, 5  # what a program is reckoned to take of MaxMemoryPerShellMB
_OUT_OF_MEMORY = b"Exception of type 'System.OutOfMemoryException' was thrown.\r\n"
_CLR_EXCEPTION = 0xE0434352  # exit code of a program that died of a .NET exception
_RSP = f"{{{names.SHELL}}}"


@dataclass(frozen=True, slots=True)
class Answer:
    """HTTP status and envelope. `give_back` undoes what the answer took from an output queue; for an answer that could
    not be delivered."""

    status: int
    message: bytes
    give_back: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, from where, and a way to see whether it still waits for its answer."""

    caller: Caller
    ip: str
    alive: Callable[[], bool]


class Service:
    """WinRM's service on one host. Thread-safe; Receive blocks its caller, everything else is quick."""

    def __init__(
        self,
        host: str,
        launcher: Launcher,
        store: ShellStore,
        on_shell: Callable[[], None],
        *,
        kerberos: bool = False,
    ) -> None:
        """`on_shell` is told of every new shell; `kerberos` is what the configuration says of itself."""
        self.host = host
        self._kerberos = kerberos
        self.store = store
        self._launcher = launcher
        self._on_shell = on_shell
        self._verbs = {
            "Create": self._create,
            "Command": self._command,
            "Send": self._send,
            "Receive": self._receive,
            "Signal": self._signal,
            "Delete": self._delete,
            "Get": self._get,
        }

    def handle(self, request: Request, header_fault: Fault | None, client: Client) -> Answer:
        """Answer a request. ClientGoneError when the client of a waiting Receive hung up."""
        try:
            if header_fault is not None:
                raise SoapFaultError(header_fault)
            if not client.caller.admin:
                raise SoapFaultError(faults.ACCESS_DENIED)
            verb = self._verbs.get(request.verb)
            if verb is None:
                raise SoapFaultError(faults.BAD_ACTION)
            return verb(request, client)
        except SoapFaultError as error:
            return self.fault(request, error.fault)

    def fault(self, request: Request, fault: Fault) -> Answer:
        """The answer that tells a fault; it calls the machine by the name that the client used."""
        machine, activity = urlsplit(request.to).hostname or self.host, self.store.config.variants.activity_id
        return Answer(500, soap.fault_answer(request, fault, machine, activity_id=activity))

    def demanded(self, request: Request, fault: Fault) -> Answer:
        """The answer that tells a fault for which there is no reason but that a rule wants it."""
        value = self.store.limits.shells_per_user if fault is faults.TOO_MANY_SHELLS else request.shell_id
        return self.fault(request, faults.filled(fault, value).fault)

    def _good(self, request: Request, body: str, give_back: Callable[[], None] | None = None) -> Answer:
        activity = self.store.config.variants.activity_id
        return Answer(200, soap.answer(request, body, activity_id=activity), give_back)

    def _create(self, request: Request, client: Client) -> Answer:
        element = request.body.find(f"{_RSP}Shell")
        if request.resource != names.CMD_SHELL:
            raise SoapFaultError(faults.BAD_RESOURCE)
        if element is None:
            raise SoapFaultError(faults.SCHEMA)
        now = self.store.clock()
        shell = Shell(
            id=(element.get("ShellId") or soap.new_id()).upper(),
            owner=client.caller.user,
            resource=request.resource,
            idle_timeout=self._idle_timeout(element),
            environment={
                one.get("Name", ""): one.text or "" for one in element.iterfind(f"{_RSP}Environment/{_RSP}Variable")
            },
            working_directory=element.findtext(f"{_RSP}WorkingDirectory") or "",
            codepage=_whole(request.options.get("WINRS_CODEPAGE", ""), 437),
            client_ip=client.ip,
            created=now,
            last_used=now,
        )
        self.store.add(shell)
        self._on_shell()
        return self._good(request, bodies.created(shell, request.to, now, self.host))

    def _idle_timeout(self, element: ET.Element) -> float:
        text = element.findtext(f"{_RSP}IdleTimeOut")
        if text is None:
            return self.store.limits.idle_timeout
        wish = soap.seconds(text)
        if wish is None:
            raise SoapFaultError(faults.SCHEMA)
        return max(wish, self.store.limits.least_idle_timeout)

    def _command(self, request: Request, client: Client) -> Answer:
        element = request.body.find(f"{_RSP}CommandLine")
        line = element.findtext(f"{_RSP}Command") if element is not None else None
        if element is None or not line:
            raise SoapFaultError(faults.SCHEMA)
        arguments = [one.text or "" for one in element.iterfind(f"{_RSP}Arguments")]
        if len(" ".join((line, *arguments))) > _COMMAND_LINE_LIMIT:
            raise SoapFaultError(faults.LINE_TOO_LONG)
        if request.options.get("WINRS_SKIP_CMD_SHELL", "").upper() in ("TRUE", "1") and "\\" not in line:
            raise SoapFaultError(faults.NO_PROGRAM)  # without cmd.exe nobody looks along the PATH
        command = Command((element.get("CommandId") or soap.new_id()).upper(), _megabytes(line))
        with self.store.use(request.shell_id, client.caller.user) as shell:
            self.store.add_command(shell, command)
            if self.store.out_of_memory(shell):
                command.write("stderr", _OUT_OF_MEMORY)
                command.done(_CLR_EXCEPTION)
                return self._good(request, bodies.started(command.id))
            command.attach(
                self._launcher.start(
                    line,
                    arguments,
                    host=self.host,
                    caller=client.caller,
                    environment=shell.environment,
                    codepage=shell.codepage,
                    output=command,
                )
            )
        return self._good(request, bodies.started(command.id))

    def _send(self, request: Request, client: Client) -> Answer:
        streams = request.body.findall(f"{_RSP}Send/{_RSP}Stream")
        if not streams:
            raise SoapFaultError(faults.SCHEMA)
        with self.store.use(request.shell_id, client.caller.user) as shell:
            for stream in streams:
                command = self.store.command(shell, stream.get("CommandId", ""))
                try:
                    data = base64.b64decode(stream.text or "", validate=False)
                except binascii.Error as error:
                    raise SoapFaultError(faults.SCHEMA) from error
                command.send(data, end=stream.get("End", "").lower() in ("true", "1"))
        return self._good(request, bodies.SENT)

    def _receive(self, request: Request, client: Client) -> Answer:
        element = request.body.find(f"{_RSP}Receive/{_RSP}DesiredStream")
        command_id = element.get("CommandId") if element is not None else None
        with self.store.use(request.shell_id, client.caller.user) as shell:
            if element is None or not command_id:
                raise SoapFaultError(faults.BAD_PARAMETER)
            command = self.store.command(shell, command_id)
            room = min(request.max_envelope, self.store.limits.envelope) - _ENVELOPE_OVERHEAD
            older_wins = self.store.config.variants.older_receive_wins
            output = command.receive(self.wait_seconds(request), room // 4 * 3, client.alive, older_wins=older_wins)
        streams = (element.text or "stdout stderr").split()
        body = bodies.received(command.id, output, streams)
        return self._good(request, body, lambda: command.give_back(output))

    def wait_seconds(self, request: Request) -> float:
        """How long a request may wait: what it asks for, within the service's bounds."""
        limits = self.store.limits
        wish = limits.operation_timeout if request.timeout is None else request.timeout
        return min(max(wish, limits.least_operation_timeout), limits.operation_timeout)

    def _signal(self, request: Request, client: Client) -> Answer:
        element = request.body.find(f"{_RSP}Signal")
        code = (element.findtext(f"{_RSP}Code") or "").strip() if element is not None else ""
        with self.store.use(request.shell_id, client.caller.user) as shell:
            if element is None or not code.startswith(names.SIGNAL):
                raise SoapFaultError(faults.BAD_PARAMETER)
            command = self.store.command(shell, element.get("CommandId", ""))
        if code.removeprefix(names.SIGNAL).lower() == "terminate":
            command.close()
        else:
            command.kill()
        return self._good(request, bodies.SIGNALLED)

    def _delete(self, request: Request, client: Client) -> Answer:
        with self.store.use(request.shell_id, client.caller.user) as shell:
            self.store.remove(shell)
        return self._good(request, "")

    def _get(self, request: Request, client: Client) -> Answer:
        if request.resource == names.CONFIG:
            return self._good(request, bodies.config(self.store.config, kerberos=self._kerberos))
        if request.resource not in (names.SHELL, names.CMD_SHELL):
            raise SoapFaultError(faults.BAD_RESOURCE)
        with self.store.use(request.shell_id, client.caller.user) as shell:
            return self._good(request, bodies.shell_element(shell, self.store.clock(), self.host))


def _megabytes(line: str) -> int:
    return _POWERSHELL_MB if "powershell" in line.lower() else _OTHER_MB


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() else default

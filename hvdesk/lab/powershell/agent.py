"""The agent's protocol as hvdesk's PowerShell on a host speaks it: one JSON object a line, nothing executed twice."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from hvdesk.lab.powershell import answers, changing, reading
from hvdesk.lab.powershell.answers import own
from hvdesk.lab.programs import Caller
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.timeline import Attachment
from hvdesk.lab.world.world import World

REMEMBERED = 32
Json = dict[str, Any]


class _BadRequestError(Exception):
    """A line that is no request."""


class SimulatedAgent:
    """One agent process on one host, for one caller. Belongs to one thread; only `attachment` is for others."""

    def __init__(self, world: World, host: str, caller: Caller, attachment: Attachment | None = None) -> None:
        found = world.find_host(host)
        if found is None:
            raise KeyError(host)
        self.attachment = attachment or Attachment()
        self.ended = False
        self._shell = Shell(world, found, caller, self.attachment)
        self._last_id = 0
        self._memory: OrderedDict[int, bytes] = OrderedDict()

    @property
    def host_name(self) -> str:
        """The host it runs on."""
        return self._shell.host.name

    def ready_line(self) -> bytes:
        """What it writes when it has started."""
        host = self._shell.host
        return answers.line(
            {"event": "ready", "protocol": 1, "powershell": host.spec.powershell, "computer": host.name}
        )

    def answer_line(self, line: bytes) -> list[bytes]:
        """The lines that answer one request; blocks as long as the operation does. Raises ProgramKilledError."""
        try:
            request_id, op, args = _parse(line)
        except _BadRequestError:
            return [_failed(None, own("BadRequest", "A line that is no request.", "InvalidData"))]
        if request_id <= self._last_id:
            remembered = self._memory.get(request_id)
            gone = own("Forgotten", "This request was answered long ago.", "InvalidOperation")
            return [remembered or _failed(request_id, gone)]
        self._last_id = request_id
        if op == "again":
            return self._again(request_id, args)
        answer = self._execute(request_id, op, args)
        self._remember(request_id, answer)
        return [answer]

    def _again(self, request_id: int, args: Json) -> list[bytes]:
        try:
            since = answers.argument(args, "from")
            if not isinstance(since, int) or isinstance(since, bool):
                raise own("BadRequest", f"No id to begin from: {since}", "InvalidData")
        except WindowsError as error:
            return [_failed(request_id, error)]
        lines = [line for number, line in self._memory.items() if number >= since]
        return [*lines, answers.line({"id": request_id, "ok": True, "result": {"replayed": len(lines)}})]

    def _remember(self, request_id: int, answer: bytes) -> None:
        self._memory[request_id] = answer
        if len(self._memory) > REMEMBERED:
            self._memory.popitem(last=False)

    def _execute(self, request_id: int, op: str, args: Json) -> bytes:
        try:
            result = self._operation(op)(self._shell, args)
        except WindowsError as error:
            own_error = error.error_id.startswith("HvDesk.")
            cmdlet = args.get("call", {}).get("cmdlet", "") if op == "call" and not own_error else ""
            return _failed(request_id, error, changing.CLASSES.get(cmdlet, ""))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return _failed(
                request_id, own("BadRequest", f"The arguments of {op} make no sense: {error!r}", "InvalidData")
            )
        return answers.line({"id": request_id, "ok": True, "result": result})

    def _operation(self, op: str) -> Callable[[Shell, Json], Json]:
        if op == "bye":
            self.ended = True
            return lambda shell, args: {}
        if op == "call":
            return changing.call
        if op not in reading.OPERATIONS:
            raise own("UnknownOperation", f"Unknown operation: {op}", "InvalidOperation")

        def locked(shell: Shell, args: Json) -> Json:
            with shell.world.locked():
                return reading.read(op, shell, args)

        return locked


def _parse(line: bytes) -> tuple[int, str, Json]:
    try:
        body = json.loads(line.decode("ascii"))
    except ValueError as error:
        raise _BadRequestError from error
    if not isinstance(body, dict):
        raise _BadRequestError
    request_id, op, args = body.get("id"), body.get("op"), body.get("args")
    args = {} if args is None else args
    if not isinstance(request_id, int) or isinstance(request_id, bool) or request_id < 1:
        raise _BadRequestError
    if not isinstance(op, str) or not isinstance(args, dict):
        raise _BadRequestError
    return request_id, op, args


def _failed(request_id: int | None, error: WindowsError, cmdlet_class: str = "") -> bytes:
    return answers.line({"id": request_id, "ok": False, "error": answers.failure(error, cmdlet_class)})

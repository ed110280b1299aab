"""The standard world in this process, with a clock that stands still, and agents on its hosts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from hvdesk.lab.powershell.agent import SimulatedAgent
from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import load
from hvdesk.lab.world.clock import Clock
from hvdesk.lab.world.timeline import Attachment, ProgramKilledError
from hvdesk.lab.world.world import World

SECONDS = 10.0
CREDSSP = Caller(user="LAB\\admin", admin=True, forwarded=True, logon="credssp")
NTLM = Caller(user="LAB\\admin", admin=True, forwarded=False, logon="ntlm")
HALF = Caller(user="LAB\\halfadmin", admin=True, forwarded=True, logon="credssp")
FOLDER = "D:\\VMs\\moved"


class Failed(Exception):
    """The agent answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["id"], error["message"])
        self.error = error
        self.name: str = error["id"].partition(",")[0]
        self.codes: list[str] = error["codes"]


class Background:
    """A request that blocks, on a thread of its own."""

    def __init__(self, work: Callable[[], Any], attachment: Attachment) -> None:
        self.attachment = attachment
        self._outcome: list[tuple[bool, Any]] = []
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._outcome.append((True, work()))
        except (Failed, ProgramKilledError) as error:
            self._outcome.append((False, error))

    @property
    def blocked(self) -> bool:
        return self._thread.is_alive()

    def result(self) -> Any:
        """What it gave; raises what it raised."""
        self._thread.join(SECONDS)
        assert self._outcome, "it still blocks"
        ok, value = self._outcome[0]
        if not ok:
            raise value
        return value


class Agent:
    """An agent and the requests that tests make of it."""

    def __init__(self, world: World, host: str, caller: Caller = CREDSSP) -> None:
        self.world = world
        self.caller = caller
        self.attachment = Attachment()
        self.simulated = SimulatedAgent(world, host, caller, self.attachment)
        self.number = 0

    def raw(self, request: object) -> list[dict[str, Any]]:
        """All answers to one line."""
        lines = self.simulated.answer_line(json.dumps(request).encode("ascii"))
        assert all(line.startswith(b"@hvdesk ") and line.endswith(b"\r\n") for line in lines)
        return [json.loads(line.removeprefix(b"@hvdesk ")) for line in lines]

    def ask(self, op: str, **args: object) -> Any:
        """The result; raises Failed."""
        self.number += 1
        (answer,) = self.raw({"id": self.number, "op": op, "args": args})
        assert answer["id"] == self.number
        if not answer["ok"]:
            raise Failed(answer["error"])
        return answer["result"]

    def call(self, cmdlet: str, *parameters: tuple[str, str, object]) -> Any:
        """The output of a call."""
        return self.ask("call", call={"cmdlet": cmdlet, "parameters": [_parameter(*entry) for entry in parameters]})[
            "output"
        ]

    def transfer(self, cmdlet: str, vm_id: str, destination: str = "hv02.lab.test", folder: str = FOLDER) -> Any:
        """Compare-VM or Move-VM with all storage."""
        extra = [("Passthru", "switch", True), ("Confirm", "switch", False)] if cmdlet == "Move-VM" else []
        return self.call(
            cmdlet,
            ("VM", "vm", vm_id),
            ("DestinationHost", "text", destination),
            ("IncludeStorage", "switch", True),
            ("DestinationStoragePath", "text", folder),
            *extra,
        )

    def start_move(self, vm_id: str, destination: str = "hv02.lab.test", folder: str = FOLDER) -> Background:
        """Move-VM in a session of its own, once its job is there (or the host refused)."""
        mover = Agent(self.world, self.simulated.host_name, self.caller)
        before = len(self.jobs())
        moving = Background(lambda: mover.transfer("Move-VM", vm_id, destination, folder), mover.attachment)
        until(lambda: not moving.blocked or len(self.jobs()) > before)
        return moving

    def jobs(self) -> list[dict[str, Any]]:
        """The host's migration jobs."""
        jobs: list[dict[str, Any]] = self.ask("migration_jobs")["jobs"]
        return jobs

    def cancel(self, instance_id: str, requested: int = 4) -> int:
        """RequestStateChange; its return code."""
        output = self.call(
            "Invoke-CimMethod",
            ("InputObject", "migration_job", instance_id),
            ("MethodName", "text", "RequestStateChange"),
            ("Arguments", "table", [_parameter("RequestedState", "uint16", requested)]),
        )
        return int(output["return_value"])

    def destroy(self, vm_id: str) -> int:
        """DestroySystem of a planned VM; its return code."""
        output = self.call(
            "Invoke-CimMethod",
            ("InputObject", "management_service", ""),
            ("MethodName", "text", "DestroySystem"),
            ("Arguments", "table", [_parameter("AffectedSystem", "planned_vm", vm_id)]),
        )
        return int(output["return_value"])

    def presence(self, vm_id: str) -> dict[str, Any]:
        result: dict[str, Any] = self.ask("presence", vm_id=vm_id)
        return result


def _parameter(name: str, kind: str, value: object) -> dict[str, object]:
    return {"name": name, "kind": kind, "value": value}


def standard_world() -> World:
    """The standard scenario with a held clock and Compare-VM that takes no time."""
    clock = Clock()
    clock.hold()
    return World(load("standard"), clock)


def vm_id(world: World, name: str) -> str:
    """The id of the VM of this name."""
    with world.locked():
        return next(m.id for host in world.hosts.values() for m in host.machines.values() if m.name == name)


def command(world: World, cmd: str, **values: Any) -> dict[str, Any]:
    """A command of the control line that must work."""
    answer = world.command({"cmd": cmd, **values})
    assert answer["ok"], answer
    return answer


def advance(world: World, seconds: float) -> None:
    """Let the held clock jump."""
    command(world, "clock", advance=seconds)


def stop_at(world: World, event: str) -> None:
    """Let time pass until `event`, which must come, and hold there."""
    command(world, "world", do="when", event=event, then={"cmd": "clock", "hold": True})
    before = command(world, "show")["clock"]["now"]
    advance(world, 100000)
    assert command(world, "show")["clock"]["now"] < before + 100000, f"{event} did not come"


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    turn = threading.Event()
    for _ in range(int(SECONDS / 0.005)):
        if condition():
            return
        turn.wait(0.005)
    raise AssertionError("the condition did not become true in time")

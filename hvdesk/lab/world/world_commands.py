"""What a test lets other people do to the world; hvdesk.lab.world.commands lists it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import GIB, HealthSpec, HostSpec, MigrationSpec, VmSpec
from hvdesk.lab.world import admission
from hvdesk.lab.world.cmdlets import start_migration, wish_of
from hvdesk.lab.world.errors import KNOWN
from hvdesk.lab.world.eventlogs import Event
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.faults import MOMENTS, OPERATIONS, Fault
from hvdesk.lab.world.hosts import Host, PlannedVm, as_windows_has_it, new_machine
from hvdesk.lab.world.machines import Machine, made_up_id
from hvdesk.lab.world.storage import key

if TYPE_CHECKING:
    from hvdesk.lab.world.world import World

Answer = dict[str, Any]
Spec = TypeVar("Spec", HealthSpec, HostSpec, MigrationSpec)


class CommandError(Exception):
    """The command does not make sense; the text says why."""


class Request:
    """A command's JSON with checked access; every method raises CommandError."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def has(self, name: str) -> bool:
        """True when the command says something about `name`."""
        return name in self.body

    def _get(self, name: str, kinds: tuple[type, ...], default: Any = None) -> Any:
        value = self.body.get(name, default)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise CommandError(f"{name!r} is missing or of the wrong kind")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A text."""
        return str(self._get(name, (str,), default))

    def number(self, name: str, default: float | None = None) -> float:
        """A number."""
        return float(self._get(name, (int, float), default))

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or false."""
        return bool(self._get(name, (bool,), default))

    def table(self, name: str) -> dict[str, Any]:
        """An object."""
        return dict(self._get(name, (dict,)))

    def host(self, world: World, name: str = "host") -> Host:
        """A host of the world."""
        host = world.find_host(self.text(name))
        if host is None:
            raise CommandError(f"there is no host {self.text(name)!r}")
        return host

    def machine(self, world: World, host: Host | None = None) -> Machine:
        """The VM that "vm" means, on `host` or anywhere."""
        wanted = self.text("vm")
        everywhere = [m for h in ([host] if host else world.hosts.values()) for m in h.machines.values()]
        found = [m for m in everywhere if wanted.lower() == m.id] or [m for m in everywhere if wanted == m.name]
        if len(found) != 1:
            raise CommandError(f"{len(found)} virtual machines are called {wanted!r}")
        return found[0]


def run_world(world: World, request: Request) -> Answer:
    """Carry out {"cmd":"world","do":...}. Needs the world's lock."""
    name = request.text("do")
    handler = _DEEDS.get(name)
    if handler is None:
        raise CommandError(f"nobody can do {name!r}; there are {', '.join(sorted(_DEEDS))}")
    return handler(world, request) or {}


def _delete(world: World, request: Request) -> None:
    host = request.host(world)
    machine = request.machine(world, host)
    world.engine.abort(machine.id, host.name, "The virtual machine was deleted")
    host.machines.pop(machine.id, None)
    host.drop_files(machine, unmanaged=False)


def _add(world: World, request: Request) -> Answer:
    host = request.host(world)
    try:
        spec = msgspec.convert(request.table("vm"), VmSpec)
    except msgspec.ValidationError as error:
        raise CommandError(f"vm: {error}") from error
    machine = new_machine(host, spec, made_up_id("added", world.timeline.now(), len(host.machines)))
    host.add_machine(machine)
    return {"id": machine.id}


def _rename(world: World, request: Request) -> None:
    request.machine(world, request.host(world)).name = request.text("name")


def _state(world: World, request: Request) -> None:
    machine = request.machine(world, request.host(world))
    machine.state = request.text("state", machine.state)
    if request.has("operational"):
        machine.operational = tuple(str(word) for word in request.body["operational"])


def _migrate(world: World, request: Request) -> Answer:
    source, destination = request.host(world), request.host(world, "destination")
    wish = wish_of(world, request.machine(world, source), source, destination, request.text("folder"))
    caller = Caller(
        user=request.text("user", f"{world.scenario.netbios}\\other"), admin=True, forwarded=True, logon="credssp"
    )
    try:
        world.delegation.welcome(caller.user, (source.name, destination.name))
        switches = {**world.switches, "stale_planned_vm_blocks_move": False}
        admission.refuse(wish, caller, world.delegation, world.shares, switches)
        return {"job": start_migration(world, wish, caller.user, None).job.instance_id}
    except WindowsError as error:
        raise CommandError(str(error)) from error


def _cancel(world: World, request: Request) -> None:
    host = request.host(world)
    machine = request.machine(world, host)
    running = [m for m in world.engine.running if m.machine is machine and m.cancellable(world.timeline.now())]
    if not running:
        raise CommandError("no migration of it can be cancelled")
    world.engine.cancel(running[0], int(request.number("requested", 4)))


def _plan(world: World, request: Request) -> None:
    host, machine = request.host(world), request.machine(world)
    host.planned[machine.id] = PlannedVm(machine.id, machine.name, request.flag("in_use", False), owner="foreign")


def _unplan(world: World, request: Request) -> None:
    request.host(world).planned.pop(request.machine(world).id, None)


def _free(world: World, request: Request) -> None:
    host = request.host(world)
    volumes = [volume for volume in host.storage.volumes if key(volume.root) == key(request.text("volume"))]
    if not volumes:
        raise CommandError(f"{host.name} has no volume {request.text('volume')!r}")
    host.storage.set_free(volumes[0], int(request.number("gb") * GIB))


def _settings(world: World, request: Request) -> None:
    host = request.host(world)
    host.migration = _changed(host.migration, request)


def _health(world: World, request: Request) -> None:
    host = request.host(world)
    host.health = _changed(host.health, request)


def _host(world: World, request: Request) -> None:
    host = request.host(world)
    host.spec = _changed(host.spec, request)


def _heal(world: World, request: Request) -> None:
    world.faults.clear()
    world.delegation.restore()
    for host, spec in zip(world.hosts.values(), world.scenario.hosts, strict=True):
        host.spec, host.health = as_windows_has_it(spec), spec.health


def _fail(world: World, request: Request) -> None:
    fault = Fault(
        operation=request.text("operation"),
        host=request.host(world).name,
        error=request.text("error"),
        at=request.text("at", MOMENTS[0]),
        times=int(request.number("times", 1)),
    )
    if fault.error not in KNOWN:
        raise CommandError(f"no error {fault.error!r}; there are {', '.join(sorted(KNOWN))}")
    if fault.operation not in OPERATIONS:
        raise CommandError(f"no operation {fault.operation!r}; there are {', '.join(OPERATIONS)}")
    if fault.at not in MOMENTS:
        raise CommandError(f"no moment {fault.at!r}; there are {', '.join(MOMENTS)}")
    world.faults.add(fault)


def _event(world: World, request: Request) -> None:
    log = f"Microsoft-Windows-Hyper-V-{request.text('log')}-Admin"
    values = tuple(str(value) for value in request.body.get("values", ()))
    event = Event(log, int(request.number("id")), int(request.number("level", 2)), request.text("message"), values)
    world.logs.write(request.host(world).name, world.timeline.date(), event)


def _changed(spec: Spec, request: Request) -> Spec:
    changes = {name: value for name, value in request.body.items() if name not in ("cmd", "do", "host")}
    try:
        return msgspec.convert({**msgspec.to_builtins(spec), **changes}, type(spec))
    except msgspec.ValidationError as error:
        raise CommandError(str(error)) from error


def _delegate(world: World, request: Request) -> None:
    pair = (request.host(world, "source").name, request.host(world, "destination").name)
    directory = world.delegation
    flags = {"listed": (directory.listed, True), "kerberos_only": (directory.kerberos_only, False)}
    for name, (pairs, usual) in {**flags, "stale": (directory.stale, False)}.items():
        (pairs.add if request.flag(name, usual) else pairs.discard)(pair)


def _vswitch(world: World, request: Request) -> None:
    host, name = request.host(world), request.text("name")
    host.switches = [entry for entry in host.switches if entry[0] != name]
    if request.flag("present", True):
        host.switches.append((name, "External"))


def _file(world: World, request: Request) -> None:
    storage, path = request.host(world).storage, request.text("path")
    if request.flag("present", True):
        storage.put(path, int(request.number("gb") * GIB))
    else:
        storage.remove(path)


def _folder(world: World, request: Request) -> None:
    request.host(world).storage.make_folder(request.text("path"))


def _when(world: World, request: Request) -> None:
    host = request.host(world).name if request.has("host") else None
    world.triggers.add(request.text("event"), host, request.table("then"))


_DEEDS: dict[str, Callable[[World, Request], Answer | None]] = {
    "add": _add,
    "cancel": _cancel,
    "delegate": _delegate,
    "delete": _delete,
    "event": _event,
    "fail": _fail,
    "file": _file,
    "folder": _folder,
    "free": _free,
    "heal": _heal,
    "health": _health,
    "host": _host,
    "migrate": _migrate,
    "plan": _plan,
    "rename": _rename,
    "settings": _settings,
    "state": _state,
    "unplan": _unplan,
    "vswitch": _vswitch,
    "when": _when,
}

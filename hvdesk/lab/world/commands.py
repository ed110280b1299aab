"""Commands of the lab's control line that change the world.

{"cmd":"show"}                                           everything, and every changing cmdlet that was executed
{"cmd":"switch","name":"move_dies_with_shell","value":true}   a fact about Windows (world.SWITCHES)
{"cmd":"clock","hold":true|false} {...,"advance":SECONDS} {...,"speed":X}      may be combined
{"cmd":"world","do":...}                                 what other people do; VM is an id, or a name only one VM has
  "delete"     host, vm                    its files too; a migration of it fails
  "add"        host, vm: {a [[hosts.vms]] table of a scenario}          answers "id"
  "rename"     host, vm, name
  "state"      host, vm, state and/or operational: [..]
  "migrate"    host, vm, destination, folder, user="LAB\\\\other"       a real migration, by nobody's program
  "cancel"     host, vm, requested=4
  "plan"       host, vm, in_use=false      a planned VM on `host` that we did not make; "unplan" host, vm
  "free"       host, volume, gb            so much is free from now on
  "settings"   host and any of enabled, max_vm_migrations, max_storage_migrations, any_network, authentication
  "delegate"   source, destination, listed=true, kerberos_only=false, stale=false
  "health"     host and any of closed_ports, listener, security_product, user_rights, spn, upper_case_name,
               migration_service, language_mode
  "host"       host and anything else of a [[hosts]] table: cpu_features, memory_gb, credential_guard, guardians, ...
  "heal"       every host but its "settings", and the directory, are as in the scenario; nothing "fail"s any more
  "fail"       operation, host, error, at="start", times=1: the next Move-VM, Compare-VM or reading operation of the
               agent on `host` fails with this error (errors.KNOWN); a Move-VM also at "storage" or "vm-state"
  "event"      host, log (VMMS, Worker or High-Availability), id, message, level=2, values=[]: somebody's event
  "vswitch"    host, name, present=true
  "file"       host, path, gb, present=true    ("folder" host, path)
  "when"       event, then: {a command}, host=any        once, at exactly that moment of the world's clock
events: compare-ended, move-ended, phase:connection, phase:storage-1, phase:storage-2, phase:memory,
        phase:switch-over, phase:clean-up; `host` is the source. A hold at a "when" stops the clock at that moment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hvdesk.lab.world.show import show
from hvdesk.lab.world.world_commands import CommandError, Request, run_world

if TYPE_CHECKING:
    from hvdesk.lab.world.world import World

Answer = dict[str, Any]


def run(world: World, request: dict[str, Any]) -> Answer:
    """Carry out one command. Needs the world's lock; raises CommandError."""
    name = request.get("cmd")
    handler = _COMMANDS.get(str(name))
    if handler is None:
        raise CommandError(f"there is no command {name!r}")
    return handler(world, Request(request))


def _switch(world: World, request: Request) -> Answer:
    name = request.text("name")
    if name not in world.switches:
        raise CommandError(f"there is no switch {name!r}; there are {', '.join(sorted(world.switches))}")
    world.switches[name] = request.flag("value", True)
    return {}


def _clock(world: World, request: Request) -> Answer:
    clock = world.clock
    try:
        if request.has("hold"):
            clock.hold(world.timeline.now()) if request.flag("hold", True) else clock.release()
        if request.has("speed"):
            clock.set_speed(request.number("speed"))
        if request.has("advance"):
            clock.advance(request.number("advance"))
    except ValueError as error:
        raise CommandError(str(error)) from error
    world.timeline.settle()
    return {"now": clock.now(), "held": clock.held}


_COMMANDS: dict[str, Callable[[World, Request], Answer]] = {
    "show": lambda world, request: show(world),
    "switch": _switch,
    "clock": _clock,
    "world": run_world,
}

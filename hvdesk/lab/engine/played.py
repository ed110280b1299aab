"""What the world answers to the cmdlets that proxies stand for, and which of their parameters it plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from hvdesk.lab.engine import cim, files, moves, objects, settings, winevents
from hvdesk.lab.engine.values import Json, date, enum, thing, version
from hvdesk.lab.powershell import reading
from hvdesk.lab.powershell.answers import not_played
from hvdesk.lab.powershell.changing import PLAYED
from hvdesk.lab.powershell.signatures import Cmdlet, cmdlets
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.machines import Machine

Answers = Iterator[Any]
"""Values for the engine; a WindowsError among them is an error after which the cmdlet goes on."""
Handler = Callable[[Shell, Json], Answers]


@dataclass(frozen=True, slots=True)
class Played:
    """A cmdlet's answers. `waits`: it takes the world's lock itself, since it lasts."""

    run: Handler
    parameters: frozenset[str]
    waits: bool = False


def answer(shell: Shell, question: Json) -> Answers:
    """Carry a cmdlet out. Raises WindowsError for what ends it and ProgramKilledError. Blocks as long as it lasts.

    `question` names the cmdlet, its arguments, and the operation of the agent that runs it, which a test may have
    ordered to fail: then the first cmdlet of that operation does.
    """
    cmdlet, bound, operation = question["cmdlet"], question["bound"], question["operation"]
    if operation in reading.OPERATIONS:
        with shell.world.locked():
            reading.fail_as_ordered(operation, shell)
    played = CMDLETS[cmdlet]
    bound = _shaped(cmdlets(shell.host.windows)[cmdlet], bound)
    if "Vhds" in bound:
        moves.check_vhds(shell, bound["Vhds"])
    for name in sorted(bound):
        if name not in played.parameters:
            raise not_played(f"{cmdlet} -{name}")
    if played.waits:
        yield from played.run(shell, bound)
        return
    with shell.world.locked():
        yield from list(played.run(shell, bound))


def _shaped(cmdlet: Cmdlet, bound: Json) -> Json:
    """A single value given to a parameter that takes several is one of several."""
    several = {entry.name for entries in cmdlet.sets.values() for entry in entries if entry.type.endswith("[]")}
    return {name: [v] if name in several and not isinstance(v, list) else v for name, v in bound.items()}


def _get_vm(shell: Shell, bound: Json) -> Answers:
    host, world = shell.host, shell.world
    there = host.machines
    planned = {vm_id: entry for vm_id, entry in host.planned.items() if vm_id not in there}
    names = {vm_id: machine.name for vm_id, machine in there.items()}
    names |= {vm_id: entry.name for vm_id, entry in planned.items()}
    for vm_id in _wanted(names, bound):
        if isinstance(vm_id, WindowsError):
            yield vm_id
        elif vm_id in there:
            yield objects.virtual_machine(world, host, there[vm_id])
        else:
            yield objects.planned_vm(world, host, planned[vm_id])


def _wanted(names: dict[str, str], bound: Json) -> Iterator[str | WindowsError]:
    """The ids that -Id or -Name mean, or all; a name is a pattern, and machines may share one."""
    if "Id" in bound:
        vm_id = bound["Id"].lower()
        yield vm_id if vm_id in names else _no_machine(f'id "{vm_id}"')
        return
    for pattern in bound.get("Name", ["*"]):
        found = [vm_id for vm_id, name in names.items() if fnmatchcase(name.casefold(), pattern.casefold())]
        yield from found
        if not found and not set("*?[").intersection(pattern):
            yield _no_machine(f'name "{pattern}"')


def _no_machine(which: str) -> WindowsError:
    return WindowsError(
        "InvalidParameter",
        (f"Hyper-V was unable to find a virtual machine with {which}.",),
        category="InvalidArgument",
    )


def of_machines(part: Callable[[Host, Machine], Answers]) -> Handler:
    """The handler of a cmdlet that takes -VM and gives a part of each machine."""

    def run(shell: Shell, bound: Json) -> Answers:
        for machine in moves.machines(shell.host, bound["VM"]):
            yield from part(shell.host, machine)

    return run


def _hard_disks(host: Host, machine: Machine) -> Answers:
    return (objects.hard_disk(host, machine, disk) for disk in machine.disks)


def _dvds(host: Host, machine: Machine) -> Answers:
    for at, path in enumerate(machine.dvds, len(machine.disks)):
        yield objects.dvd(host, machine, f"SCSI 0:{at}", path)


def _processors(host: Host, machine: Machine) -> Answers:
    compatible = machine.spec.cpu_compatibility
    count = machine.spec.processors
    yield thing(host.windows, "VMProcessor", Count=count, CompatibilityForMigrationEnabled=compatible)


def _security(host: Host, machine: Machine) -> Answers:
    tpm, shielded = bool(machine.spec.tpm), bool(machine.spec.shielded)
    yield thing(host.windows, "VMSecurity", TpmEnabled=tpm, Shielded=shielded)


def _adapters(shell: Shell, bound: Json) -> Answers:
    host = shell.host
    for machine in moves.machines(host, bound.get("VM", [])):
        yield from (objects.adapter(host, machine, entry) for entry in machine.adapters)
    wanted = bound.get("VMSnapshot", {}).get("id")
    for machine in host.machines.values():
        for point in (point for point in machine.checkpoints if point.id == wanted):
            yield from objects.checkpoint_adapters(host, machine, point)


def _checkpoints(shell: Shell, bound: Json) -> Answers:
    for machine in moves.machines(shell.host, bound["VM"]):
        yield from (objects.checkpoint(shell.world, shell.host, machine, point) for point in machine.checkpoints)


def _virtual_disks(shell: Shell, bound: Json) -> Answers:
    for path in bound["Path"]:
        text = (
            f"Failed to get the disk properties of '{path}': The system cannot find the path specified. (0x80070003)."
        )
        missing = WindowsError("ObjectNotFound", (text,), category="ObjectNotFound")
        closed = shell.world.shares.shuts_out_session(shell.caller, path)
        yield missing if closed else objects.virtual_disk(shell.host, path) or missing


def _switches(shell: Shell, _bound: Json) -> Answers:
    for name, kind in shell.host.switches:
        yield thing(shell.host.windows, "VMSwitch", Name=name, SwitchType=enum("VMSwitchType", kind))


def _networks(shell: Shell, _bound: Json) -> Answers:
    return (thing(shell.host.windows, "VMMigrationNetwork", Subnet=net) for net in shell.host.migration.networks)


def _versions(shell: Shell, _bound: Json) -> Answers:
    known = shell.host.spec.vm_versions
    for text in known:
        is_default = text == known[-1]
        fields = {"Name": f"Configuration {text}", "Version": version(text), "IsDefault": is_default}
        yield thing(shell.host.windows, "VMHostSupportedVersion", **fields)


def _vm_host(shell: Shell, _bound: Json) -> Answers:
    yield objects.vm_host(shell.host)


def _now(shell: Shell, _bound: Json) -> Answers:
    yield date(shell.world.timeline.date())


_PATHS = frozenset({"LiteralPath", "Path", "Force"})
_VM = frozenset({"VM"})
CMDLETS = {
    "Compare-VM": Played(moves.compare, PLAYED["Compare-VM"], waits=True),
    "Get-ChildItem": Played(files.get_child_item, _PATHS | {"Directory"}),
    "Get-CimInstance": Played(cim.get_instance, frozenset({"ClassName", "Namespace"})),
    "Get-Date": Played(_now, frozenset()),
    "Get-Item": Played(files.get_item, _PATHS),
    "Get-VHD": Played(_virtual_disks, frozenset({"Path"})),
    "Get-VM": Played(_get_vm, frozenset({"Id", "Name"})),
    "Get-VMDvdDrive": Played(of_machines(_dvds), _VM),
    "Get-VMHardDiskDrive": Played(of_machines(_hard_disks), _VM),
    "Get-VMHost": Played(_vm_host, frozenset()),
    "Get-VMHostSupportedVersion": Played(_versions, frozenset()),
    "Get-VMMigrationNetwork": Played(_networks, frozenset()),
    "Get-VMNetworkAdapter": Played(_adapters, _VM | {"VMSnapshot"}),
    "Get-VMProcessor": Played(of_machines(_processors), _VM),
    "Get-VMSecurity": Played(of_machines(_security), _VM),
    "Get-VMSnapshot": Played(_checkpoints, _VM),
    "Get-VMSwitch": Played(_switches, frozenset()),
    "Get-WinEvent": Played(winevents.get_win_event, frozenset({"FilterHashtable", "MaxEvents"})),
    "Invoke-CimMethod": Played(cim.invoke_method, PLAYED["Invoke-CimMethod"]),
    "Move-VM": Played(moves.move, PLAYED["Move-VM"], waits=True),
    "New-Item": Played(files.new_item, PLAYED["New-Item"]),
    "Set-VMHost": Played(settings.set_vm_host, settings.SETTINGS),
}

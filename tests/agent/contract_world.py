"""The small world of the contract suite, in which HV01 runs the Windows Server that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import HostSpec, load
from hvdesk.lab.world.clock import Clock
from hvdesk.lab.world.world import World

HOST = "HV01"
CALLER = Caller(user="LAB\\admin", admin=True, forwarded=True, logon="credssp")
JOB = "A1B2C3D4-0000-4000-8000-00000000000A"
WEB, HOSTILE, OLD_SWITCH, GIANT, RAW = (
    "11111111-aaaa-4000-8000-000000000001",
    "22222222-bbbb-4000-8000-000000000002",
    "33333333-cccc-4000-8000-000000000003",
    "44444444-dddd-4000-8000-000000000004",
    "55555555-eeee-4000-8000-000000000005",
)
ON_SHARES = "88888888-bbbb-4000-8000-000000000008"
NOBODY = "99999999-0000-4000-8000-000000000009"
LEFT_OVER, ARRIVING = "66666666-ffff-4000-8000-000000000006", "77777777-aaaa-4000-8000-000000000007"
BEGAN = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
"""A fixed moment, so that two worlds of the same scenario agree on when machines were made."""


@dataclass(frozen=True)
class System:
    """What the suite's world tells of a Windows Server. `versions`: of VMs that it runs, oldest first."""

    name: str
    version: str
    powershell: str
    versions: tuple[str, ...]

    @property
    def new(self) -> bool:
        """2016 and later: Get-VMHostSupportedVersion, Get-VMSecurity and Device Guard are there."""
        return self.powershell.startswith("5")


SYSTEMS = {
    "2012": System("2012", "6.2.9200", "3.0", ("",)),
    "2012r2": System("2012 R2", "6.3.9600", "4.0", ("5.0",)),
    "2016": System("2016", "10.0.14393", "5.1.14393.0", ("5.0", "8.0")),
    "2019": System("2019", "10.0.17763", "5.1.17763.1", ("5.0", "8.0", "9.0")),
    "2022": System("2022", "10.0.20348", "5.1.20348.1", ("8.0", "9.0", "10.0")),
    "2025": System("2025", "10.0.26100", "5.1.26100.1", ("8.0", "9.0", "10.0", "12.0")),
}


def build_world(windows: str, *, hyperv: bool = True) -> World:
    """A world of its own with its clock held, in which somebody else moves the giant away from HV01."""
    scenario = load(str(Path(__file__).with_name("contract.toml")))
    hosts = [_played(host, windows) if host.name == HOST else _willing(host) for host in scenario.hosts]
    hosts = [replace(host, hyperv=hyperv or host.name != HOST) for host in hosts]
    world = World(replace(scenario, hosts=hosts), Clock(scenario.engine.speed, BEGAN))
    world.hosts[HOST].storage.remove("E:\\Lost\\gone.vhd")
    world.command({"cmd": "clock", "hold": True})
    migrate = {"do": "migrate", "host": HOST, "vm": GIANT, "destination": "HV02", "folder": "D:\\VMs\\giant"}
    world.command({"cmd": "world", **migrate})
    for vm, in_use in ((LEFT_OVER, False), (ARRIVING, True), (WEB, False)):
        world.command({"cmd": "world", "do": "plan", "host": HOST, "vm": vm, "in_use": in_use})
    with world.locked():
        world.jobs[0].instance_id = JOB
    world.command({"cmd": "clock", "advance": 2.0})
    return world


def _played(host: HostSpec, windows: str) -> HostSpec:
    system = SYSTEMS[windows]
    lacking = {} if system.new else {"tpm": None, "shielded": None}
    generation = 1 if windows == "2012" else 2
    performance = None if windows == "2012" else host.migration.performance
    vms = [replace(vm, version=system.versions[-1], generation=generation, **lacking) for vm in host.vms]
    if windows == "2012":  # which knows no disk that several machines use
        vms = [replace(vm, disks=[replace(disk, shared=False) for disk in vm.disks]) for vm in vms]
    return replace(
        host,
        os_caption=f"Microsoft Windows Server {system.name} Datacenter",
        os_version=system.version,
        powershell=system.powershell,
        vm_versions=list(system.versions) if system.new else [],
        credential_guard=False if system.new else None,
        migration=replace(host.migration, performance=performance),
        vms=vms,
    )


def _willing(host: HostSpec) -> HostSpec:
    """A destination for all of them: configuration versions are not this suite's matter."""
    every = dict.fromkeys(version for system in SYSTEMS.values() for version in system.versions)
    return replace(host, vm_versions=list(every))

"""A simulated host: its settings, storage and virtual machines, realised and planned."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from hvdesk.lab.scenario import GIB, HealthSpec, HostSpec, MigrationSpec, VmSpec
from hvdesk.lab.windows import since, windows_of
from hvdesk.lab.world.machines import Machine, build, made_up_id
from hvdesk.lab.world.storage import ILLEGAL, Storage, clean, join

_NOT_IN_NAMES = str.maketrans(dict.fromkeys([*ILLEGAL, ":", "/", "\\"], "_"))


@dataclass
class PlannedVm:
    """An Msvm_PlannedComputerSystem; in use (32774) while a check or a migration works on it."""

    vm_id: str
    name: str
    in_use: bool
    owner: str  # check, move or foreign


@dataclass
class Host:
    """Guarded by the world's lock."""

    spec: HostSpec
    domain: str | None
    migration: MigrationSpec
    health: HealthSpec = field(default_factory=HealthSpec)
    storage: Storage = field(default_factory=Storage)
    switches: list[tuple[str, str]] = field(default_factory=list)
    machines: dict[str, Machine] = field(default_factory=dict)
    planned: dict[str, PlannedVm] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """NETBIOS name in upper case, as %COMPUTERNAME% has it."""
        return self.spec.name

    @property
    def fqdn(self) -> str:
        """Lower-case name with the domain; just the name in a workgroup."""
        return f"{self.name}.{self.domain}".lower() if self.domain else self.name

    @property
    def windows(self) -> str:
        """The Windows Server it runs, such as "2012r2"."""
        return windows_of(self.spec.os_version)

    def goes_by(self, name: str) -> bool:
        """True for the short name and the FQDN, whatever the case."""
        return name.casefold() in (self.name.casefold(), self.fqdn.casefold())

    def free_memory(self) -> int:
        """Bytes of RAM that neither the host nor a running VM takes."""
        used = sum(machine.memory for machine in self.machines.values() if machine.alive)
        return max(0, int(self.spec.memory_gb * GIB) - 4 * GIB - used)

    def add_machine(self, machine: Machine) -> None:
        """Register a machine and put its files on the volumes; a file on a drive that is not there is missing."""
        self.machines[machine.id] = machine
        files = [(file.path, file.length) for disk in machine.disks for file in disk.chain]
        for path, length in [*machine.system_files(), *files]:
            if self.storage.volume_of(path) is not None:
                self.storage.put(path, length)

    def drop_files(self, machine: Machine, *, unmanaged: bool) -> None:
        """Delete a machine's files; `unmanaged` parents of differencing disks only when asked for."""
        for path, _ in machine.system_files():
            self.storage.remove(path)
        for disk in machine.disks:
            for file in disk.chain:
                if unmanaged or not file.unmanaged:
                    self.storage.remove(file.path)


def as_windows_has_it(spec: HostSpec) -> HostSpec:
    """The host without what its Windows does not have yet: TPMs and Credential Guard came with Server 2016, options of
    performance with Server 2012 R2."""
    windows = windows_of(spec.os_version)
    if since(windows, "2016"):
        return spec
    performance = spec.migration.performance if since(windows, "2012r2") else None
    return msgspec.structs.replace(
        spec,
        credential_guard=None,
        migration=msgspec.structs.replace(spec.migration, performance=performance),
        vms=[msgspec.structs.replace(vm, tpm=None, shielded=None) for vm in spec.vms],
    )


def build_host(spec: HostSpec, domain: str, scenario: str, network: Storage, cluster: Storage | None) -> Host:
    """A host of the scenario with everything on it; `cluster` holds the shared volumes of the cluster it is in."""
    spec = as_windows_has_it(spec)
    host = Host(spec=spec, domain=None if spec.workgroup else domain, migration=spec.migration, health=spec.health)
    host.switches = [(switch.name, switch.kind) for switch in spec.switches]
    for volume in spec.volumes:
        host.storage.add_volume(volume)
    host.storage.network = network
    if cluster is not None:
        host.storage.mount(cluster)
    host.storage.make_folder(spec.vm_path)
    host.storage.make_folder(spec.vhd_path)
    for number, vm in enumerate(spec.vms):
        host.add_machine(new_machine(host, vm, made_up_id(scenario, spec.name, number)))
    return host


def new_machine(host: Host, spec: VmSpec, vm_id: str) -> Machine:
    """A machine with its files in a folder of its own below the host's default one unless the spec names another."""
    folder = clean(spec.folder) if spec.folder else join(host.spec.vm_path, spec.name.translate(_NOT_IN_NAMES))
    return build(spec, (spec.id or vm_id).lower(), folder)

"""Scenarios: what a lab consists of when it starts, read from a TOML file and checked key by key.

Sizes are given in GB of 2**30 bytes and durations in seconds of the world's clock. An unknown key is an error, so that
a misspelt one is not silently a default. Paths of a VM's files are below the VM's own folder unless they name a
drive or a share.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from hvdesk.lab.resources import resource
from hvdesk.lab.windows import UnknownWindowsError, windows_of

GIB = 2**30


class ScenarioError(Exception):
    """The file is not a scenario; the text says where and why."""


class _Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all tables of a scenario."""


class EngineSpec(_Spec, frozen=True, kw_only=True):
    """How long a migration takes: fixed seconds of its phases and rates in GB per second."""

    speed: float = 1.0
    connection_seconds: float = 1.5
    storage_gb_per_second: float = 2.5
    memory_gb_per_second: float = 4.0
    switch_over_seconds: float = 0.5
    clean_up_seconds: float = 1.5
    compare_seconds: float = 0.5
    cancel_seconds: float = 0.5


class AccountSpec(_Spec, frozen=True, kw_only=True):
    """Somebody of the domain who can log on. `kind` is what tests and demos ask for; no password: one is made up.

    `sensitive`: the account is marked as one that cannot be delegated.
    """

    user: str
    kind: str
    admin_on: list[str] = []
    password: str | None = None
    sensitive: bool = False


class DelegationSpec(_Spec, frozen=True, kw_only=True):
    """An entry of the directory: `source`'s computer account may delegate to `destination`'s two services.

    The services are cifs and Microsoft Virtual System Migration Service, with any authentication protocol.
    """

    source: str
    destination: str


class VolumeSpec(_Spec, frozen=True, kw_only=True):
    """A drive; `other_gb` is what files outside the world take of it."""

    root: str
    size_gb: float
    label: str = ""
    other_gb: float = 0.0
    folders: list[str] = []
    files: dict[str, float] = {}


class ShareSpec(_Spec, frozen=True, kw_only=True):
    """An SMB 3 share. `computers`: hosts whose computer accounts may use it; `users`: accounts, "*" for everybody."""

    name: str
    size_gb: float
    other_gb: float = 0.0
    folders: list[str] = []
    files: dict[str, float] = {}
    computers: list[str] = []
    users: tuple[str, ...] = ("*",)


class FileServerSpec(_Spec, frozen=True, kw_only=True):
    """A server that has shares, and neither Hyper-V nor a WinRM listener."""

    name: str
    shares: list[ShareSpec]


class ClusterSpec(_Spec, frozen=True, kw_only=True):
    """A failover cluster with its shared volumes; its nodes are the hosts that name it."""

    name: str
    volumes: list[VolumeSpec]


class SwitchSpec(_Spec, frozen=True, kw_only=True):
    """A virtual switch."""

    name: str
    kind: str = "External"


class MigrationSpec(_Spec, frozen=True, kw_only=True):
    """Live-migration settings of a host, named as Get-VMHost names them."""

    enabled: bool = True
    max_vm_migrations: int = 2
    max_storage_migrations: int = 2
    any_network: bool = True
    authentication: str = "CredSSP"
    performance: str | None = "Compression"
    networks: list[str] = []


class HealthSpec(_Spec, frozen=True, kw_only=True):
    """What may be wrong with a host that its settings do not show.

    `closed_ports`: of 135, 445, 5985 and 6600, those that its firewall drops. `listener`: the service listens for
    migrations, unless broken group policy made it stop. `security_product`: one that forbids the service's sockets.
    `user_rights`: what group policy left of the virtual machines' rights: granted, logon-type or account-restriction.
    `spn`: its service principal name is registered. `upper_case_name`: so the registry has its computer name.
    `migration_service`: its object tells how many migrations are active, tells none, or cannot be read.
    `language_mode`: of PowerShell there; policies such as WDAC's make it constrained.
    """

    closed_ports: list[int] = []
    listener: bool = True
    security_product: bool = False
    user_rights: Literal["granted", "logon-type", "account-restriction"] = "granted"
    spn: bool = True
    upper_case_name: bool = True
    migration_service: Literal["tells", "silent", "unreadable"] = "tells"
    language_mode: Literal["FullLanguage", "ConstrainedLanguage"] = "FullLanguage"


class FileSpec(_Spec, frozen=True, kw_only=True):
    """A virtual hard disk file. `unmanaged`: the parent of a differencing disk, which a move leaves behind."""

    file: str
    gb: float
    unmanaged: bool = False


class DiskSpec(_Spec, frozen=True, kw_only=True):
    """A hard disk: the files of its chain, leaf first; a physical one has none."""

    size_gb: float
    chain: list[FileSpec] = []
    controller: str | None = None
    physical: str | None = None
    format: str = "VHDX"
    fixed: bool = False
    shared: bool = False


class AdapterSpec(_Spec, frozen=True, kw_only=True):
    """A virtual network adapter; no switch: not connected."""

    switch: str | None = None
    name: str = "Network Adapter"
    mac: str | None = None
    sr_iov: bool = False


class CheckpointSpec(_Spec, frozen=True, kw_only=True):
    """A checkpoint; `parent` is the name of another of the same VM."""

    name: str
    parent: str | None = None
    gb: float = 0.01
    switches: list[str] = []


class VmSpec(_Spec, frozen=True, kw_only=True):
    """A virtual machine. `operational` is what Get-VM shows when nothing of ours happens to it.

    `guardian`: whose certificates protect the key of its TPM.
    """

    name: str
    id: str | None = None
    folder: str | None = None
    state: str = "Running"
    operational: tuple[str, ...] = ("Ok",)
    generation: int = 2
    memory_gb: float = 2.0
    processors: int = 2
    version: str = "10.0"
    uptime_seconds: int = 86400
    notes: str = ""
    disks: list[DiskSpec] = []
    adapters: list[AdapterSpec] = []
    dvds: list[str] = []
    checkpoints: list[CheckpointSpec] = []
    clustered: bool = False
    cpu_compatibility: bool = False
    tpm: bool | None = False
    shielded: bool | None = False
    replication_state: str = "Disabled"
    replication_mode: str = "None"
    guardian: str = ""
    gpu_partition: bool = False


class HostSpec(_Spec, frozen=True, kw_only=True):
    """A simulated Windows host. `certificate`: ok, wrong-name, expired or foreign. `hyperv`: it has the role."""

    name: str
    os_caption: str
    os_version: str
    powershell: str
    vm_versions: list[str]
    volumes: list[VolumeSpec]
    switches: list[SwitchSpec]
    migration: MigrationSpec = MigrationSpec()
    vm_path: str = "C:\\ProgramData\\Microsoft\\Windows\\Hyper-V"
    vhd_path: str = "C:\\Users\\Public\\Documents\\Hyper-V\\Virtual Hard Disks"
    cpu_manufacturer: str = "GenuineIntel"
    cpu_name: str = "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"
    logical_processors: int = 64
    memory_gb: float = 256.0
    cpu_features: tuple[str, ...] = ("sse4.2", "avx2", "avx512")
    workgroup: bool = False
    hyperv: bool = True
    cluster: str | None = None
    silent_versions: list[str] = []
    guardians: list[str] = []
    damaged_guardians: list[str] = []
    health: HealthSpec = HealthSpec()
    credential_guard: bool | None = False
    certificate: str = "ok"
    vms: list[VmSpec] = []


class Scenario(_Spec, frozen=True, kw_only=True):
    """Everything a lab starts with."""

    name: str
    domain: str
    netbios: str
    accounts: list[AccountSpec]
    hosts: list[HostSpec]
    default_account: str
    delegation: list[DelegationSpec] = []
    clusters: list[ClusterSpec] = []
    file_servers: list[FileServerSpec] = []
    engine: EngineSpec = EngineSpec()
    switches: dict[str, bool] = {}


def load(name_or_path: str) -> Scenario:
    """Read a scenario: the path of a TOML file, or the name of one that comes with the program.

    Raises ScenarioError.
    """
    try:
        path = Path(name_or_path) if name_or_path.endswith(".toml") else resource(f"lab/{name_or_path}.toml")
        scenario = msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except FileNotFoundError as error:
        raise ScenarioError(f"There is no scenario {name_or_path!r}: {error}") from error
    except msgspec.MsgspecError as error:
        raise ScenarioError(f"{name_or_path}: {error}") from error
    for problem in _contradictions(scenario):
        raise ScenarioError(f"{name_or_path}: {problem}")
    return scenario


def _contradictions(scenario: Scenario) -> Iterator[str]:
    for host in scenario.hosts:
        try:
            windows_of(host.os_version)
        except UnknownWindowsError as error:
            yield f"{host.name}: {error}"
    hosts = [host.name for host in scenario.hosts]
    named = {name for entry in scenario.delegation for name in (entry.source, entry.destination)}
    named |= {name for account in scenario.accounts for name in account.admin_on if name != "*"}
    shares = [share for server in scenario.file_servers for share in server.shares]
    named |= {name for share in shares for name in share.computers}
    for name in sorted(named - set(hosts)):
        yield f"there is no host {name}"
    for name in {name for name in hosts if hosts.count(name) > 1}:
        yield f"two hosts are called {name}"
    clusters = {cluster.name for cluster in scenario.clusters}
    for name in sorted({host.cluster for host in scenario.hosts if host.cluster} - clusters):
        yield f"there is no cluster {name}"
    if scenario.default_account not in [account.user for account in scenario.accounts]:
        yield f"there is no account {scenario.default_account}"

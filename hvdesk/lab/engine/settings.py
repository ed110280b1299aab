"""Set-VMHost on a simulated host: the settings of live and storage migrations. Needs the world's lock."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from hvdesk.lab.engine.values import Json
from hvdesk.lab.world.cmdlets import Shell

_FIELDS = {
    "MaximumStorageMigrations": "max_storage_migrations",
    "MaximumVirtualMachineMigrations": "max_vm_migrations",
    "UseAnyNetworkForMigration": "any_network",
    "VirtualMachineMigrationAuthenticationType": "authentication",
    "VirtualMachineMigrationPerformanceOption": "performance",
}
SETTINGS = frozenset(_FIELDS)
"""The parameters that are played."""


def set_vm_host(shell: Shell, bound: Json) -> Iterator[Json]:
    """Change them; which values there are is the parameter types' matter, as on Windows."""
    changes = {_FIELDS[name]: value for name, value in bound.items()}
    shell.host.migration = replace(shell.host.migration, **changes)
    yield from ()

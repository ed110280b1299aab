"""A change to a host as data: cmdlet, parameter names and values. It is splatted by the agent and rendered for reading;
rendered text is never executed by us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "switch", "uint16", "vm", "migration_job", "planned_vm", "management_service", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. `kind` says what the agent makes of `value`.

    text, switch, uint16: the value itself. vm: Get-VM of this id. migration_job: the Msvm_MigrationJob of this
    InstanceID. planned_vm: the Msvm_PlannedComputerSystem of this id, refused while in use or when a realised VM of
    the id is on the host. management_service: Msvm_VirtualSystemManagementService (value ""). table: a hashtable made
    of the parameters in `value`.
    """

    name: str
    kind: Kind
    value: str | bool | int | tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One cmdlet with its parameters, as `agent.ps1` runs it."""

    cmdlet: str
    parameters: tuple[Parameter, ...]

"""Windows' objects on their way to an engine: values that JSON has no word for are tables with the key "#"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from hvdesk.lab.windows import since
from hvdesk.lab.world.failure import VIRTUALIZATION, WindowsError

Json = dict[str, Any]
Value = Any
"""What json.dumps takes."""

EXCEPTIONS: Final = VIRTUALIZATION
"""Exceptions that an engine has to be given; all others that occur are .NET's."""
CIM_INSTANCE: Final = "Microsoft.Management.Infrastructure.CimInstance"


def _names(words: str, **newer: str) -> dict[str, str]:
    return {**dict.fromkeys(words.split(), "2012"), **newer}


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the Hyper-V module; `fields`: its properties that the world knows, and the first Windows with each."""

    fields: dict[str, str]
    base: str | None = None


CLASSES: Final = {
    "VirtualMachineBase": Class({}),
    "VirtualMachine": Class(
        _names(
            "Id Name VMId VMName ComputerName State CPUUsage MemoryAssigned MemoryStartup Uptime Status ProcessorCount "
            "PrimaryOperationalStatus SecondaryOperationalStatus IsClustered CreationTime Notes ConfigurationLocation "
            "SnapshotFileLocation SmartPagingFilePath SizeOfSystemFiles ReplicationState ReplicationMode",
            Generation="2012r2",
            Version="2012r2",
            VirtualMachineType="2012r2",
        ),
        base="VirtualMachineBase",
    ),
    "VMSnapshot": Class(
        _names("Id Name VMId VMName ComputerName CreationTime ParentSnapshotId"), base="VirtualMachineBase"
    ),
    "VMHost": Class(
        _names(
            "Name ComputerName LogicalProcessorCount MemoryCapacity VirtualMachinePath VirtualHardDiskPath "
            "VirtualMachineMigrationEnabled MaximumVirtualMachineMigrations MaximumStorageMigrations "
            "UseAnyNetworkForMigration VirtualMachineMigrationAuthenticationType",
            VirtualMachineMigrationPerformanceOption="2012r2",
        )
    ),
    "HardDiskDrive": Class(
        _names(
            "VMId VMName Path ControllerType ControllerNumber ControllerLocation DiskNumber",
            SupportPersistentReservations="2012r2",
        )
    ),
    "DvdDrive": Class(_names("VMId VMName Path ControllerType ControllerNumber ControllerLocation DvdMediaType")),
    "VMNetworkAdapter": Class(_names("VMId VMName Name MacAddress SwitchName IovWeight")),
    "VMProcessor": Class(_names("Count CompatibilityForMigrationEnabled")),
    "VMSecurity": Class(_names("TpmEnabled Shielded")),
    "VMSwitch": Class(_names("Name SwitchType")),
    "VMMigrationNetwork": Class(_names("Subnet")),
    "VMHostSupportedVersion": Class(_names("Name Version IsDefault")),
    "VMCompatibilityReport": Class(_names("VM OperationType Destination Incompatibilities")),
    "VMCompatibilityReportEntry": Class(_names("Message MessageId Source")),
    "VMDriveController": Class({}),
    "VirtualHardDisk": Class(_names("Path VhdFormat FileSize Size ParentPath")),
}
"""Which Windows brought Generation, Version, VirtualMachineType and SupportPersistentReservations is not verified."""


def class_name(name: str) -> str:
    """The full .NET name of a class or enum of the Hyper-V module."""
    space = "Vhd" if name in ("VirtualHardDisk", "VhdFormat") else "HyperV"
    return f"Microsoft.{space}.PowerShell.{name}"


def thing(windows: str, name: str, /, **fields: Value) -> Json:
    """An object of the Hyper-V module with those of the properties that this Windows has."""
    known = CLASSES[name].fields
    kept = {key: value for key, value in fields.items() if since(windows, known[key])}
    return {"#": "class", "type": class_name(name), "fields": kept}


def instance(namespace: str, cim_class: str, **properties: Value) -> Json:
    """A CimInstance: an object that bears its type names, innermost first."""
    types = [CIM_INSTANCE, f"{CIM_INSTANCE}#{namespace}/{cim_class}"]
    return {"#": "named", "types": types, "fields": properties}


def named(type_name: str, **properties: Value) -> Json:
    """Any other object, known by its type name."""
    return {"#": "named", "types": [type_name], "fields": properties}


def enum(name: str, value: str | None) -> Json | None:
    """A value of an enum of the Hyper-V module."""
    return None if value is None else {"#": "enum", "type": class_name(name), "value": value}


def guid(text: str | None) -> Json | None:
    """A GUID."""
    return None if text is None else {"#": "guid", "value": text}


def date(iso: str) -> Json:
    """A moment; PowerShell gets it in local time."""
    return {"#": "date", "value": iso}


def span(seconds: int) -> Json:
    """A TimeSpan."""
    return {"#": "span", "value": seconds}


def version(text: str) -> Json:
    """A System.Version."""
    return {"#": "version", "value": text}


def number(kind: str, value: int | None) -> Json | None:
    """A number of the .NET type `kind`, such as UInt16."""
    return None if value is None else {"#": "number", "type": kind, "value": value}


def fault(error: WindowsError) -> Json:
    """An error record with its chain of exceptions, outermost first."""
    chain: list[Json] = [{"type": kind, "message": message, "native": None} for kind, message in error.chain]
    chain[-1]["native"] = error.native
    return {"id": error.error_id, "category": error.category, "hresult": error.hresult, "exceptions": chain}

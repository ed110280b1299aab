"""The errors a host answers with: ids, codes and texts as documents and admins' reports show them.

Ids, the exception's type and the two-line shape with the VM's id are those of published error records; where no text
was found the wording is ours and the code alone is Windows'. Programs may rely on ids and codes only.
"""

from __future__ import annotations

from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.machines import Machine


def no_credentials(machine: Machine, source: str, destination: str) -> WindowsError:
    """The second hop has nothing to log on with (0x8009030E)."""
    return _failed_at_source(
        machine,
        source,
        f"The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with "
        f"host '{destination}': No credentials are available in the security package (0x8009030E).",
        "Failed to authenticate the connection at the source host: no suitable credentials available. Make sure the "
        "operation is initiated on the source host of the migration, or the source host is configured to use Kerberos "
        "for the authentication of migration connections and Constrained Delegation is enabled for the host in Active "
        "Directory.",
    )


def no_rights(machine: Machine, source: str, destination: str) -> WindowsError:
    """The account is nobody on the destination (0x80070005)."""
    lines = _lines(
        machine,
        source,
        "source",
        f"The Virtual Machine Management Service on host '{destination}' refused the operation: General access denied "
        "error (0x80070005).",
        f"You do not have the required permission to complete this task. Contact the administrator of the "
        f"authorization policy for the computer '{destination}'.",
    )
    return WindowsError("AccessDenied", lines, category="PermissionDenied")


def unknown_destination(name: str) -> WindowsError:
    """No host answers to this name (0x80131500 in the exception; the name cannot be resolved)."""
    return WindowsError(
        "InvalidParameter",
        (f"The computer '{name}' could not be resolved. Make sure you typed the machine name correctly and that you "
         "have network access.",),
        category="ResourceUnavailable",
    )  # fmt: skip


def same_host(machine: Machine, source: str) -> WindowsError:
    """Destination and source are one machine."""
    return WindowsError(
        "InvalidParameter",
        (f"Virtual machine '{machine.name}' cannot be moved: the destination computer '{source}' is the computer that "
         "it is on. Specify a different destination computer.",),
        category="InvalidArgument",
    )  # fmt: skip


def source_disabled() -> WindowsError:
    """Enable-VMMigration was never run on the source."""
    return WindowsError(
        "InvalidOperation",
        ("The source host is not configured for live migration. Use the Enable-VMMigration cmdlet to modify the "
         "Hyper-V settings on the source host to enable migration.",),
        category="InvalidOperation",
    )  # fmt: skip


def destination_disabled(machine: Machine, source: str, destination: str) -> WindowsError:
    """Nothing listens on the destination's port 6600 (0x8007274D)."""
    return _failed_at_source(
        machine,
        source,
        f"The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with "
        f"host '{destination}': No connection could be made because the target machine actively refused it. "
        "(0x8007274D).",
    )


def limit_reached(machine: Machine, host: str, limit: int) -> WindowsError:
    """No slot is free; nothing queues (event 21501)."""
    return _failed_at_source(
        machine,
        host,
        f"The virtual machine migration cannot be started because the migration limit '{limit}' was reached on host "
        f"'{host}'. Please wait for completion of an ongoing migration operation. (21501)",
    )


def in_use(machine: Machine, source: str, why: str) -> WindowsError:
    """Another operation works on the VM."""
    return WindowsError(
        "ObjectInUse",
        _lines(machine, source, "source", f"The operation cannot be performed while the object is in use: {why}."),
        category="ResourceBusy",
    )


def clustered(machine: Machine) -> WindowsError:
    """A clustered VM is moved by its role."""
    return WindowsError(
        "InvalidOperation",
        (f"The virtual machine '{machine.name}' is clustered. Use the Failover Cluster cmdlets to move it.",),
        category="InvalidOperation",
    )


def physical_disk(machine: Machine, source: str, disk: str) -> WindowsError:
    """Only files can be moved."""
    return _failed_at_source(
        machine, source, f"The storage '{disk}' is a physical disk attached to the virtual machine and cannot be moved."
    )


def path_not_found(machine: Machine, destination: str, path: str) -> WindowsError:
    """The drive of the target folder is not there (0x80070003)."""
    return _failed_at_destination(
        machine,
        destination,
        f"Could not create folder '{path}': The system cannot find the path specified. (0x80070003).",
    )


def file_exists(machine: Machine, destination: str, source_path: str, path: str) -> WindowsError:
    """A file is in the way at the target (0x80070050)."""
    return _failed_at_destination(
        machine, destination, f"Failed to copy file from '{source_path}' to '{path}': The file exists. (0x80070050)."
    )


def same_id(machine: Machine, destination: str) -> WindowsError:
    """A planned VM of an earlier attempt, or the VM itself, is already there (0x800700B7)."""
    return _failed_at_destination(
        machine,
        destination,
        "A virtual machine with the same identifier already exists: Cannot create a file when that file already "
        "exists. (0x800700B7).",
    )


def version_not_supported(machine: Machine, destination: str) -> WindowsError:
    """The configuration version is newer or older than the destination runs (events 10698, 21502)."""
    return _failed_at_destination(
        machine,
        destination,
        f"The virtual machine '{machine.name}' is using configuration version {machine.spec.version}, which is not "
        f"supported by the host '{destination}'. (21502)",
    )


def other_hardware(machine: Machine) -> WindowsError:
    """Another CPU maker: a VM with live or saved state cannot go there."""
    return WindowsError(
        "OperationFailed",
        ("The virtual machine cannot be moved to the destination computer. The hardware on the destination computer is "
         "not compatible with the hardware requirements of this virtual machine. "
         f"(Virtual machine ID {machine.id.upper()}) (21502)",),
    )  # fmt: skip


def disk_full(machine: Machine, source: str, path: str) -> WindowsError:
    """The volume filled up while a disk was copied (0x80070070)."""
    return _failed_at_source(
        machine,
        source,
        f"Migration of storage did not succeed. Failed to copy file to '{path}': There is not enough space on the "
        "disk. (0x80070070).",
    )


def cancelled(machine: Machine, source: str) -> WindowsError:
    """Somebody ended the migration's job (0x800704C7)."""
    return WindowsError(
        "OperationStopped",
        _lines(machine, source, "source", "The operation was canceled by the user. (0x800704C7)."),
        category="OperationStopped",
    )


def aborted(machine: Machine, source: str, why: str) -> WindowsError:
    """The migration died of something outside it (0x80004004)."""
    return _failed_at_source(machine, source, f"{why}: Operation aborted (0x80004004).")


def _failed_at_source(machine: Machine, host: str, *details: str) -> WindowsError:
    return WindowsError("OperationFailed", _lines(machine, host, "source", *details))


def _failed_at_destination(machine: Machine, host: str, *details: str) -> WindowsError:
    return WindowsError("OperationFailed", _lines(machine, host, "destination", *details))


def _lines(machine: Machine, host: str, side: str, *details: str) -> tuple[str, ...]:
    head = (
        f"Virtual machine migration operation for '{machine.name}' failed at migration {side} '{host}'. "
        f"(Virtual machine ID {machine.id.upper()})"
    )
    return ("\n\n".join((head, *details)), "\n\n".join(details))

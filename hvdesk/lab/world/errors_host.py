"""Errors of what the hosts are and allow: the virtual machine, processors, memory, policies, slots, clusters."""

from __future__ import annotations

from hvdesk.lab.world.failure import Known

_PLANNED = "The Virtual Machine Management Service failed to create Planned Virtual Machine at migration destination: "


def _refused(text: str, error_id: str = "InvalidOperation", category: str = "InvalidOperation") -> Known:
    return Known("", (text,), error_id=error_id, category=category)


HOST: dict[str, Known] = {
    "same-host": _refused(
        "Virtual machine '{vm}' cannot be moved: the destination computer '{source}' is the computer that it is on. "
        "Specify a different destination computer.",
        "InvalidParameter",
        "InvalidArgument",
    ),
    "clustered": _refused("The virtual machine '{vm}' is clustered. Use the Failover Cluster cmdlets to move it."),
    "replicated": _refused("The virtual machine '{vm}' is enabled for replication and cannot be moved."),
    "in-use": Known(
        "source",
        ("The operation cannot be performed while the object is in use: {why}.",),
        error_id="ObjectInUse",
        category="ResourceBusy",
    ),
    "21501": Known(
        "source",
        (
            "The virtual machine migration cannot be started because the migration limit '{limit}' was reached on host "
            "'{host}'. Please wait for completion of an ongoing migration operation. (21501)",
        ),
    ),
    "10698": Known(
        "destination",
        (
            "The virtual machine '{vm}' is using configuration version {version}, which is not supported by the host "
            "'{destination}'. (21502)",
        ),
    ),
    "processor-features": Known(
        "source",
        (
            "The virtual machine '{vm}' is using processor-specific features not supported on host '{destination}'. To "
            "allow for migration of this virtual machine to a server with a different processor, modify the virtual "
            "machine settings to limit the processor features used by the virtual machine. (21502)",
        ),
    ),
    "hardware": _refused(
        "The virtual machine cannot be moved to the destination computer. The hardware on the destination computer is "
        "not compatible with the hardware requirements of this virtual machine. (Virtual machine ID {id}) (21502)",
        "OperationFailed",
        "NotSpecified",
    ),
    "32784": _refused(
        "Migration operation on '{vm}' failed. The operation failed with error code '32784'.",
        "OperationFailed",
        "NotSpecified",
    ),
    "0xC0370027": Known("destination", ("The saved state cannot be read: (0xC0370027).",)),
    "0x800705AA": Known(
        "destination",
        ("'{vm}' could not create the partition: Insufficient system resources exist to complete the requested "
         "service. (0x800705AA).",),
        native=1450,
    ),
    "0x8007000E": Known(
        "destination", ("'{vm}' could not initialize memory: Ran out of memory (0x8007000E).",), native=14
    ),
    "0x80070569": Known(
        "destination",
        (_PLANNED + "Logon failure: the user has not been granted the requested logon type at this computer. "
         "(0x80070569).",),
        native=1385,
    ),
    "0x8007052F": Known(
        "destination",
        (_PLANNED + "Logon failure: user account restriction. (0x8007052F).",),
        native=1327,
    ),
    "0x80070057": Known(
        "destination",
        ("The key protector for the virtual machine '{vm}' could not be unwrapped. The parameter is incorrect. "
         "(0x80070057).",),
    ),
    "0x80092002": Known(
        "destination",
        ("The key protector for the virtual machine '{vm}' could not be unwrapped. An error occurred while reading or "
         "writing to a file. (0x80092002).",),
    ),
    "0x80070534": Known(
        "destination", ("No mapping between account names and security IDs was done. (0x80070534).",), native=1332
    ),
    "0x80070032": Known("destination", ("The request is not supported. (0x80070032).",), native=50),
    "0x80071398": Known(
        "source",
        ("The operation failed because either the specified cluster node is not the owner of the group, or the node is "
         "not a possible owner of the group. (0x80071398).",),
        native=5016,
    ),
    "0x0000139F": Known(
        "source",
        ("The group or resource is not in the correct state to perform the requested operation. (0x0000139F).",),
        native=5023,
    ),
    "0x800705B4": Known(
        "source", ("This operation returned because the timeout period expired. (0x800705B4).",), native=1460
    ),
    "0x800704C7": Known(
        "source",
        ("The operation was canceled by the user. (0x800704C7).",),
        error_id="OperationStopped",
        category="OperationStopped",
    ),
    "0x80004004": Known("source", ("{why}: Operation aborted (0x80004004).",)),
    "0x800700B7": Known(
        "destination",
        ("A virtual machine with the same identifier already exists: Cannot create a file when that file already "
         "exists. (0x800700B7).",),
    ),
    "namespace-missing": Known(
        "",
        ("Invalid namespace root\\virtualization\\v2 (0x8004100E)",),
        error_id="HRESULT 0x8004100e",
        category="MetadataError",
    ),
    "no-parameter-set": _refused(
        "Parameter set cannot be resolved using the specified named parameters.",
        "AmbiguousParameterSet",
        "InvalidArgument",
    ),
    "vhds-key": _refused(
        'The hashtable in parameter Vhds must contain "{key}" key.', "InvalidParameter", "InvalidArgument"
    ),
}  # fmt: skip
"""A name is the code in the text, an event's number, or words."""

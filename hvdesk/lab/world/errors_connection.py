"""Errors of one host's way to the other: credentials, rights, ports, names."""

from __future__ import annotations

from hvdesk.lab.world.failure import Known

_CONNECT = (
    "The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration with host "
    "'{destination}': "
)
_ADVICE = (
    "Failed to authenticate the connection at the source host: no suitable credentials available. Make sure the "
    "operation is initiated on the source host of the migration, or the source host is configured to use Kerberos for "
    "the authentication of migration connections and Constrained Delegation is enabled for the host in Active "
    "Directory."
)
_SEND = (
    "The Virtual Machine Management Service failed to send data for a Virtual Machine migration to host "
    "'{destination}': "
)


def _connect(text: str, *more: str, native: int | None = None) -> Known:
    return Known("source", (_CONNECT + text, *more), native=native)


CONNECTION: dict[str, Known] = {
    "0x8009030E": _connect("No credentials are available in the security package (0x8009030E).", _ADVICE),
    "0x8009030D": _connect("The credentials supplied to the package were not recognized (0x8009030D).", _ADVICE),
    "0x8009030C": _connect("The logon attempt failed (0x8009030C)."),
    "0x80090303": _connect("The specified target is unknown or unreachable (0x80090303)."),
    "0x80090322": _connect("The target principal name is incorrect (0x80090322)."),
    "0x80070005": Known(
        "source",
        (
            "The Virtual Machine Management Service on host '{destination}' refused the operation: General access "
            "denied error (0x80070005).",
            "You do not have the required permission to complete this task. Contact the administrator of the "
            "authorization policy for the computer '{destination}'.",
        ),
        error_id="AccessDenied",
        category="PermissionDenied",
    ),
    "0x8007274D": _connect(
        "No connection could be made because the target machine actively refused it. (0x8007274D).", native=10061
    ),
    "0x8007274C": _connect(
        "A connection attempt failed because the connected party did not properly respond after a period of time, or "
        "established connection failed because connected host has failed to respond. (0x8007274C).",
        native=10060,
    ),
    "0x8007271D": _connect(
        "An attempt was made to access a socket in a way forbidden by its access permissions. (0x8007271D).",
        native=10013,
    ),
    "0x80072746": Known(
        "source",
        (_SEND + "An existing connection was forcibly closed by the remote host. (0x80072746).",),
        native=10054,
    ),
    "0x80070035": Known(
        "source",
        (
            "Migration of storage did not succeed. Failed to open a connection to the share of host '{destination}': "
            "The network path was not found. (0x80070035).",
        ),
        native=53,
    ),
    "0x80338012": Known(
        "",
        (
            "The Virtual Machine Management Service on '{source}' could not reach '{destination}' by WS-Management: "
            "The client cannot connect to the destination specified in the request. Verify that the service on the "
            "destination is running and is accepting requests. (0x80338012)",
        ),
        error_id="OperationFailed",
        category="ConnectionError",
    ),
    "no-identify": Known(
        "",
        (
            "The Virtual Machine Management Service on '{source}' could not reach '{destination}' by WS-Management: "
            "The remote computer does not support WS-Management Identify operations.",
        ),
        error_id="OperationFailed",
        category="ConnectionError",
    ),
    "0x800706BA": Known(
        "",
        ("The RPC server on '{destination}' is unavailable. (0x800706BA)",),
        category="ResourceUnavailable",
        native=1722,
    ),
    "0x000013AB": Known(
        "source",
        ("A cluster network is not available for this operation. (0x000013AB).",),
        native=5035,
    ),
    "unknown-destination": Known(
        "",
        (
            "The computer '{destination}' could not be resolved. Make sure you typed the machine name correctly and "
            "that you have network access.",
        ),
        error_id="InvalidParameter",
        category="ResourceUnavailable",
    ),
    "source-disabled": Known(
        "",
        (
            "The source host is not configured for live migration. Use the Enable-VMMigration cmdlet to modify the "
            "Hyper-V settings on the source host to enable migration.",
        ),
        error_id="InvalidOperation",
        category="InvalidOperation",
    ),
}
"""A name is the code in the text; 0x000013AB and its like are Win32 numbers as they stand in the event log."""

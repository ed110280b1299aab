"""SOAP faults of Windows' WinRM service, with the codes and texts that recorded exchanges and Microsoft's SDK show."""

from __future__ import annotations

from dataclasses import replace

from hvdesk.lab.winrm import names
from hvdesk.lab.winrm.faultshape import Fault

_CMD_PLUGIN = ("Shell cmd plugin", "%systemroot%\\system32\\winrscmd.dll")


class SoapFaultError(Exception):
    """Raised where a request meets a fault; becomes the HTTP 500 answer."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


_SELECTORS = (
    "The WS-Management service cannot process the request because the request contained invalid selectors for the "
    "resource. "
)

TIMED_OUT = Fault(
    "s:Receiver",
    "w:TimedOut",
    "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
    2150858793,
)
NO_SHELL = Fault(
    "s:Sender",
    "w:InvalidSelectors",
    _SELECTORS,
    2150858843,
    "The request for the Windows Remote Shell with ShellId {0} failed because the shell was not found on the server. "
    "Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the "
    "correct ShellId or create a new shell and retry the operation. ",
    detail="UnexpectedSelectors",
    provider=("Shell provider", "%systemroot%\\system32\\wsmsvc.dll"),
    nested=True,
)
NO_COMMAND = Fault(
    "s:Sender",
    "w:InvalidSelectors",
    _SELECTORS,
    2150858843,
    "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist. "
    "Either the command has completed execution or the client specified an invalid command identifier. ",
    detail="UnexpectedSelectors",
)
BAD_PARAMETER = Fault(
    "s:Sender",
    "w:InvalidParameter",
    "The parameter is incorrect. ",
    87,
    detail="InvalidValue",
    provider=_CMD_PLUGIN,
)
SCHEMA = Fault(
    "s:Sender",
    "w:SchemaValidationError",
    "The WS-Management service cannot process a SOAP packet that contains invalid or unexpected elements in its body. ",
    2150858817,
)
BAD_TIMEOUT = Fault(
    "s:Sender",
    "a:InvalidMessageInformationHeader",
    "A header is not valid and the message cannot be processed. ",
    2150858767,
    "The WS-Management service cannot process the request. The OperationTimeout value is not valid. ",
    action=names.ADDRESSING + "/fault",
)
NOT_UNDERSTOOD = Fault(
    "s:MustUnderstand",
    "",
    "The WS-Management service cannot process a SOAP header in the request that is marked as mustUnderstand by the "
    "client. ",
    None,
)
BAD_RESOURCE = Fault(
    "s:Sender",
    "a:DestinationUnreachable",
    "The WS-Management service cannot process the request. The service cannot find the resource identified by the "
    "resource URI and selectors. ",
    2150858752,
    detail="InvalidResourceURI",
    action=names.ADDRESSING + "/fault",
)
BAD_ACTION = Fault(
    "s:Sender",
    "a:ActionNotSupported",
    "The action is not supported by the service. ",
    2150858753,
    action=names.ADDRESSING + "/fault",
)
TOO_MANY_SHELLS = Fault(
    "s:Sender",
    "w:QuotaLimit",
    "The WS-Management service cannot process the request. This user is allowed a maximum number of {0} concurrent "
    "shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
    2150859173,
)
TOO_MANY_OPERATIONS = Fault(
    "s:Sender",
    "w:QuotaLimit",
    "The WS-Management service cannot process the request. The maximum number of concurrent operations for this user "
    "has been exceeded. Close existing operations for this user, or raise the quota for this user. ",
    2150859174,
)
TOO_MANY_COMMANDS = Fault(
    "s:Sender",
    "w:QuotaLimit",
    "The WS-Management service cannot process the request. The maximum number of concurrent commands for this shell "
    "has been exceeded. ",
    2150859241,
)
ACCESS_DENIED = Fault("s:Sender", "w:AccessDenied", "Access is denied. ", 5)
NO_PROGRAM = Fault(
    "s:Receiver",
    "w:InternalError",
    "The system cannot find the file specified. ",
    2147942402,
    provider=_CMD_PLUGIN,
)
LINE_TOO_LONG = Fault(
    "s:Receiver",
    "w:InternalError",
    "The filename or extension is too long. ",
    2147942606,
    provider=_CMD_PLUGIN,
)
STDIN_BUSY = Fault("s:Receiver", "w:InternalError", "The requested resource is in use. ", 170, provider=_CMD_PLUGIN)
STDIN_CLOSED = Fault("s:Receiver", "w:InternalError", "The pipe has been ended. ", 109, provider=_CMD_PLUGIN)
SEND_TIMED_OUT = Fault(
    "s:Receiver",
    "w:InternalError",
    "This operation returned because the timeout period expired. ",
    1460,
    provider=_CMD_PLUGIN,
)
CANCELLED = Fault(
    "s:Receiver",
    "w:InternalError",
    "The I/O operation has been aborted because of either a thread exit or an application request. ",
    995,
    provider=_CMD_PLUGIN,
)
ENVELOPE_TOO_SMALL = Fault(
    "s:Sender",
    "w:EncodingLimit",
    "The request's MaxEnvelopeSize is below the minimum of 8192 bytes. ",
    2150858790,
    detail="MinimumEnvelopeLimit",
)

ENVELOPE_TOO_LARGE = Fault(
    "s:Sender",
    "w:EncodingLimit",
    "The WS-Management service cannot process the request. The size of the request exceeded the configured "
    "MaxEnvelopeSize quota. ",
    2150858790,
    detail="MaxEnvelopeSize",
)

_ALL = {
    "no_command": NO_COMMAND,
    "no_shell": NO_SHELL,
    "timed_out": TIMED_OUT,
    "bad_parameter": BAD_PARAMETER,
    "schema": SCHEMA,
    "bad_timeout": BAD_TIMEOUT,
    "not_understood": NOT_UNDERSTOOD,
    "bad_resource": BAD_RESOURCE,
    "bad_action": BAD_ACTION,
    "too_many_shells": TOO_MANY_SHELLS,
    "too_many_operations": TOO_MANY_OPERATIONS,
    "too_many_commands": TOO_MANY_COMMANDS,
    "access_denied": ACCESS_DENIED,
    "no_program": NO_PROGRAM,
    "line_too_long": LINE_TOO_LONG,
    "stdin_busy": STDIN_BUSY,
    "stdin_closed": STDIN_CLOSED,
    "send_timed_out": SEND_TIMED_OUT,
    "cancelled": CANCELLED,
    "envelope_too_large": ENVELOPE_TOO_LARGE,
    "envelope_too_small": ENVELOPE_TOO_SMALL,
}
NAMES = frozenset(_ALL)
"""The names by which a fault rule can ask for one."""


def by_name(name: str) -> Fault:
    """The fault of one of NAMES."""
    return _ALL[name]


def by_code(code: int) -> Fault:
    """The fault of a WSManFault code; a code that is not listed gives an internal error with that code."""
    known = next((fault for fault in _ALL.values() if fault.code == code), None)
    return known or Fault("s:Receiver", "w:InternalError", f"The server reported error {code}. ", code)


def filled(fault: Fault, value: object) -> SoapFaultError:
    """`fault` with its `{0}` replaced, ready to raise."""
    text = str(value)
    return SoapFaultError(
        replace(fault, reason=fault.reason.replace("{0}", text), message=fault.message.replace("{0}", text))
    )

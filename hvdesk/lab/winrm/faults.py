"""SOAP faults of Windows' WinRM service, with the codes and texts that recorded exchanges and Microsoft's SDK show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from hvdesk.lab.winrm import names

_CMD_PLUGIN = ("Shell cmd plugin", "%systemroot%\\system32\\winrscmd.dll")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: SOAP code and subcode, the words, and the WSManFault detail (no detail without a code)."""

    value: str
    subcode: str
    reason: str
    code: int | None
    message: str = ""
    detail: str = ""
    provider: tuple[str, str] | None = None
    nested: bool = False  # the provider's fault holds a WSManFault of its own
    action: str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

    def body(self, machine: str) -> str:
        """The content of `s:Body`."""
        subcode = f"<s:Subcode><s:Value>{self.subcode}</s:Value></s:Subcode>" if self.subcode else ""
        return (
            f"<s:Fault><s:Code><s:Value>{self.value}</s:Value>{subcode}</s:Code><s:Reason>"
            f'<s:Text xml:lang="en-US">{escape(self.reason)}</s:Text></s:Reason>{self._details(machine)}</s:Fault>'
        )

    def _details(self, machine: str) -> str:
        if self.code is None:
            return ""
        detail = f"<w:FaultDetail>{names.FAULT_DETAIL}{self.detail}</w:FaultDetail>" if self.detail else ""
        return (
            f'<s:Detail>{detail}<f:WSManFault xmlns:f="{names.FAULT}" Code="{self.code}" '
            f"Machine={quoteattr(machine)}><f:Message>{self._message(machine)}</f:Message></f:WSManFault></s:Detail>"
        )

    def _message(self, machine: str) -> str:
        text = escape(self.message or self.reason)
        if self.provider is None:
            return text
        if self.nested:
            text = (
                f'<f:WSManFault xmlns:f="{names.FAULT}" Code="{self.code}" Machine={quoteattr(machine)}>'
                f"<f:Message>{text}</f:Message></f:WSManFault>"
            )
        name, path = self.provider
        return f"<f:ProviderFault provider={quoteattr(name)} path={quoteattr(path)}>{text}</f:ProviderFault>"


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

_BY_CODE = {
    fault.code: fault
    for fault in (
        NO_COMMAND,
        TIMED_OUT,
        BAD_PARAMETER,
        SCHEMA,
        BAD_TIMEOUT,
        BAD_RESOURCE,
        TOO_MANY_SHELLS,
        TOO_MANY_OPERATIONS,
        TOO_MANY_COMMANDS,
        ACCESS_DENIED,
        LINE_TOO_LONG,
        STDIN_BUSY,
        STDIN_CLOSED,
        SEND_TIMED_OUT,
        CANCELLED,
        ENVELOPE_TOO_SMALL,
    )
}


def by_code(code: int) -> Fault:
    """The fault of a WSManFault code; a code that is not listed gives an internal error with that code."""
    known = _BY_CODE.get(code)
    return known or Fault("s:Receiver", "w:InternalError", f"The server reported error {code}. ", code)


def filled(fault: Fault, value: object) -> SoapFaultError:
    """`fault` with its `{0}` replaced, ready to raise."""
    text = str(value)
    return SoapFaultError(
        replace(fault, reason=fault.reason.replace("{0}", text), message=fault.message.replace("{0}", text))
    )

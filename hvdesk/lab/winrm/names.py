"""XML namespaces, action URIs and header names of WS-Management as Windows servers and their clients use them."""

from __future__ import annotations

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MICROSOFT = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
CIM_BINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ANONYMOUS = ADDRESSING + "/role/anonymous"

CMD_SHELL = SHELL + "/cmd"
COMMAND_STATE = SHELL + "/CommandState/"
SIGNAL = SHELL + "/signal/"

VERBS = {
    TRANSFER + "/Create": "Create",
    TRANSFER + "/Delete": "Delete",
    TRANSFER + "/Get": "Get",
    SHELL + "/Command": "Command",
    SHELL + "/Send": "Send",
    SHELL + "/Receive": "Receive",
    SHELL + "/Signal": "Signal",
}
"""Action URI to the word that counters and fault rules use."""

UNDERSTOOD = frozenset(
    {f"{{{ADDRESSING}}}{name}" for name in ("Action", "MessageID", "ReplyTo", "To", "From", "FaultTo")}
    | {
        f"{{{WSMAN}}}{name}"
        for name in ("ResourceURI", "SelectorSet", "OptionSet", "OperationTimeout", "MaxEnvelopeSize", "Locale")
    }
    | {
        f"{{{MICROSOFT}}}{name}"
        for name in ("SessionId", "DataLocale", "OperationID", "SequenceId", "ActivityId", "Compression")
    }
)
"""Headers that may be marked mustUnderstand."""

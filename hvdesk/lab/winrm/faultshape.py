"""A SOAP fault as Windows' WinRM service writes one: code, subcode, words, and one of two forms of detail."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from hvdesk.lab.winrm import names


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
    wmi: bool = False  # the detail is a MSFT_WmiError rather than a WSManFault
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
        if self.wmi:
            return f"<s:Detail>{self._wmi_error(self.code)}</s:Detail>"
        detail = f"<w:FaultDetail>{names.FAULT_DETAIL}{self.detail}</w:FaultDetail>" if self.detail else ""
        return (
            f'<s:Detail>{detail}<f:WSManFault xmlns:f="{names.FAULT}" Code="{self.code}" '
            f"Machine={quoteattr(machine)}><f:Message>{self._message(machine)}</f:Message></f:WSManFault></s:Detail>"
        )

    def _wmi_error(self, code: int) -> str:
        """The form recorded in pywinrm's tests, with the elements that have values."""
        message = escape(self.message or self.reason)
        return (
            f'<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:xsi="{names.XSI}" xmlns:b="{names.CIM_BINDING}" '
            f'xmlns:p="{names.WMI_ERROR}" xmlns:cim="{names.CIM}" xsi:type="p:MSFT_WmiError_Type">'
            '<p:CIMStatusCode xsi:type="cim:cimUnsignedInt">27</p:CIMStatusCode>'
            '<p:ErrorSourceFormat xsi:type="cim:cimUnsignedShort">0</p:ErrorSourceFormat>'
            '<p:ErrorType xsi:type="cim:cimUnsignedShort">0</p:ErrorType>'
            f'<p:Message xsi:type="cim:cimString">{message}</p:Message>'
            f'<p:MessageID xsi:type="cim:cimString">HRESULT 0x{code:08x}</p:MessageID>'
            '<p:error_Category xsi:type="cim:cimUnsignedInt">30</p:error_Category>'
            f'<p:error_Code xsi:type="cim:cimUnsignedInt">{code}</p:error_Code>'
            '<p:error_Type xsi:type="cim:cimString">HRESULT</p:error_Type>'
            f'<p:error_WindowsErrorMessage xsi:type="cim:cimString">{message}</p:error_WindowsErrorMessage>'
            "</p:MSFT_WmiError>"
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

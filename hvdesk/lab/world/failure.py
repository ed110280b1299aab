"""The exception that stands for an error of Windows: what its ErrorRecord and exception chain would hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

VIRTUALIZATION = (
    "Microsoft.HyperV.PowerShell.VirtualizationException",
    "Microsoft.Virtualization.Client.Management.VirtualizationOperationFailedException",
)
WIN32 = "System.ComponentModel.Win32Exception"
COR_E_EXCEPTION = -2146233088


@dataclass(frozen=True)
class Known:
    """An error that Windows is known to answer with. `details` are formats; `side` is the host that its first line
    names: source, destination, or nobody."""

    side: str
    details: tuple[str, ...]
    error_id: str = "OperationFailed"
    category: str = "NotSpecified"
    native: int | None = None


@dataclass
class WindowsError(Exception):
    """An error record. `error_id` lacks the class of the cmdlet, which whoever runs the cmdlet adds.

    `messages` go down the exception chain; a code in them is written as Windows does, "(0x8009030E)". `name` is that of
    errors.KNOWN, with its `side`; "" for errors that are not of migrations.
    """

    error_id: str
    messages: tuple[str, ...]
    category: str = "NotSpecified"
    types: tuple[str, ...] = VIRTUALIZATION
    hresult: int | None = COR_E_EXCEPTION
    native: int | None = None
    name: str = ""
    side: str = ""

    @property
    def headline(self) -> str:
        """Of an error that has a side: that the migration failed there, without the cause."""
        return self.messages[0].partition("\n\n")[0]

    @property
    def cause(self) -> str:
        """The rest, which is the second sentence."""
        return self.messages[-1]

    def without_cause(self) -> WindowsError:
        """The headline alone, if it has one."""
        return replace(self, messages=(self.headline,), native=None) if self.side else self

    @property
    def chain(self) -> list[tuple[str, str]]:
        """The exceptions with their texts, outermost first; the one with a native code is the innermost."""
        types = [*self.types, *([WIN32] if self.native is not None and WIN32 not in self.types else [])]
        texts = list(self.messages) + [self.messages[-1]] * (len(types) - len(self.messages))
        return list(zip(types + [types[-1]] * (len(texts) - len(types)), texts, strict=True))

    @property
    def message(self) -> str:
        """All texts of the chain, none twice."""
        return "\n".join(dict.fromkeys(self.messages))

    def __str__(self) -> str:
        return self.message

"""Calls as readable PowerShell, for Show PowerShell and --show-script. hvdesk never runs this text.

Every value is a single-quoted literal. To PowerShell the typographic quotes U+2018 to U+201B end such a literal as the
apostrophe does, so they are doubled too. Characters that are not seen or change how a line is shown (line breaks, other
control characters, direction marks) stand outside the quotes as `[char]0x0A`, so that the text shows what it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

from hvdesk.domain.calls import Call, Parameter

_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
_CLASS = r"Get-CimInstance -Namespace 'root\virtualization\v2' -ClassName"


def script(calls: Iterable[Call]) -> str:
    """One line per call, each ended by a line feed."""
    return "".join(f"{statement(call)}\n" for call in calls)


def statement(call: Call) -> str:
    """The call as one line of PowerShell."""
    return " ".join((call.cmdlet, *(_parameter(parameter) for parameter in call.parameters)))


def literal(text: str) -> str:
    """`text` as a PowerShell expression, fit to be an argument, whose value is exactly `text`."""
    pieces = []
    for unseen, characters in groupby(text, lambda character: unicodedata.category(character) in _UNSEEN):
        piece = "".join(characters)
        if unseen:
            pieces += [f"[char]0x{unit:02X}" for unit in _utf16_units(piece)]
        else:
            pieces.append(_quoted(piece))
    if not pieces or pieces[0].startswith("["):
        pieces.insert(0, "''")  # so that `+` joins texts: two chars would be added as numbers
    bare = len(pieces) == 1 and text != "--%"  # which even in quotes would make the rest of the line one raw argument
    return pieces[0] if bare else f"({' + '.join(pieces)})"


def _quoted(text: str) -> str:
    doubled = _QUOTES.sub(r"\1\1", text)
    return f"'{doubled}'"


def _utf16_units(text: str) -> list[int]:
    data = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]


def _parameter(parameter: Parameter) -> str:
    if parameter.kind == "switch":
        return f"-{parameter.name}" if parameter.value else f"-{parameter.name}:$false"
    return f"-{parameter.name} {_value(parameter)}"


def _value(parameter: Parameter) -> str:
    value = parameter.value
    if isinstance(value, tuple):
        return "@{ " + "; ".join(f"{entry.name} = {_value(entry)}" for entry in value) + " }"
    text = literal(str(value))
    match parameter.kind:
        case "uint16":
            return f"([uint16]{value})"
        case "vm":
            return f"(Get-VM -Id {text})"
        case "migration_job":
            return f"({_CLASS} 'Msvm_MigrationJob' | Where-Object {{ $_.InstanceID -eq {text} }})"
        case "planned_vm":
            return f"({_CLASS} 'Msvm_PlannedComputerSystem' | Where-Object {{ $_.Name -eq {text} }})"
        case "management_service":
            return f"({_CLASS} 'Msvm_VirtualSystemManagementService')"
    return text

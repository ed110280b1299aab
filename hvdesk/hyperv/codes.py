"""What the hex codes in Hyper-V's messages mean to a user: the texts around them are in the host's language.

They are Win32, security and Hyper-V result codes that Microsoft's troubleshooting articles for live migration name. A
code that may mean many things (0x80070057: a value was refused) has a text that says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

BY_CODE: Final[Mapping[str, str]] = {
    "0x0000139F": "target.cluster_state",
    "0x000013AB": "link.cluster_network",
    "0x80042001": "target.smb_option",
    "0x8004100E": "host.no_hyperv",
    "0x80048054": "target.file_server",
    "0x80070003": "target.path",
    "0x80070005": "hop.rights",
    "0x8007000E": "target.memory",
    "0x80070032": "target.device",
    "0x80070035": "link.smb",
    "0x8007003B": "target.file_server",
    "0x80070050": "target.file_exists",
    "0x80070057": "target.keys",
    "0x80070070": "target.full",
    "0x800700B7": "target.same_id",
    "0x800704C7": "move.cancelled_there",
    "0x8007052F": "target.policy",
    "0x80070534": "target.creator",
    "0x80070569": "target.policy",
    "0x800705AA": "target.memory",
    "0x800705B4": "target.timeout",
    "0x800706BA": "link.rpc",
    "0x80071398": "target.owner",
    "0x8007271D": "link.forbidden",
    "0x80072746": "link.reset",
    "0x8007274C": "link.timeout",
    "0x8007274D": "link.refused",
    "0x80090303": "link.name",
    "0x8009030C": "hop.logon_denied",
    "0x8009030D": "hop.refused",
    "0x8009030E": "hop.refused",
    "0x80090322": "link.name",
    "0x80092002": "target.keys",
    "0x80338012": "link.winrm",
    "0xC0370027": "target.saved_state",
    "0xC03A0014": "target.image",
}
"""Code of a message to code of the catalogue."""


_CODE: Final = re.compile(r"0x([0-9A-Fa-f]{8})(?![0-9A-Fa-f])")


def codes_in(text: str) -> tuple[str, ...]:
    """The hex codes of a message, as the agent finds them in those it answers with."""
    return tuple("0x" + digits.upper() for digits in _CODE.findall(text))


def meaning(codes: tuple[str, ...]) -> str | None:
    """The catalogue's code for the first of a message's codes that has one."""
    return next((BY_CODE[code] for code in codes if code in BY_CODE), None)


def about_destination(code: str) -> bool:
    """True for a code of the catalogue that tells of the destination, although the source's cmdlet said it."""
    return code.startswith("target.")

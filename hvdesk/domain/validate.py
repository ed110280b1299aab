"""What a user may type: host names, ports, folders on a Windows host, names of virtual machines.

Each function gives back the value in its one usual form or raises HvError with a code `input.*`. Pure; any thread.
"""

from __future__ import annotations

import ipaddress
import ntpath
import re

from hvdesk.domain.errors import HvError

_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}\w)?|_\w{1,62}")
_LONGEST_NAME = 253
_FORBIDDEN = frozenset('<>:"/|?*')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"}
)
LONGEST_FOLDER = 259 - len(r"\Virtual Machines\00000000-0000-0000-0000-000000000000.vmcx")
"""Characters of a folder under which Hyper-V can still make its files: MAX_PATH is 260 with the closing zero."""


def host_address(text: str) -> str:
    """A computer name, a DNS name or an IP address, without brackets and outer blanks; raises `input.host`."""
    address = text.strip()
    bare = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        name = address.removesuffix(".")
    labels = name.split(".")
    # four numbers that are no address, 10.0.0.256, are a mistyped address and no name
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdecimal():
        raise HvError("input.host", facts={"address": text})
    return name


def port(value: int | str) -> int:
    """A TCP port; raises `input.port`."""
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise HvError("input.port", facts={"port": value})
    return int(text)


def fingerprint(text: str) -> str:
    """SHA-256 of a certificate as 64 lower-case hex digits, colons and blanks left out; raises `input.pin`."""
    digits = re.sub(r"[:\s]", "", text).lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise HvError("input.pin", facts={"pin": text})
    return digits


def vm_name(text: str) -> str:
    """The name or id of a virtual machine, exactly as given; raises `input.vm_name` for one without any letter."""
    if not text.strip():
        raise HvError("input.vm_name")
    return text


def folder(text: str) -> str:
    r"""A folder as a full path, `D:\VMs` or `\\server\share\VMs`, without a closing backslash but for `D:\`.

    Raises `input.folder` for one that is not full, `input.folder_character`, `_device`, `_trailing` or `_too_long`
    for one that Windows would refuse or quietly change.
    """
    path = text.strip()
    root, parts = _split(path)
    for part in parts:
        _check_part(path, part)
    result = root + "\\".join(parts)
    if len(result) > LONGEST_FOLDER:
        raise HvError("input.folder_too_long", facts={"path": text})
    return result


def _split(path: str) -> tuple[str, list[str]]:
    r"""(`D:\`, its parts) or (`\\`, server, share and parts)."""
    drive, rest = ntpath.splitdrive(path)
    if re.fullmatch("[A-Za-z]:", drive) and rest.startswith("\\"):
        inner = rest[1:].removesuffix("\\")
        return f"{drive.upper()}\\", inner.split("\\") if inner else []
    parts = path.removesuffix("\\").removeprefix("\\\\").split("\\")
    if path.startswith("\\\\") and len(parts) >= 2 and parts[0] not in ("?", "."):
        return "\\\\", parts
    raise HvError("input.folder", facts={"path": path})


def _check_part(path: str, part: str) -> None:
    facts = {"path": path, "name": part}
    if not part:
        raise HvError("input.folder", facts=facts)
    for character in part:
        if character in _FORBIDDEN or ord(character) < 32:
            raise HvError("input.folder_character", facts={**facts, "character": character})
    if part.endswith((".", " ")):
        raise HvError("input.folder_trailing", facts=facts)
    if part.partition(".")[0].rstrip().casefold() in _DEVICES:
        raise HvError("input.folder_device", facts=facts)

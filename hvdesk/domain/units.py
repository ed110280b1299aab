"""Sizes, memory, uptime, ages and names as text, the way Hyper-V Manager shows them; used by both front ends."""

from __future__ import annotations

import unicodedata
from datetime import datetime

DASH = "\N{EN DASH}"
"""Shown for a figure that the host could not give."""

_SIZE_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size_text(size: int | None) -> str:
    """Bytes with three significant digits: `516 MB`, `2.04 GB`, `82.9 GB`; a dash for None.

    Cut, never rounded up, as Windows does it: free space is not shown bigger than it is.
    """
    if size is None:
        return DASH
    unit, divisor = 0, 1
    while size >= 1000 * divisor and unit < len(_SIZE_UNITS) - 1:
        unit += 1
        divisor *= 1024
    if unit == 0:
        return f"{size} bytes"
    hundredths = size * 100 // divisor
    whole, rest = divmod(hundredths, 100)
    if whole >= 100:
        number = f"{whole}"
    elif whole >= 10:
        number = f"{whole}.{rest // 10}"
    else:
        number = f"{whole}.{rest:02}"
    return f"{number} {_SIZE_UNITS[unit]}"


def memory_text(size: int | None) -> str:
    """Assigned memory, always in MB as in the list of virtual machines; a dash for None."""
    return DASH if size is None else f"{size // 2**20} MB"


def percent_text(percent: int | None) -> str:
    """`7%`, without a blank as in Hyper-V Manager; a dash for None."""
    return DASH if percent is None else f"{percent}%"


def uptime_text(seconds: int | None) -> str:
    """`hh:mm:ss`, beyond a day `d.hh:mm:ss`; a dash for None."""
    if seconds is None:
        return DASH
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    clock = f"{hours:02}:{minutes:02}:{seconds:02}"
    return f"{days}.{clock}" if days else clock


def moment_text(text: str | None) -> str:
    """An ISO-8601 moment on the clock of this computer, to the second; a dash for None or what is no moment."""
    try:
        return datetime.fromisoformat(text or "").astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return DASH


def age_text(seconds: float) -> str:
    """How long ago something was learned, in one coarse unit: `just now`, `40 s ago`, `3 min ago`, `2 h ago`."""
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{int(seconds // unit)} {name} ago"
    return "just now" if seconds < 10 else f"{int(seconds)} s ago"


def visible_text(text: str) -> str:
    """`text` with every character that would not show, or would reorder its neighbours, written as `<U+202E>`.

    A virtual machine may be named with line breaks or right-to-left overrides; shown raw, such a name could pass for
    another one. Right-to-left letters themselves stay as they are.
    """
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if unicodedata.category(character) in _INVISIBLE:
        return f"<U+{ord(character):04X}>"
    return character

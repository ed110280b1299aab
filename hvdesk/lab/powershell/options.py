"""The command line of powershell.exe."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

_FLAGS = ("nologo", "noprofile", "noninteractive", "noexit", "sta", "mta")
_VALUES = ("executionpolicy", "inputformat", "outputformat", "windowstyle", "version", "configurationname")


class OptionsError(Exception):
    """powershell.exe does not take these arguments; the text is what it says."""


@dataclass(frozen=True)
class Options:
    """What is to run. `encoded`: errors go to standard error as CLIXML."""

    script: str
    encoded: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """Read the arguments as powershell.exe 5.1 does: case and the ends of names do not matter. Raises OptionsError."""
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word[:1] not in ("-", "/"):
            return Options(" ".join([word, *rest]))
        name = word[1:].lower()
        if name in ("e", "ec") or (name and "encodedcommand".startswith(name)):
            return Options(_decode(rest), encoded=True)
        if name and "command".startswith(name):
            return Options(" ".join(rest))
        if any(name and flag.startswith(name) for flag in _FLAGS):
            continue
        if name in ("ep", "ex") or any(name and value.startswith(name) for value in _VALUES):
            rest = rest[1:]
            continue
        raise OptionsError(f"The term '{word}' is not a parameter of powershell.exe.")
    raise OptionsError("The lab's PowerShell has no interactive prompt.")


def _decode(rest: list[str]) -> str:
    try:
        return base64.b64decode(rest[0], validate=True).decode("utf-16-le")
    except (IndexError, binascii.Error, UnicodeDecodeError) as error:
        raise OptionsError(
            "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. "
            "The value must be Base64 encoded."
        ) from error

"""What becomes of a command line on its way to a program: first cmd.exe reads it, then the C runtime splits it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

CMD_LIMIT = 8191
"""Characters cmd.exe takes (kb 830473)."""


class CmdError(Exception):
    """cmd.exe does not start the program; the text is what it writes to standard error."""


def read_by_cmd(command: str, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The line after cmd.exe: variables expanded, carets gone. Raises CmdError for what makes it do something else.

    Outside double quotes a pipe or ampersand begins another command and an angle bracket names a file; a line break
    ends the command. The lab has nothing to run on a pipe's other side, so each is an error with cmd.exe's words.
    """
    line = " ".join([command, *arguments])
    if len(line) > CMD_LIMIT:
        raise CmdError("The command line is too long.")
    line = _expand(re.split(r"[\r\n]", line, maxsplit=1)[0], environment)
    result: list[str] = []
    quoted = False
    position = 0
    while position < len(line):
        char = line[position]
        if char == '"':
            quoted = not quoted
        elif not quoted and char == "^":
            position += 1
            char = line[position : position + 1]
        elif not quoted and char in "<>":
            raise CmdError("The system cannot find the file specified.")
        elif not quoted and char in "|&":
            raise CmdError(not_recognized(line[position:].strip("|& ").split(" ")[0]))
        result.append(char)
        position += 1
    return "".join(result)


def not_recognized(name: str) -> str:
    """cmd.exe's words for a program that is not there."""
    return f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file."


def _expand(line: str, environment: Mapping[str, str]) -> str:
    known = {name.casefold(): value for name, value in environment.items()}
    return re.sub(r"%([^%]+)%", lambda match: known.get(match[1].casefold(), match[0]), line)


def split_by_runtime(line: str) -> list[str]:
    """The arguments as the C runtime of Windows makes them of a line.

    Blanks separate, double quotes group and vanish, a backslash is itself except before a double quote.
    """
    words: list[str] = []
    word: str | None = None
    quoted = False
    for token in re.finditer(r'(\\*)"|\\+|.', line, re.DOTALL):
        if token[0] in (" ", "\t") and not quoted:
            if word is not None:
                words.append(word)
            word = None
        elif token[1] is None:
            word = (word or "") + token[0]
        else:
            word = (word or "") + token[1][: len(token[1]) // 2] + ('"' if len(token[1]) % 2 else "")
            quoted ^= len(token[1]) % 2 == 0
    return words if word is None else [*words, word]

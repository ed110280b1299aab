"""A few PowerShell statements for other clients of the lab: enough to see that a shell runs, says who and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hvdesk.lab.powershell.process import Console
from hvdesk.lab.programs import Caller
from hvdesk.lab.world.hosts import Host

_STATEMENTS = re.compile(r"""(?:'[^']*'|"[^"]*"|[^;\r\n'"])+""")
_LITERAL = re.compile(
    r"""(?:(?:Write-Output|echo)\s+)?(?:'(?P<single>[^']*)'|"(?P<double>[^"$`]*)"|(?P<number>-?\d+))""", re.I
)
_SLEEP = re.compile(r"Start-Sleep\s+(?:-Seconds\s+|-s\s+)?(?P<seconds>\d+(?:\.\d+)?)", re.I)
_ERROR = re.compile(r"\[Console\]::Error\.WriteLine\('(?P<text>[^']*)'\)", re.I)
_EXIT = re.compile(r"exit(?:\s+(?P<code>\d+))?", re.I)
_ASSIGNMENT = re.compile(r"\$\w+\s*=\s*.+", re.S)


@dataclass(frozen=True)
class Setting:
    """Where statements run."""

    host: Host
    caller: Caller
    environment: Mapping[str, str]
    codepage: str


def run(script: str, *, encoded: bool, setting: Setting, console: Console) -> int:
    """Run the statements one after the other; exit code 1 at the first that is not understood."""
    for statement in _STATEMENTS.findall(script):
        statement = statement.strip()
        if not statement or _ASSIGNMENT.fullmatch(statement):
            continue
        if leaving := _EXIT.fullmatch(statement):
            return int(leaving["code"] or 0)
        if sleep := _SLEEP.fullmatch(statement):
            console.pause(float(sleep["seconds"]))
        elif error := _ERROR.fullmatch(statement):
            console.err(f"{error['text']}\r\n".encode(setting.codepage, "replace"))
        elif (text := _value(statement, setting)) is not None:
            console.out(f"{text}\r\n".encode(setting.codepage, "replace"))
        else:
            console.err(_unknown(statement, encoded).encode(setting.codepage, "replace"))
            return 1
    return 0


def _value(statement: str, setting: Setting) -> str | None:
    if literal := _LITERAL.fullmatch(statement):
        return next(group for group in literal.groups() if group is not None)
    known = {
        "hostname": setting.host.name,
        "$env:computername": setting.host.name,
        "whoami": setting.caller.user.lower(),
        "$psversiontable.psversion.tostring()": setting.host.spec.powershell,
        "[string]$psversiontable.psversion": setting.host.spec.powershell,
    }
    known |= {f"$env:{name.lower()}": value for name, value in setting.environment.items()}
    return known.get(statement.lower())


def _unknown(statement: str, encoded: bool) -> str:
    word = statement.split()[0]
    text = (
        f"{word} : The term '{word}' is not recognized as the name of a cmdlet, function, script file, or operable \r\n"
        "program. Check the spelling of the name, or if a path was included, verify that the path is correct and \r\n"
        "try again.\r\n"
        f"    + CategoryInfo          : ObjectNotFound: ({word}:String) [], CommandNotFoundException\r\n"
        "    + FullyQualifiedErrorId : CommandNotFoundException\r\n"
    )
    if not encoded:
        return text
    lines = "".join(f'<S S="Error">{_escape(line)}_x000D__x000A_</S>' for line in text.splitlines())
    head = '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    return f"{head}{lines}</Objs>"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""How the agent is started on a host: a short command line, then its readable source on standard input.

WinRS hands the command line to cmd.exe, whose program splits it by the C runtime's rules, and takes no standard input
before the program runs. So the text of `-Command` holds no double quote, none of `| & < > ^ % !`, no line break and no
two spaces in a row, and stays far below cmd.exe's 8,191 characters. It is neither encoded nor compressed: the host's
script-block log and its security software see exactly what runs.
"""

from __future__ import annotations

from typing import Final

from hvdesk.hyperv.agent.source import agent_source

MODE_MARK: Final = "@hvdesk-mode "
"""Begins the first line a started agent puts out; PowerShell's language mode follows. Only FullLanguage lets it run:
ConstrainedLanguage forbids method calls, puts this plain string out all the same, and then fails."""

END_MARK: Final = "#@hvdesk-end"
"""The line after the last line of the source."""

SCRIPT: Final = (
    "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'; "
    f"'{MODE_MARK}' + $ExecutionContext.SessionState.LanguageMode; "
    "$source = @(while ($true) { $line = [Console]::In.ReadLine(); if ($null -eq $line) { exit 3 }; "
    f"if ($line -ceq '{END_MARK}') {{ break }}; $line }}); "
    ". ([scriptblock]::Create($source -join [char]10))"
)
"""What `-Command` runs. Input that ends before END_MARK ends it with exit code 3: half a source is never run."""

COMMAND: Final = "powershell.exe"
ARGUMENTS: Final = ("-NoLogo", "-NoProfile", "-NonInteractive", "-Command", SCRIPT)


def first_input() -> bytes:
    """What goes to standard input right after the start: the source and its end mark. ASCII. Any thread."""
    return f"{agent_source()}{END_MARK}\n".encode("ascii")

"""What the simulated PowerShell does with hvdesk's bootstrap: it takes the agent's source and becomes the agent."""

from __future__ import annotations

from hvdesk.lab.powershell.agent import SimulatedAgent
from hvdesk.lab.powershell.process import Console
from hvdesk.lab.programs import Caller
from hvdesk.lab.world.world import World

END_MARK = "#@hvdesk-end"
_PARTS = ("@hvdesk-mode ", "LanguageMode", "[Console]::In", END_MARK, "[scriptblock]::Create")
_PAIRS = {")": "(", "}": "{", "]": "["}
NO_SOURCE = 3
_NO_METHODS = (
    b"Cannot invoke method. Method invocation is supported only on core types in this language mode.\r\n"
    b"    + FullyQualifiedErrorId : MethodInvocationNotSupportedInConstrainedLanguage\r\n"
)
_BEGINNINGS = ("#", "<#", "param", "Set-StrictMode", "function ", "$", "[CmdletBinding")


def is_bootstrap(script: str) -> bool:
    """True for a script that announces the language mode and runs what comes on standard input."""
    return all(part in script for part in _PARTS)


def parse_error(script: str) -> str | None:
    """What PowerShell's parser would find wrong in a script that lost characters on its way, or None."""
    open_brackets: list[str] = []
    quoted = False
    for char in script:
        if char == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "({[":
            open_brackets.append(char)
        elif char in _PAIRS and (not open_brackets or open_brackets.pop() != _PAIRS[char]):
            return f"Unexpected token '{char}' in expression or statement."
    if quoted:
        return "The string is missing the terminator: '."
    return f"Missing closing bracket for '{open_brackets[-1]}'." if open_brackets else None


def source_error(lines: list[bytes]) -> str | None:
    """Why this would not run on Windows as the agent's source; None when it would."""
    try:
        text = b"\n".join(lines).decode("ascii")
    except UnicodeDecodeError as error:
        return f"The source has a byte that the console's code page changes, at offset {error.start}."
    if not text.lstrip().startswith(_BEGINNINGS):
        return "The source does not begin like a PowerShell script."
    return None


def run(world: World, host: str, caller: Caller, console: Console) -> int:
    """Be the bootstrap and then the agent, until the end of input or `bye`; the exit code."""
    mode = world.hosts[host].health.language_mode
    console.out(f"@hvdesk-mode {mode}\r\n".encode("ascii"))
    if mode != "FullLanguage":
        console.err(_NO_METHODS)
        return 1
    source: list[bytes] = []
    while (line := console.read_line()) != END_MARK.encode():
        if line is None:
            return NO_SOURCE
        source.append(line)
    error = source_error(source)
    if error is not None:
        console.err(f"{error}\r\n    + FullyQualifiedErrorId : ParseException\r\n".encode())
        return 1
    agent = SimulatedAgent(world, host, caller, console.attachment)
    console.out(agent.ready_line())
    while not agent.ended and (request := console.read_line()) is not None:
        for answer in agent.answer_line(request):
            console.out(answer)
    return 0

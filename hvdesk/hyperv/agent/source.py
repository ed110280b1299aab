"""The agent's source text, joined from its parts: what a session sends to a host and `hvdesk agent-script` prints."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

PARTS = (
    "10-json.ps1",
    "20-errors.ps1",
    "30-read.ps1",
    "40-host.ps1",
    "50-vms.ps1",
    "60-details.ps1",
    "70-files.ps1",
    "75-events.ps1",
    "80-calls.ps1",
    "90-loop.ps1",
)
"""The parts in the order in which they are joined: the last one runs what the others define."""


@cache
def agent_source() -> str:
    """The whole script, ASCII, lines ended by a line feed. Works from a wheel and frozen. Any thread.

    Raises FileNotFoundError when a part is missing and UnicodeDecodeError when one is not ASCII: faults of the build.
    """
    folder = files("hvdesk.hyperv.agent")
    texts = (folder.joinpath(part).read_bytes().decode("ascii").replace("\r\n", "\n") for part in PARTS)
    return "\n".join(text.rstrip("\n") + "\n" for text in texts)

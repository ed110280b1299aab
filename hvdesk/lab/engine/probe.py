"""Finds the engine that was asked for, and refuses one in which anything but the lab's own commands can be used.

On an administrator's workstation the real Hyper-V module may be one step away: an engine that loads modules of the
machine would run what is meant for simulated hosts on that workstation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hvdesk.lab.engine import line
from hvdesk.lab.engine.launcher import Engines
from hvdesk.lab.engine.values import Json
from hvdesk.lab.world.world import World

VARIABLE: Final = "HVDESK_POWERSHELL"
_SECONDS: Final = 60.0
_SHOWN: Final = 5


class EngineError(Exception):
    """The engine cannot be used; the text says why."""


def find(wanted: str) -> Path:
    """The engine's program: `wanted` is its path, or "auto" for what the environment or PATH names.

    Raises EngineError.
    """
    named = wanted
    if wanted == "auto":
        names = (os.environ.get(VARIABLE), shutil.which("powershell"), shutil.which("pwsh"))
        named = next((name for name in names if name), "")
    if not named:
        raise EngineError(f"no PowerShell engine was found: {VARIABLE} is not set, and PATH has none")
    if not (Path(named).is_file() and os.access(named, os.X_OK)):
        raise EngineError(f"{named} is not a program")
    return Path(named).absolute()


def refuse_leaks(engines: Engines, world: World) -> None:
    """Start the engine once and ask it what could be used in it. Raises EngineError when that is too much."""
    host = next(iter(world.hosts.values()))
    with line.opened(_no_answer, "probe") as way:
        environment = {**engines.environment(host, {"COMPUTERNAME": host.name}, "cp437"), **way}
        words = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "Get-LabLeak"]
        with engines.start(words, environment) as process:
            try:
                out, err = process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise EngineError(f"the engine did not answer within {_SECONDS:g} seconds") from None
    said = out.decode("ascii", "replace").splitlines()
    if said[-1:] != ["end"]:
        words = [*err.decode("ascii", "replace").splitlines(), *said, "it said nothing"]
        raise EngineError(f"it does not load the lab's modules, so it is no engine that plays hosts ({words[0]})")
    leaks = said[:-1]
    if leaks:
        more = f" and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
        raise EngineError(f"commands of this machine could be used in it: {'; '.join(leaks[:_SHOWN])}{more}")


def _no_answer(_question: Json) -> Iterator[Any]:
    return iter(())

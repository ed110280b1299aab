"""`hvdesk lab`: simulated hosts behind real WinRM on loopback, in the foreground, until told to end."""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hvdesk.lab.control import Control
from hvdesk.lab.engine.launcher import Engines
from hvdesk.lab.engine.probe import VARIABLE, EngineError, find, refuse_leaks
from hvdesk.lab.powershell.launcher import WorldLauncher
from hvdesk.lab.realm import start_kdc
from hvdesk.lab.scenario import ScenarioError, load
from hvdesk.lab.state import StateError, remove_state, state_of, without_passwords, write_state
from hvdesk.lab.windows import since
from hvdesk.lab.winrm.accounts import HostName
from hvdesk.lab.winrm.config import Variants
from hvdesk.lab.winrm.kdc import KdcError
from hvdesk.lab.winrm.server import HostSetup, WinRMServer
from hvdesk.lab.world.hosts import Host
from hvdesk.lab.world.world import World

_WRONG_USAGE = 2
_SECONDS = 10.0


def run(argv: Sequence[str]) -> int:
    """Run a lab until its input ends, `quit`, SIGINT or SIGTERM; the exit code. Main thread only.

    Prints one JSON line when the hosts listen, then one for each command that came in.
    """
    options = _parser().parse_args(argv)
    ending = threading.Event()
    try:
        world = World(load(options.scenario))
        with _signals(ending), tempfile.TemporaryDirectory(prefix="hvdesk-lab-") as folder:
            _serve(world, Path(folder), options, ending)
    except (EngineError, KdcError, ScenarioError, StateError) as error:
        print(f"hvdesk lab: {error}", file=sys.stderr)
        return _WRONG_USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hvdesk lab",
        description="Simulated Hyper-V hosts behind real WinRM on 127.0.0.1, until Ctrl+C or the end of the input.",
    )
    parser.add_argument("--scenario", metavar="F", default="standard", help="a scenario's name, or a TOML file")
    parser.add_argument(
        "--state", metavar="FILE", type=Path, help="write ports, accounts and the CA file here, as JSON, when ready"
    )
    parser.add_argument(
        "--powershell",
        metavar="PATH|auto",
        help=f"run a PowerShell engine in the shells; auto: the one that {VARIABLE} names or PATH has",
    )
    return parser


def _serve(world: World, folder: Path, options: argparse.Namespace, ending: threading.Event) -> None:
    engines = _engines(world, options.powershell, folder) if options.powershell else None
    launcher = WorldLauncher(world, engines.run if engines else None)
    kdc = start_kdc(world, folder / "kdc")
    server = WinRMServer(map(_setup, world.hosts.values()), world.accounts, launcher, folder, kdc=kdc)
    path = (options.state or folder / "state.json").absolute()
    try:
        state = state_of(world, server)
        write_state(path, state)
        _say(json.dumps({"event": "ready", "state": str(path), **without_passwords(state)}))
        if _takes_commands():
            control = Control(server, world.command, launcher)
            threading.Thread(target=_read_commands, args=(control, ending), name="control line", daemon=True).start()
        while not ending.wait(0.5):  # with a time-out, because on Windows a plain wait is deaf to Ctrl+C
            pass
    finally:
        remove_state(path)
        server.stop()
        if kdc:
            kdc.stop()
        if engines:
            engines.close(_SECONDS)


def _setup(host: Host) -> HostSetup:
    variants = Variants(activity_id=since(host.windows, "2016"), tls12_only=not since(host.windows, "2022"))
    return HostSetup(HostName(host.name, host.fqdn), host.spec.certificate, variants)


def _engines(world: World, wanted: str, folder: Path) -> Engines:
    program = find(wanted)
    try:
        engines = Engines(world, program, folder / "engine")
        refuse_leaks(engines, world)
    except OSError as error:
        raise EngineError(f"{program} cannot be started: {error}") from error
    return engines


def _read_commands(control: Control, ending: threading.Event) -> None:
    """Body of the control line's thread: ends the lab at the end of its input, or when nobody reads the answers."""
    try:
        for line in _lines():
            if line.strip():
                _say(control.line(line))
            if control.quit:
                break
    except OSError:
        pass  # the program that started the lab is gone, which ends the lab
    finally:
        ending.set()


def _lines() -> Iterator[str]:
    # Read past sys.stdin: a daemon thread that holds its lock while it waits would break the interpreter's end.
    rest = b""
    while data := os.read(0, 65536):
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)


def _takes_commands() -> bool:
    """Whether standard input is something to read commands from: a pipe, a socket, a terminal, a file."""
    try:
        mode = os.fstat(0).st_mode
        return os.isatty(0) or not stat.S_ISCHR(mode)
    except OSError:
        return False  # a program without standard input


def _say(line: str) -> None:
    print(line, flush=True)


@contextmanager
def _signals(ending: threading.Event) -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

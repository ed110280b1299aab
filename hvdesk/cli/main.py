"""The terminal front end: reads a command, runs it on the core, says how it ended."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from hvdesk.app.build import opened
from hvdesk.app.core import Core
from hvdesk.cli import exits, hosts, jobs, move, vms
from hvdesk.cli.options import parser
from hvdesk.cli.output import Output
from hvdesk.domain.errors import HvError

_QUIT_SECONDS = 10.0

_COMMANDS: dict[str, Callable[[Core, Namespace, Output], int]] = {
    "hosts": hosts.run,
    "vms": vms.run,
    "move": move.run,
    "jobs": jobs.run,
}


def run(argv: Sequence[str], *, lab: str | None, data_dir: Path | None) -> int:
    """Run one command and return its exit code; wrong options leave by SystemExit(2). Main thread.

    `lab` None: real hosts; "" or a name: a lab of our own; a file: the lab that wrote it.
    """
    args = parser().parse_args(argv)
    if args.command == "agent-script":
        print(Core.agent_script(), end="")
        return exits.DONE
    out = Output(args.json)
    try:
        if args.command not in _COMMANDS:
            raise HvError("program.not_yet", facts={"what": args.command})
        if args.command == "move":
            move.require_built(args)  # what is wrong with the words is said before anything is started
        with opened(lab, data_dir, _QUIT_SECONDS, follow=False) as core:
            return _COMMANDS[args.command](core, args, out)
    except HvError as error:
        out.event("failed", error=asdict(error.report()))
        if not out.as_json:
            out.report(error.report())
        return exits.of_error(error)
    except KeyboardInterrupt:
        out.event("cancelled", error=None)
        out.message("Cancelled.")
        return exits.CANCELLED

"""Entry point: reads the options before the command, then imports only the front end that the command needs."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hvdesk import __version__

_COMMANDS = """commands (hvdesk COMMAND --help explains one):
  (none)         the window
  hosts          the hosts in the list; also hosts add, hosts test, hosts remove
  vms            the virtual machines of the hosts
  move           move a virtual machine to another host
  jobs           running moves of all hosts, and history
  agent-script   the PowerShell that hvdesk runs on a host
  lab            simulated hosts in the foreground
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run hvdesk with `argv` (default: the program's arguments) and return the exit code; main thread only."""
    words = list(sys.argv[1:] if argv is None else argv)
    start = _command_index(words)
    parser = _parser()
    options = parser.parse_args(["--lab=" if word == "--lab" else word for word in words[:start]])
    command = words[start:]
    if command[:1] == ["lab"]:
        if options.lab is not None or options.data_dir is not None:
            parser.error("--lab and --data-dir belong to the commands that use a lab; lab itself takes its own options")
        from hvdesk.lab.main import run as run_lab

        return run_lab(command[1:])
    if command:
        from hvdesk.cli.main import run as run_cli

        return run_cli(command, lab=options.lab, data_dir=options.data_dir)
    return _window(options.lab, options.data_dir)


def _command_index(words: Sequence[str]) -> int:
    """Where the command begins: the first word that is neither an option nor the folder after --data-dir."""
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] == "--data-dir" else 1
    return min(index, len(words))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hvdesk",
        usage="hvdesk [--lab[=NAME|=FILE.json]] [--data-dir DIR] [COMMAND ...]",
        description="Move Hyper-V virtual machines between hosts. Without a command the window opens.",
        epilog=_COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    # Not nargs="?": that would take the command for the value. main() has made a bare --lab into --lab= already.
    parser.add_argument(
        "--lab",
        metavar="NAME|FILE.json",
        help="work on simulated hosts: --lab for the standard scenario, --lab=NAME for another one, "
        "--lab=FILE.json for the lab that wrote this state file",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        type=_folder,
        default=os.environ.get("HVDESK_DATA_DIR") or None,
        help="settings, journal and logs there instead of the user's folders (also HVDESK_DATA_DIR)",
    )
    parser.add_argument("--version", action="version", version=f"hvdesk {__version__}")
    return parser


def _folder(text: str) -> Path:
    path = Path(text)
    if not text or (path.exists() and not path.is_dir()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return path


def _window(lab: str | None, data_dir: Path | None) -> int:
    # Loading makes many objects and no rubbish: looking for some all the while would delay the window.
    gc.disable()
    try:
        from hvdesk.ui.main import run as run_ui
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] not in {"PySide6", "shiboken6"}:
            raise
        # Said apart from other errors: servers have the terminal commands without Qt, and know what to install.
        print(
            f"hvdesk: the window needs PySide6, which cannot be loaded here ({problem}).\n"
            "Install it with: pip install PySide6-Essentials (on Debian also: apt install libegl1 libgl1 libxkbcommon0 "
            "libdbus-1-3 libfontconfig1).\nThe commands work without it: hvdesk --help.",
            file=sys.stderr,
        )
        return 2
    else:
        return run_ui(lab=lab, data_dir=data_dir)
    finally:
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())

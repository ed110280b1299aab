"""The options of every command, as argparse reads them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from hvdesk.cli import hosts, jobs, vms
from hvdesk.settings.schema import LOGON_METHODS

_MOVE = (
    "A name that begins with a dash goes after --: hvdesk move --from H --to H2 --path DIR -- -name. --json: an object "
    "a line, each with event: check (findings, script, storage_bytes, free_bytes), progress (job, vm, id, state, "
    "phase, percent, storage_done_bytes, storage_total_bytes, note), and last done, failed, cancelled or unknown (vm, "
    "id, source, destination, job, error)."
)
NOT_YET = "not in this version yet"


def parser() -> argparse.ArgumentParser:
    """The parser of all commands. `command` is None without one; `action` belongs to `hosts`."""
    top = argparse.ArgumentParser(prog="hvdesk", allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _hosts(_command(commands, "hosts", "the hosts in the list, and whether they answer"))
    _vms(_command(commands, "vms", "the virtual machines of the hosts"))
    _move(_command(commands, "move", "move a virtual machine to another host"))
    _move_storage(_command(commands, "move-storage", f"move a virtual machine's storage ({NOT_YET})"))
    _settings(_command(commands, "settings", f"read or change live-migration settings ({NOT_YET})"))
    _jobs(_command(commands, "jobs", "running moves of all hosts, ours or not, and history"))
    _command(commands, "agent-script", "the PowerShell that hvdesk runs on a host", table=False)
    return top


def _array(keys: Iterable[str]) -> str:
    return f"--json: an array of objects with {', '.join(keys)}; when all fails, one object with event failed, error."


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, *, table: bool = True
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
    if table:
        # The default stands at `hosts` only: that of `hosts add` would undo a --json before the word add.
        default = False if commands.metavar == "COMMAND" else argparse.SUPPRESS
        made.add_argument("--json", action="store_true", default=default, help="machine-readable standard output")
    return made


def _vms(command: argparse.ArgumentParser) -> None:
    command.epilog = _array(vms.KEYS)
    command.add_argument("--host", metavar="H", help="of this host only")
    _connection(command, "")


def _jobs(command: argparse.ArgumentParser) -> None:
    command.epilog = f"{_array(jobs.KEYS)} With --watch it prints what `hvdesk move --help` says."
    command.add_argument("--watch", action="store_true", help="follow them until all are over")


def _settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("host", metavar="H")
    command.add_argument("--set", action="append", metavar="KEY=VALUE")


def _hosts(command: argparse.ArgumentParser) -> None:
    command.epilog = _array(hosts.KEYS)
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    add = _command(actions, "add", "connect to a host and put it into the list")
    add.add_argument("name", metavar="NAME", help="how the host is called here; also its address unless one is given")
    _connection(add, "")
    add.add_argument("--session-only", action="store_true", help="do not keep the password in the system's keyring")
    test = _command(actions, "test", "connect to a host and say what it is")
    test.add_argument("name", metavar="NAME")
    _connection(test, "")
    remove = _command(actions, "remove", "take a host off the list, and its password out of the keyring")
    remove.add_argument("name", metavar="NAME")


def _connection(command: argparse.ArgumentParser, prefix: str) -> None:
    """How a host is reached and who logs on; for a host that is not in the list, or other than the list says."""
    group = command.add_argument_group(f"connection ({prefix[:-1]})" if prefix else "connection")
    group.add_argument(f"--{prefix}address", metavar="A", help="name or IP address")
    group.add_argument(f"--{prefix}port", metavar="N", help="default 5985, with https 5986")
    group.add_argument(f"--{prefix}https", action="store_true", default=None)
    group.add_argument(f"--{prefix}logon", choices=LOGON_METHODS, help="default credssp, without a user current-user")
    group.add_argument(f"--{prefix}user", metavar="U", help="DOMAIN\\user, user@domain, or a user of the host itself")
    group.add_argument(
        f"--{prefix}password-stdin", action="store_true", help="read the password, one line, from standard input"
    )
    group.add_argument(
        f"--{prefix}certificate", metavar="FILE", help="PEM file with certificate and key, for that logon"
    )
    trust = group.add_mutually_exclusive_group()
    trust.add_argument(f"--{prefix}ca", metavar="FILE", help="PEM file of the authority that issued the certificate")
    trust.add_argument(f"--{prefix}pin", metavar="SHA256", help="fingerprint of the host's certificate")


def _storage(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("storage")
    group.add_argument("--path", metavar="DIR", help="all of the machine's files into this folder, used as given")
    group.add_argument("--disk", action="append", metavar="SRC=DIR", help=NOT_YET)
    for name in ("config", "checkpoints", "smart-paging"):
        group.add_argument(f"--{name}", metavar="DIR", help=NOT_YET)


def _checked(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("check")
    group.add_argument("--accept", action="append", default=[], metavar="CODE", help="go on in spite of this warning")
    group.add_argument("--check", action="store_true", help="do all but the start")
    group.add_argument("--show-script", action="store_true", help="check, print the PowerShell, do not start")


def _move(move: argparse.ArgumentParser) -> None:
    move.epilog = _MOVE
    move.add_argument("vm", metavar="VM", help="name or id")
    move.add_argument("--from", dest="from_", required=True, metavar="H", help="the host it is on")
    move.add_argument("--to", metavar="H2", help="the host it goes to")
    _storage(move)
    move.add_argument("--vm-only", action="store_true", help=NOT_YET)
    move.add_argument("--switch", action="append", metavar="ADAPTER=SWITCH", help=NOT_YET)
    move.add_argument("--type", choices=("live", "quick"), default="live", help=f"quick: {NOT_YET}")
    move.add_argument("--leave-cluster", action="store_true", help=NOT_YET)
    move.add_argument("--join-cluster", action="store_true", help=NOT_YET)
    _checked(move)
    _connection(move, "from-")
    _connection(move, "to-")


def _move_storage(move: argparse.ArgumentParser) -> None:
    move.add_argument("vm", metavar="VM", help="name or id")
    move.add_argument("--host", required=True, metavar="H", help="the host it is on")
    _storage(move)
    move.add_argument("--disks-only", action="store_true")
    _checked(move)
    _connection(move, "")

"""Passwords in the terminal: from standard input or a prompt, never an argument."""

from __future__ import annotations

import getpass
import sys

from hvdesk.app.core import Core
from hvdesk.cli.waiting import Answer
from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret
from hvdesk.settings.schema import HostEntry


def password_for(core: Core, entry: HostEntry, *, from_stdin: bool) -> Secret | None:
    """The password to use for `entry`; None when none is needed or one is known already.

    Asked for only in a terminal; raises HvError `logon.no_credential` when nobody can be asked.
    """
    if from_stdin:
        line = sys.stdin.buffer.readline()
        if not line:
            raise HvError("logon.no_credential", host=entry.name)
        try:
            return Secret(line.decode().rstrip("\r\n"))
        except UnicodeDecodeError:  # which holds the password
            raise HvError("input.password_encoding", host=entry.name) from None
    if not entry.needs_password:
        return None
    known: Answer[bool] = Answer()
    core.knows_password(entry, known.deliver)
    if known.get():
        return None
    if not sys.stdin.isatty():
        raise HvError("logon.no_credential", host=entry.name)
    return Secret(getpass.getpass(f"Password for {entry.user} at {entry.name}: ", stream=sys.stderr))

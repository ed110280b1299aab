"""What may become of a session, as errors: apart from faults.py, because it needs none of the wire's libraries."""

from __future__ import annotations

from hvdesk.domain.errors import HvError


class SessionTrouble(HvError):
    """The session cannot go on as it is. `sent`: the request may have reached the host all the same."""

    sent = True

    def unsent(self) -> SessionTrouble:
        """The same for a request that certainly did not reach the host's program."""
        self.sent = False
        return self


class LinkDown(SessionTrouble):
    """No connection, or none any more; the shell may still be there for a new logon."""


class ShellGone(SessionTrouble):
    """The shell or its process is over."""


class InputBusy(SessionTrouble):
    """The process has not taken its earlier input yet; nothing of this one was."""

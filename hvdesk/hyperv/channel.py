"""Requests to the agent of one host over one remote process: framing, ids, replay, and never twice."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from hvdesk.domain.errors import HvError
from hvdesk.hyperv.bootstrap import ARGUMENTS, COMMAND, first_input
from hvdesk.hyperv.errors import FORGOTTEN, AgentError, OutcomeUnknown, SessionLost, facts_of
from hvdesk.hyperv.interrupt import Interrupt
from hvdesk.hyperv.messages import PROTOCOL, Answer, Mode, Ready, parse_line, request_line
from hvdesk.hyperv.operations import FOREVER, OPERATIONS
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.events import Down, Ended, Gap, Line
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon
from hvdesk.remoting.trouble import SessionTrouble, ShellGone

if TYPE_CHECKING:
    from hvdesk.remoting.process import RemoteProcess

log = logging.getLogger(__name__)

S = TypeVar("S", Mode, Ready)

FULL_LANGUAGE = "FullLanguage"
_NOT_A_COMMAND = (1, 9009)  # cmd.exe: the name is not known as a command, or is only the store's stub
_TURN = 60.0  # seconds between two looks at the clock while a move blocks


class Channel(Protocol):
    """What `HyperVHost` speaks through; one thread, `interrupt` excepted."""

    def request(self, op: str, args: Mapping[str, object] | None = None, *, seconds: float | None = None) -> object:
        """The result of one operation; `seconds` overrides its time-out. Raises HvError."""

    def interrupt(self) -> None:
        """Make the owner's running request end with an error. Any thread."""

    def close(self, *, delete_shell: bool = True) -> None:
        """End it."""


class AgentChannel:
    """One agent process. It belongs to the thread that opened it, `interrupt` excepted.

    Within the process every request is carried out at most once, whatever gets lost: it is repeated under its id, and
    an answer that is missing after a gap is asked for with `again`. When the process is gone the channel is over.
    """

    def __init__(self, process: RemoteProcess, label: str) -> None:
        self._process = process
        self._label = label
        self._last_id = 0
        self._doubtful_until = 0.0
        self._over: HvError | None = None
        self.ready: Ready | None = None

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        logon: Logon,
        gate: LogonGate,
        timing: Timing | None = None,
        interrupt: Interrupt | None = None,
    ) -> AgentChannel:
        """Log on, start PowerShell and the agent. Raises HvError and then leaves nothing behind.

        `interrupt` reaches it from the beginning on: SessionLost, once the connection is made or given up.
        """
        # Not at the top: the wire's libraries take longer to load than the whole window, which is to be seen first.
        from hvdesk.remoting.process import RemoteProcess

        process = RemoteProcess(endpoint, logon, gate, timing)
        channel = cls(process, endpoint.label)
        if interrupt is not None:
            interrupt.reaches(channel)
        try:
            process.open(COMMAND, ARGUMENTS)
            channel._start()
        except SessionTrouble as trouble:
            process.close()
            # Only what broke off under way is worth a second attempt; who is not there is not there.
            raise _as_lost(trouble) if trouble.sent and trouble.code != "host.timeout" else trouble from None
        except BaseException:
            process.close()
            raise
        return channel

    def request(self, op: str, args: Mapping[str, object] | None = None, *, seconds: float | None = None) -> object:
        """The result of `op` as decoded JSON; waits `seconds`, else as long as its entry in OPERATIONS says.

        Raises AgentError for an error on the host; SessionLost when the session ended and asking again is safe;
        OutcomeUnknown when a change may have been made; HvError `agent.timeout` for reading in vain. After the last
        three the channel is of no more use: close it.
        """
        operation = OPERATIONS[op]
        if self._over is not None:
            raise SessionLost("host.lost", host=self._label, host_words=self._over.host_words)
        patience = operation.seconds if seconds is None else seconds
        deadline = time.monotonic() + patience
        sent = False
        try:
            request_id = self._send(op, args or {}, deadline)
            sent = True
            answer = self._answer_to(request_id, deadline)
        except HvError as cause:
            self._over = cause
            if operation.changing and (sent or self._process.perhaps_sent):
                raise OutcomeUnknown(cause) from cause
            raise _as_lost(cause) from cause
        if answer is None:
            self._over = HvError("agent.timeout", host=self._label, facts={"seconds": patience})
            raise OutcomeUnknown(self._over) if operation.changing else self._over
        if answer.fault is not None:
            raise AgentError(answer.fault, host=self._label, facts=facts_of(args or {}))
        return answer.result

    @property
    def over(self) -> bool:
        """True when the channel is known to be of no more use and should be closed."""
        return self._over is not None or self._process.over

    def interrupt(self) -> None:
        """Make the owner's running request end: SessionLost, or OutcomeUnknown for a change. Any thread."""
        self._process.interrupt()

    def close(self, *, delete_shell: bool = True) -> None:
        """End process and shell, or with `delete_shell` False let go of them: a move blocks in it."""
        if self._over is None:
            self._over = HvError("host.lost", host=self._label)
        self._process.close(delete_shell=delete_shell)

    def _start(self) -> None:
        deadline = time.monotonic() + self._process.timing.start
        mode = self._await_start(Mode, deadline)
        if mode.name != FULL_LANGUAGE:
            raise HvError("agent.constrained", host=self._label, facts={"mode": mode.name})
        with contextlib.suppress(ShellGone):  # why it is over comes from the reader, with the program's last words
            self._process.feed(first_input())
        ready = self._await_start(Ready, deadline)
        if ready.protocol != PROTOCOL:
            raise HvError("agent.answer", host=self._label, facts={"detail": f"protocol {ready.protocol}"})
        self.ready = ready

    def _await_start(self, kind: type[S], deadline: float) -> S:
        while (left := deadline - time.monotonic()) > 0:
            event = self._process.next_event(left)
            if isinstance(event, Down):  # the line waited for may be lost, and nothing replays it
                raise SessionLost("host.lost", host=self._label)
            if isinstance(event, Ended):
                raise self._ended_at_start(event, spoke=kind is Ready)
            if isinstance(event, Line):
                said = self._said(event.text)
                if isinstance(said, kind):
                    return said
        raise HvError("agent.not_started", host=self._label)

    def _ended_at_start(self, event: Ended, *, spoke: bool) -> HvError:
        if event.error is not None:
            return _as_lost(event.error)
        missing = event.exit_code in _NOT_A_COMMAND and not spoke
        code = "agent.no_powershell" if missing else "agent.not_started"
        return HvError(code, host=self._label, facts={"exit_code": event.exit_code}, host_words=event.words)

    def _answer_to(self, request_id: int, deadline: float) -> Answer | None:
        """The answer to a request; None when none came until `deadline`. Raises HvError when none can come."""
        # What was swallowed by a Receive that was lost on the way can be replayed for certain only when that Receive is
        # over at the host as well: hence a second `again` at the end of the doubt.
        again_at = [self._doubtful_until] if self._doubtful_until > time.monotonic() else []
        away: Down | None = None
        until = deadline
        while (now := time.monotonic()) < until:
            if again_at and again_at[0] <= now:
                again_at.pop(0)
                self._send("again", {"from": request_id}, deadline)
                continue
            event = self._process.next_event(min([until, now + _TURN, *again_at]) - now)
            if isinstance(event, Down):
                away, until = event, min(deadline, time.monotonic() + self._patience(deadline))
            elif isinstance(event, Gap):
                away, until = None, deadline
                self._doubtful_until = time.monotonic() + self._process.timing.read
                again_at = [time.monotonic(), self._doubtful_until]
            elif isinstance(event, Ended):
                raise event.error or ShellGone("host.lost", host=self._label, host_words=event.words)
            elif isinstance(event, Line):
                said = self._said(event.text)
                if isinstance(said, Answer) and said.id == request_id:
                    return self._known(said)
        if away is not None and until < deadline:
            raise away.error
        return None

    def _send(self, op: str, args: Mapping[str, object], deadline: float) -> int:
        self._last_id += 1
        line = request_line(self._last_id, op, args)
        self._process.send_line(line, deadline=deadline, patience=self._patience(deadline))
        return self._last_id

    def _patience(self, deadline: float) -> float:
        """For how long a host that is away may stay away."""
        timing = self._process.timing
        return timing.idle if deadline == FOREVER else timing.away

    def _said(self, text: str) -> Mode | Ready | Answer | None:
        try:
            said = parse_line(text)
        except HvError:
            if time.monotonic() >= self._doubtful_until:
                raise
            said = None  # the tail of a line whose beginning was lost
        if said is None:
            log.info("%s: noise on stdout: %.200s", self._label, text)
        return said

    def _known(self, answer: Answer) -> Answer:
        if answer.fault is not None and answer.fault.name == FORGOTTEN:
            raise ShellGone("host.lost", host=self._label, host_words=answer.fault.message)
        return answer


def _as_lost(cause: HvError) -> HvError:
    """A session that ended under way may be replaced; a logon that was refused, a certificate that changed may not."""
    if isinstance(cause, SessionTrouble):
        return SessionLost(cause.code, host=cause.host, facts=cause.facts, host_words=cause.host_words)
    return cause

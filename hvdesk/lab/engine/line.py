"""The line between one engine process and the world: a connection over the loopback that only that process can open."""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hvdesk.lab.engine.values import Json, fault
from hvdesk.lab.world.failure import WindowsError
from hvdesk.lab.world.timeline import ProgramKilledError

Answer = Callable[[Json], Iterator[Any]]
"""Yields what the cmdlet of a question gives; may raise WindowsError and ProgramKilledError."""


@contextmanager
def opened(answer: Answer, name: str) -> Iterator[dict[str, str]]:
    """Listen for one process during the block; gives the environment variables by which it finds the way.

    `answer` runs in a thread of the line's own, which ends with the connection.
    """
    token = secrets.token_urlsafe(24)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = _Line(listener, token, answer)
        thread = threading.Thread(target=line.serve, name=f"lab line {name}", daemon=True)
        thread.start()
        try:
            yield {"HVDESK_LAB_PORT": str(listener.getsockname()[1]), "HVDESK_LAB_TOKEN": token}
        finally:
            line.close()
            thread.join()


class _Line:
    def __init__(self, listener: socket.socket, token: str, answer: Answer) -> None:
        self._listener = listener
        self._token = token
        self._answer = answer
        self._connection: socket.socket | None = None
        self._closing = False

    def serve(self) -> None:
        """Body of the thread: the first connection that knows the token is the process; others are turned away."""
        while not self._closing:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rwb") as stream:
                self._connection = connection
                if self._closing or not self._welcome(stream.readline()):
                    continue
                with suppress(OSError, ProgramKilledError):  # the process is gone, the only reader of an answer
                    self._talk(stream)
                return

    def close(self) -> None:
        """The process is over: end the thread. Whoever waits in the world is to be woken by whoever calls this."""
        self._closing = True
        if self._connection is not None:
            with suppress(OSError):  # it may be closed already
                self._connection.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):  # wakes an accept, if there is one
            socket.create_connection(self._listener.getsockname(), timeout=1).close()

    def _welcome(self, line: bytes) -> bool:
        return hmac.compare_digest(line.strip(), self._token.encode())

    def _talk(self, stream: Any) -> None:
        for line in stream:
            stream.write(json.dumps(self._reply(json.loads(line))).encode("ascii") + b"\n")
            stream.flush()

    def _reply(self, question: Json) -> Json:
        parts: list[Json] = []
        try:
            for part in self._answer(question):
                failed = isinstance(part, WindowsError)
                parts.append({"value": None, "fault": fault(part)} if failed else {"value": part, "fault": None})
        except WindowsError as error:
            return {"parts": parts, "fault": fault(error)}
        return {"parts": parts, "fault": None}

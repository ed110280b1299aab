"""Servers that are no WinRM, and a relay that listens in."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stranger(*answers: bytes) -> Iterator[int]:
    """The port of a server that gives each connection its answer, the last one to all further ones."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for number in range(1_000):
                try:
                    connection, _ = server.accept()
                except OSError:
                    return  # the end of the block
                with connection:
                    connection.settimeout(5)
                    connection.recv(65_536)
                    connection.sendall(answers[min(number, len(answers) - 1)])

        thread = threading.Thread(target=serve, name="stranger", daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


class Relay:
    """Passes bytes on between clients and one port, and keeps them.

    With `cut_after` each connection ends after so many pieces from the port: one answer each, where questions wait.
    """

    def __init__(self, port: int, *, cut_after: int | None = None) -> None:
        self._target = port
        self._cut_after = cut_after
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.heard = bytearray()

    @contextmanager
    def listening(self, address: str = "127.0.0.1") -> Iterator[int]:
        """The port to connect to, for a block."""
        with socket.create_server((address, 0)) as server:
            self._start(self._accept, server)
            yield server.getsockname()[1]
            server.shutdown(socket.SHUT_RDWR)
            self._threads[0].join(10)
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it
                one.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return  # the end of the block
            host = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._sockets += [client, host]
            self._start(self._pump, client, host, None)
            self._start(self._pump, host, client, self._cut_after)

    def _pump(self, source: socket.socket, sink: socket.socket, pieces: int | None) -> None:
        count = 0
        try:
            while count != pieces and (data := source.recv(65_536)):
                with self._lock:
                    self.heard += data
                sink.sendall(data)
                count += 1
            sink.shutdown(socket.SHUT_RDWR)
            source.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # one of the two is gone

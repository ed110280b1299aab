"""Listening sockets of a simulated host and the threads of their connections."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable

from hvdesk.lab.winrm.auth import ConnectionLogon
from hvdesk.lab.winrm.connection import Connection, Site
from hvdesk.lab.winrm.strikes import HangupError, strike_wire
from hvdesk.lab.winrm.wire import Wire

_HANDSHAKE = 10.0  # seconds a client may take for TLS
_BACKLOG = 128
_POLL = 0.2  # seconds between looks whether to stop


class Listener:
    """One port on 127.0.0.1, plain or TLS; a thread per connection, none left after `stop`."""

    def __init__(
        self, site: Site, logon: Callable[[bytes | None], ConnectionLogon], tls: ssl.SSLContext | None
    ) -> None:
        self._site = site
        self._logon = logon
        self._tls = tls
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, Wire] = {}
        self._stopping = threading.Event()
        self._away: float | None = None
        self._refusing = threading.Event()
        self._sock = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self._sock.settimeout(_POLL)
        self.port: int = self._sock.getsockname()[1]
        name = f"{site.service.host} {'https' if tls else 'http'} listener"
        self._thread = threading.Thread(target=self._accept, name=name, daemon=True)
        self._thread.start()

    def cut_all(self) -> int:
        """Cut all connections with RST; how many there were."""
        with self._lock:
            wires = list(self._open.values())
        for wire in wires:
            wire.cut(reset=True)
        return len(wires)

    def close_for(self, seconds: float) -> None:
        """Refuse new connections for a while, on the same port afterwards; returns when they are refused."""
        with self._lock:
            self._away = seconds
            self._refusing.clear()
        self._wake()
        self._refusing.wait()

    def open_connections(self) -> int:
        """How many connections there are now."""
        with self._lock:
            return len(self._open)

    def stop(self) -> None:
        """Close the port and every connection and wait for their threads."""
        self._stopping.set()
        self._wake()
        self._thread.join()
        self._sock.close()
        with self._lock:
            connections = list(self._open.items())
        for thread, wire in connections:
            wire.cut(reset=False)
            thread.join()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # where this does not wake accept(), its time-out does
            self._sock.shutdown(socket.SHUT_RDWR)

    def _stay_away(self) -> None:
        with self._lock:
            seconds, self._away = self._away, None
        if seconds is None:
            return
        self._sock.close()
        # Bound but not listening: nobody else gets the port, and who connects is refused.
        self._sock = socket.socket()
        if os.name != "nt":  # where it would let others have the port
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._sock.bind(("127.0.0.1", self.port))
        self._refusing.set()
        if not self._stopping.wait(seconds):
            self._sock.listen(_BACKLOG)
        self._sock.settimeout(_POLL)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            self._stay_away()
            try:
                sock, address = self._sock.accept()
            except OSError:  # its time-out, or the end; a client that was gone before it was accepted
                continue
            self._site.counters.add("connections")
            wire = Wire(sock)
            thread = threading.Thread(target=self._serve, args=(sock, wire, address[0]), daemon=True)
            thread.name = f"{self._site.service.host} connection"
            with self._lock:
                self._open[thread] = wire
            thread.start()

    def _serve(self, sock: socket.socket, wire: Wire, peer: str) -> None:
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._site.delay.whole()  # TCP's handshake
            rule = self._site.plan.take(self._site.service.host, "connect")
            if rule is not None:
                strike_wire(rule, self._site.plan, wire)
            certificate = None
            if self._tls is not None:
                self._site.delay.whole()  # TLS' handshake
                sock.settimeout(_HANDSHAKE)
                only = self._site.service.store.config.variants.tls12_only
                self._tls.maximum_version = ssl.TLSVersion.TLSv1_2 if only else ssl.TLSVersion.MAXIMUM_SUPPORTED
                tls = self._tls.wrap_socket(sock, server_side=True)
                wire.replace(tls)
                certificate = tls.getpeercert(binary_form=True)
            Connection(self._site, wire, self._logon(certificate), peer, tls=self._tls is not None).serve()
        except HangupError as end:
            if end.reset:
                wire.cut(reset=True)
        except OSError:
            return  # the client went away, or did not speak TLS, or refused the certificate
        finally:
            wire.close()
            with self._lock:
                self._open.pop(threading.current_thread(), None)

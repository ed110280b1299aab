"""The requests adapter of one session: verified TLS, no proxies, and sockets that another thread can wake."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

from requests import Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from hvdesk.domain.errors import HvError
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.trouble import LinkDown


class _Http(HTTPConnection):
    opened: Callable[[HTTPConnection], None]

    def connect(self) -> None:
        super().connect()
        self.opened(self)


class _Https(HTTPSConnection):
    opened: Callable[[HTTPConnection], None]

    def connect(self) -> None:
        super().connect()
        self.opened(self)


def tls_context(endpoint: Endpoint, client_certificate: str | None) -> ssl.SSLContext:
    """The TLS settings for a host. Raises HvError `tls.file` for a CA or certificate file that cannot be used."""
    context = ssl.create_default_context() if endpoint.ca_file is None else _trusting(endpoint.ca_file, endpoint.label)
    if endpoint.pin is not None:
        # The fingerprint of this one certificate replaces the chain; urllib3 compares it before anything is sent.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if client_certificate is not None:
        try:
            context.load_cert_chain(client_certificate)
        except (OSError, ssl.SSLError) as error:
            raise _bad_file(client_certificate, endpoint.label, error) from error
    return context


def _trusting(ca_file: str, label: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _bad_file(ca_file, label, error) from error


def _bad_file(path: str, label: str, error: Exception) -> HvError:
    return HvError("tls.file", host=label, facts={"path": path}, host_words=str(error))


class HostAdapter(HTTPAdapter):
    """One connection to one host. `wake` may be called on any thread, everything else by the session's owner only.

    `certificate` is the DER form of the certificate the host showed last, for channel binding; None over http.
    """

    def __init__(self, endpoint: Endpoint, client_certificate: str | None) -> None:
        self.certificate: bytes | None = None
        self._pool_settings: dict[str, Any] = {}
        if endpoint.https:
            self._pool_settings = {
                "ssl_context": tls_context(endpoint, client_certificate),
                "assert_fingerprint": endpoint.pin,
            }
        self._guard = threading.Lock()
        self._connections: list[HTTPConnection] = []
        self._label = endpoint.label
        self._woken = False
        self._logging_on = False
        self._held = False
        self._answer: Response | None = None
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **settings: Any) -> None:
        """Called by requests."""
        super().init_poolmanager(connections, maxsize, block, **settings, **self._pool_settings)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Called by requests; its own TLS settings are left out, ours are in the pool's context already."""
        where, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return where, {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Called by requests, which would put its own bundle of authorities beside the ones chosen here."""

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        """Called by requests for each message."""
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool.ConnectionCls = self._new_connection(_Https if pool.scheme == "https" else _Http)
        return pool

    def send(self, *args: Any, **settings: Any) -> Response:
        """Called by requests for each message, and by the handshakes."""
        self._answer = super().send(*args, **settings)
        self._held = self._held or self._logging_on
        return self._answer

    def begin_logon(self) -> None:
        """The next message begins a logon that belongs to its connection: no other one is opened after it.

        A lost connection then shows as LinkDown before anything is sent, be it the next leg of the logon, which a new
        connection would take for a failed one, or a message that was sealed with the lost connection's keys.
        """
        self._logging_on = True

    def wake(self) -> None:
        """End every wait for the host, now and later: the session is of no more use. Any thread."""
        with self._guard:
            self._woken = True
            for connection in self._connections:
                _shut_down(connection)

    def close(self) -> None:
        """Close every socket, those too that an error left in the middle of an answer."""
        if self._answer is not None:
            self._answer.close()  # owns the socket when the host said "Connection: close"
            self._answer = None
        super().close()
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _new_connection(self, kind: type[_Http] | type[_Https]) -> Any:
        def make(*args: Any, **settings: Any) -> HTTPConnection:
            connection = kind(*args, **settings)
            connection.opened = self._opened
            return connection

        return make

    def _opened(self, connection: HTTPConnection) -> None:
        if self._held:
            connection.close()
            raise LinkDown("host.lost", host=self._label).unsent()
        if isinstance(connection.sock, ssl.SSLSocket):
            self.certificate = connection.sock.getpeercert(binary_form=True)
        with self._guard:
            if connection not in self._connections:
                self._connections.append(connection)
            if self._woken:
                _shut_down(connection)


def _shut_down(connection: HTTPConnection) -> None:
    if connection.sock is None:
        return
    try:
        # Not SSLSocket.shutdown, which would take the TLS layer away from the thread that reads.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
    except OSError:
        return  # it was over already

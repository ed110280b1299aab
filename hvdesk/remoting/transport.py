"""pywinrm's transport with our own logon: sealed over http, verified over https, nothing else."""

from __future__ import annotations

import logging
from typing import Any

import requests
from winrm.encryption import Encryption
from winrm.exceptions import WinRMTransportError
from winrm.transport import Transport

from hvdesk.domain.errors import HvError
from hvdesk.remoting.adapter import HostAdapter
from hvdesk.remoting.credssp import CredsspHandshake
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.gate import LogonGate, LogonRefused
from hvdesk.remoting.handshake import BasicHandshake, Handshake
from hvdesk.remoting.logon import Logon
from hvdesk.remoting.negotiate import NegotiateHandshake

# Its debug lines hold the tokens of logons, from which a weak password can be guessed offline.
logging.getLogger("spnego").setLevel(logging.WARNING)

_BY_CERTIFICATE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_SEALED_ANSWER = "-session-encrypted"


class HostTransport(Transport):
    """One logon on one connection, made when the first message is sent, and again after `close_session`.

    Belongs to one thread, `wake` excepted. Raises HvErrors of the logon and the exceptions of faults.WIRE_ERRORS.
    """

    def __init__(self, endpoint: Endpoint, logon: Logon, gate: LogonGate, timing: Timing) -> None:
        logon.require_usable(label=endpoint.label, https=endpoint.https)
        # "kerberos" is the one method for which pywinrm wants no password of its own; build_session is ours.
        super().__init__(endpoint.url, auth_method="kerberos", proxy=None, message_encryption="always")
        self._host = endpoint
        self._logon = logon
        self._gate = gate
        self._adapter: HostAdapter | None = None
        self._woken = False
        self.waits = (timing.connect, timing.read)
        """Seconds to connect and to be answered, for every message from now on."""

    def build_session(self) -> requests.Session:
        """The session, logged on; called by pywinrm before each message."""
        if self.session is None:
            self._adapter = HostAdapter(self._host, self._logon.certificate)
            if self._woken:
                self._adapter.wake()
            self.session = self._new_session(self._adapter)
            try:
                self._log_on(self.session)
            except BaseException:
                self.close_session()
                raise
        return self.session

    def send_message(self, message: str | bytes) -> bytes:
        """The answer to one SOAP message. Over http it leaves sealed, or not at all."""
        session = self.build_session()
        body = message.encode() if isinstance(message, str) else message
        if self._host.https:
            request = session.prepare_request(requests.Request("POST", self.endpoint, data=body))
        elif self.encryption is not None:
            request = self.encryption.prepare_encrypted_request(session, self.endpoint, body)
        else:
            raise self._unencrypted()
        response = session.send(request, timeout=self.waits, allow_redirects=False)
        text = self._opened(response)
        if response.status_code != requests.codes.ok:
            raise WinRMTransportError("http", response.status_code, text.decode(errors="replace"))
        return text

    def close_session(self) -> None:
        """Forget logon, keys and connection; the next message logs on anew."""
        super().close_session()
        self.encryption = None
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None

    def wake(self) -> None:
        """End the owner's wait for the host, for good. Any thread."""
        self._woken = True
        adapter = self._adapter
        if adapter is not None:
            adapter.wake()

    def _new_session(self, adapter: HostAdapter) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # neither proxies nor .netrc nor another CA bundle from the environment
        session.mount(self.endpoint, adapter)
        session.headers.update(self.default_headers)
        if self._logon.method == "certificate":
            session.headers["Authorization"] = _BY_CERTIFICATE
        else:
            session.auth = self._handshake()
        return session

    def _handshake(self) -> Handshake:
        kinds: dict[str, type[Handshake]] = {"basic": BasicHandshake, "credssp": CredsspHandshake}
        return kinds.get(self._logon.method, NegotiateHandshake)(self._host, self._logon, self._gate)

    def _log_on(self, session: requests.Session) -> None:
        """An empty message: it carries nothing but the logon, so that what follows can be sealed."""
        if session.auth is None:
            with self._gate.passing(self._host.label):
                self._greet(session)
            return
        self._greet(session)
        if not self._host.https:
            self.encryption = self._sealing(session)

    def _greet(self, session: requests.Session) -> None:
        request = session.prepare_request(requests.Request("POST", self.endpoint))
        response = session.send(request, timeout=self.waits, allow_redirects=False)
        if response.status_code == requests.codes.unauthorized:
            raise LogonRefused("logon.refused", host=self._host.label)
        if response.status_code != requests.codes.ok:
            raise WinRMTransportError("http", response.status_code, "")
        if isinstance(session.auth, Handshake) and not session.auth.logged_on:
            raise HvError("host.no_winrm", host=self._host.label, facts={"address": self._host.address})

    def _sealing(self, session: requests.Session) -> Encryption:
        auth: Any = session.auth
        if isinstance(auth, CredsspHandshake):
            return Encryption(session, "credssp")
        if isinstance(auth, NegotiateHandshake) and auth.session_security is not None:
            return Encryption(session, "ntlm")
        raise self._unencrypted()

    def _opened(self, response: requests.Response) -> bytes:
        """The text of an answer. Over http one that is not sealed may come from anybody: it is not believed."""
        if self._host.https:
            return response.content
        if self.encryption is not None and _SEALED_ANSWER in response.headers.get("Content-Type", ""):
            return self.encryption.parse_encrypted_response(response)
        if response.status_code == requests.codes.ok:
            raise HvError("host.unsealed", host=self._host.label)
        return b""

    def _unencrypted(self) -> HvError:
        return HvError("logon.unencrypted", host=self._host.label, facts={"method": self._logon.method})

"""The logon of one connection: which schemes are offered, who came in, what is counted."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from hvdesk.lab.programs import Caller
from hvdesk.lab.winrm.accounts import Account, Directory, HostName
from hvdesk.lab.winrm.contexts import Acceptor
from hvdesk.lab.winrm.counters import Counters


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a request's Authorization header led to: `accepted`, `refused`, or `more` legs; and the header to answer."""

    state: str
    header: str | None = None


class ConnectionLogon:
    """Logon state of one connection; belongs to its thread. Negotiate and CredSSP log on a connection, Basic a single
    request, and only over TLS."""

    def __init__(self, host: HostName, directory: Directory, counters: Counters, *, tls: bool) -> None:
        self._host = host
        self._directory = directory
        self._counters = counters
        self._tls = tls
        self._acceptor: Acceptor | None = None
        self._claimed: tuple[str, Account | None] | None = None
        self.caller: Caller | None = None

    @property
    def offers(self) -> list[str]:
        """Values of the WWW-Authenticate headers of a first answer; NTLM travels inside Negotiate."""
        return ["Negotiate", *(['Basic realm="WSMAN"'] if self._tls else []), "CredSSP"]

    @property
    def sealer(self) -> Acceptor | None:
        """What seals this connection's messages, once logged on by Negotiate or CredSSP."""
        return self._acceptor if self.caller is not None else None

    def take(self, authorization: str, admit: Callable[[], bool]) -> Verdict:
        """Take a request's Authorization header one leg further.

        `admit` is asked when a credential proved right; when it says no the credential is refused all the same.
        """
        scheme, _, text = authorization.partition(" ")
        try:
            token = base64.b64decode(text, validate=True)
        except binascii.Error:
            return self._refuse()
        if scheme.lower() == "basic" and self._tls:
            return self._basic(token, admit)
        if scheme.lower() not in ("negotiate", "credssp") or not token:
            return self._refuse()
        return self._step(scheme, token, admit)

    def _step(self, scheme: str, token: bytes, admit: Callable[[], bool]) -> Verdict:
        if self._acceptor is None or self.caller is not None or self._acceptor.scheme != scheme.lower():
            self._acceptor, self.caller, self._claimed = Acceptor(scheme.lower()), None, None
        step = self._acceptor.step(token, self._lookup)
        header = f"{scheme} {base64.b64encode(step.token).decode()}" if step.token else None
        if step.refused:
            return self._refuse(header)
        if not step.complete:
            # A CredSSP leg without a token of its own is answered with an empty one.
            return Verdict("more", header or f"{scheme} ")
        account = self._claimed[1] if self._claimed is not None else None
        if account is None or not admit():
            return self._refuse()
        self._accept(account, "ntlm" if scheme.lower() == "negotiate" else "credssp")
        return Verdict("accepted", header)

    def _lookup(self, domain: str, user: str) -> str | None:
        account = self._directory.find(domain, user, self._host)
        name = account.user if account else f"{domain}\\{user}" if domain else user
        self._claimed = (name, account)
        return self._directory.password(account) if account else None

    def _basic(self, token: bytes, admit: Callable[[], bool]) -> Verdict:
        user, _, password = token.decode("utf-8", "replace").partition(":")
        domain, _, name = user.rpartition("\\")
        expected = self._lookup(domain, name)
        account = self._claimed[1] if self._claimed else None
        local = account is not None and account.user.upper().startswith(self._host.name.upper() + "\\")
        right = expected is not None and hmac.compare_digest(expected.encode(), password.encode())
        if account is None or not local or not right or not admit():  # Basic knows no domain accounts
            return self._refuse()
        self._acceptor = None
        self._accept(account, "basic")
        return Verdict("accepted")

    def _accept(self, account: Account, logon: str) -> None:
        self._counters.logon(account.user, ok=True)
        self.caller = Caller(
            user=account.user,
            admin=self._host.name in account.admin_on,
            forwarded=logon == "credssp",
            logon=logon,
        )

    def _refuse(self, header: str | None = None) -> Verdict:
        if self._claimed is not None and self.caller is None:
            self._counters.logon(self._claimed[0], ok=False)
        self._acceptor, self.caller, self._claimed = None, None, None
        return Verdict("refused", header)

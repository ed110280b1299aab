"""The logon of one connection: which schemes are offered, who came in, what is counted."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from hvdesk.lab.programs import Caller
from hvdesk.lab.winrm.accounts import Account, Directory, HostName
from hvdesk.lab.winrm.cbt import Binding
from hvdesk.lab.winrm.contexts import Acceptor, Ticket
from hvdesk.lab.winrm.counters import Counters
from hvdesk.lab.winrm.kdc import SHARED_NAMES

BY_CERTIFICATE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""The Authorization header of a client that has shown its certificate ([MS-WSMV] 2.2.1.1)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a request's Authorization header led to: `accepted`, `refused`, or `more` legs; and the header to answer."""

    state: str
    header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a connection may log on.

    `realm`: of the lab's KDC, None without one. `binding`: over TLS, unless the host does not look. `certificate_user`:
    the user principal name in the certificate that the client showed.
    """

    tls: bool
    basic: bool
    realm: str | None = None
    binding: Binding | None = None
    certificate_user: str | None = None


class ConnectionLogon:
    """Logon state of one connection; belongs to its thread. Negotiate, Kerberos and CredSSP log on a connection, Basic
    and a certificate a single request."""

    def __init__(self, host: HostName, directory: Directory, counters: Counters, terms: Terms) -> None:
        self._host = host
        self._directory = directory
        self._counters = counters
        self._terms = terms
        self._acceptor: Acceptor | None = None
        self._claimed: tuple[str, Account | None] | None = None
        self.caller: Caller | None = None

    @property
    def offers(self) -> list[str]:
        """Values of the WWW-Authenticate headers of a first answer; NTLM travels inside Negotiate."""
        kerberos = ["Kerberos"] if self._terms.realm else []
        return ["Negotiate", *kerberos, *(['Basic realm="WSMAN"'] if self._terms.basic else []), "CredSSP"]

    @property
    def stays(self) -> bool:
        """Whether a request without credentials comes from somebody who is logged on: not so with Basic."""
        return self.caller is not None and self._acceptor is not None

    @property
    def sealer(self) -> Acceptor | None:
        """What seals this connection's messages, once logged on by Negotiate, Kerberos or CredSSP."""
        return self._acceptor if self.caller is not None else None

    def take(self, authorization: str, admit: Callable[[], bool]) -> Verdict:
        """Take a request's Authorization header one leg further.

        `admit` is asked when a credential proved right; when it says no the credential is refused all the same.
        """
        if authorization == BY_CERTIFICATE:
            return self._certificate(admit)
        scheme, _, text = authorization.partition(" ")
        try:
            token = base64.b64decode(text, validate=True)
        except binascii.Error:
            return self._refuse()
        if scheme.lower() == "basic" and self._terms.basic:
            return self._basic(token, admit)
        if scheme.lower() not in {offer.lower() for offer in self.offers} or not token:
            return self._refuse()
        return self._step(scheme, token, admit)

    def _step(self, scheme: str, token: bytes, admit: Callable[[], bool]) -> Verdict:
        if self._acceptor is None or self.caller is not None or self._acceptor.scheme != scheme.lower():
            self._acceptor = Acceptor(scheme.lower(), self._terms.binding)
            self.caller, self._claimed = None, None
        step = self._acceptor.step(token, self._lookup)
        header = f"{scheme} {base64.b64encode(step.token).decode()}" if step.token else None
        if step.refused:
            return self._refuse(None if step.complete else header)
        if not step.complete:
            # A CredSSP leg without a token of its own is answered with an empty one.
            return Verdict("more", header or f"{scheme} ")
        ticket = self._acceptor.ticket
        if ticket is not None and not self._good(ticket):
            return self._refuse()
        account = self._claimed[1] if self._claimed is not None else None
        if account is None or not admit():
            return self._refuse()
        logon = "credssp" if scheme.lower() == "credssp" else "ntlm" if ticket is None else "kerberos"
        self._accept(account, logon, forwarded=logon == "credssp" or (ticket is not None and ticket.forwarded))
        return Verdict("accepted", header)

    def _good(self, ticket: Ticket) -> bool:
        """Whether a ticket is of this lab's realm and for this host; notes whose it is."""
        user, _, realm = ticket.principal.rpartition("@")
        self._lookup(realm, user)
        # All hosts share one keytab, real ones do not: a ticket for another host cannot be read.
        host = ticket.target.rpartition("/")[2].lower()
        names = (self._host.fqdn.lower(), self._host.name.lower(), *SHARED_NAMES)
        return realm == self._terms.realm and host in names

    def _lookup(self, domain: str, user: str) -> str | None:
        account = self._directory.find(domain, user, self._host)
        name = account.user if account else f"{domain}\\{user}" if domain else user
        self._claimed = (name, account)
        return self._directory.password(account) if account else None

    def _basic(self, token: bytes, admit: Callable[[], bool]) -> Verdict:
        user, _, password = token.decode("utf-8", "replace").partition(":")
        domain, _, name = user.rpartition("\\")
        expected = self._lookup(domain, name)
        right = expected is not None and hmac.compare_digest(expected.encode(), password.encode())
        account = self._local_account()
        if account is None or not right or not admit():  # Basic knows no domain accounts
            return self._refuse()
        self._acceptor = None
        self._accept(account, "basic")
        return Verdict("accepted")

    def _certificate(self, admit: Callable[[], bool]) -> Verdict:
        """A certificate is mapped by the user principal name in it, to a local account only, as on Windows."""
        name, _, domain = (self._terms.certificate_user or "").rpartition("@")
        if not name:
            return self._refuse()
        self._lookup(self._host.name if domain.lower() == "localhost" else domain, name)
        account = self._local_account()
        if account is None or not admit():
            return self._refuse()
        self._acceptor = None
        self._accept(account, "certificate")
        return Verdict("accepted")

    def _local_account(self) -> Account | None:
        account = self._claimed[1] if self._claimed else None
        local = account is not None and account.user.upper().startswith(self._host.name.upper() + "\\")
        return account if local else None

    def _accept(self, account: Account, logon: str, *, forwarded: bool = False) -> None:
        self._counters.logon(account.user, ok=True)
        admin = self._host.name in account.admin_on
        self.caller = Caller(user=account.user, admin=admin, forwarded=forwarded, logon=logon)

    def _refuse(self, header: str | None = None) -> Verdict:
        if self._claimed is not None and self.caller is None:
            self._counters.logon(self._claimed[0], ok=False)
        self._acceptor, self.caller, self._claimed = None, None, None
        return Verdict("refused", header)

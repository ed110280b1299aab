"""Who logs on and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret

Method = Literal["current-user", "kerberos", "credssp", "ntlm", "certificate", "basic"]

_WITH_PASSWORD = ("credssp", "ntlm", "basic")
_TLS_ONLY = ("certificate", "basic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logon:
    """One way to log on. `user` is `DOMAIN\\user`, `user@domain` or a local name.

    Kerberos without a password uses the user's ticket. `certificate` is a PEM file with certificate and key.
    """

    method: Method
    user: str | None = None
    password: Secret | None = None
    certificate: str | None = None

    def require_usable(self, *, label: str, https: bool) -> None:
        """Raise HvError when something is missing or would go unsealed; nothing has been sent by then."""
        if self.method in _WITH_PASSWORD and not (self.user and self.password is not None):
            raise HvError("logon.no_credential", host=label)
        if self.method == "certificate" and not self.certificate:
            raise HvError("logon.no_credential", host=label)
        if self.method in _TLS_ONLY and not https:
            raise HvError("logon.unencrypted", host=label, facts={"method": self.method})

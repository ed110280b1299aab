"""What the Kerberos logon needs beside pyspnego outside Windows: names, whose ticket it is, and what went wrong.

On Windows SSPI does all of it, from names in any form.
"""

from __future__ import annotations

import importlib
from typing import Any

from hvdesk.domain.errors import HvError
from hvdesk.remoting.gate import LogonRefused

# What the directory says to user and password when the ticket is asked for (MIT krb5's numbers): unknown user, account
# locked or disabled, password expired, preauthentication failed, wrong password. It counts a failed logon.
_REFUSED = (-1765328378, -1765328366, -1765328361, -1765328360, -1765328353)
_CODES = {
    -1765328377: "logon.no_service",  # KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN
    -1765328352: "logon.no_ticket",  # KRB5KRB_AP_ERR_TKT_EXPIRED
    -1765328347: "logon.clock",  # KRB5KRB_AP_ERR_SKEW
    -1765328243: "logon.no_ticket",  # KRB5_CC_NOTFOUND
    -1765328230: "logon.no_directory",  # KRB5_REALM_UNKNOWN
    -1765328228: "logon.no_directory",  # KRB5_KDC_UNREACH
    -1765328189: "logon.no_ticket",  # KRB5_FCC_NOFILE
    -1765328164: "logon.no_directory",  # KRB5_REALM_CANT_RESOLVE
    -1765328160: "logon.no_directory",  # KRB5_CONFIG_NODEFREALM
}
_UNSIGNED = 2**32


def principal_of(user: str, *, label: str) -> str:
    """`user@domain` or `domain.name\\user` as a Kerberos principal: the realm is the domain's full name in capitals.

    Raises HvError `logon.user_form` for `DOMAIN\\user`: the directory's short name tells no realm.
    """
    domain, backslash, name = user.rpartition("\\")
    if not backslash:
        name, at, domain = user.rpartition("@")
        if not at:
            name, domain = user, ""
    if "\\" in name or (backslash and "." not in domain):
        raise HvError("logon.user_form", host=label, facts={"user": user})
    return f"{name}@{domain.upper()}" if domain else name


def require_ticket_of(principal: str, *, label: str) -> None:
    """Raise HvError `logon.no_ticket` when the user's tickets hold none of `principal`.

    Whose ticket a Kerberos library takes depends on what is installed beside it; nobody may log on as somebody else.
    """
    gssapi: Any = importlib.import_module("gssapi")
    kerberos = gssapi.MechType.kerberos
    name = gssapi.Name(principal, name_type=gssapi.NameType.user).canonicalize(kerberos)
    try:
        credential = gssapi.Credentials(name=name, usage="initiate", mechs=[kerberos])
        found = credential.name
    except gssapi.exceptions.GSSError as error:
        raise HvError("logon.no_ticket", host=label, host_words=str(error)) from None
    if found != name:
        raise HvError("logon.no_ticket", host=label, host_words=f"The ticket is of {found}.")


def kerberos_error(error: Exception, *, label: str, words: str) -> HvError | None:
    """What an error of the Kerberos libraries means; None when it has no number of Kerberos'."""
    code = getattr(error, "err_code", None)  # krb5's
    if code is None:
        code = getattr(error, "min_code", None)  # gssapi's, without its sign
    if not isinstance(code, int):
        return None
    code = code if code < 0 else code - _UNSIGNED
    if code in _REFUSED:
        return LogonRefused("logon.refused", host=label, host_words=words)
    return HvError(_CODES[code], host=label, host_words=words) if code in _CODES else None

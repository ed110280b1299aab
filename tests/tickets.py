"""Kerberos for tests: tickets in a cache of their own, taken from the lab's KDC."""

from __future__ import annotations

from pathlib import Path


def take_ticket(principal: str, password: str, cache: Path) -> str:
    """Log on to the realm of KRB5_CONFIG; the value of KRB5CCNAME that uses the forwardable ticket."""
    import krb5

    context = krb5.init_context()
    options = krb5.get_init_creds_opt_alloc(context)
    krb5.get_init_creds_opt_set_forwardable(options, True)
    name = krb5.parse_name_flags(context, principal.encode())
    credential = krb5.get_init_creds_password(context, name, options, password=password.encode())
    store = krb5.cc_resolve(context, f"FILE:{cache}".encode())
    krb5.cc_initialize(context, store, name)
    krb5.cc_store_cred(context, store, credential)
    return f"FILE:{cache}"

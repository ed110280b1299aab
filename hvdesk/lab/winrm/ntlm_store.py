"""Where pyspnego's NTLM acceptor finds passwords: the running logon's own look-up instead of one file per process.

pyspnego reads the file that the variable NTLM_USER_FILE names, which is one for the whole process; the lab's hosts have
local accounts of the same name with different passwords, and passwords that change while it runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import spnego._ntlm as ntlm
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.exceptions import InvalidCredentialError

PasswordLookup = Callable[[str, str], str | None]
"""Takes domain and user as the client spelled them; gives the password, or None for an account that is not there."""

_current: ContextVar[PasswordLookup | None] = ContextVar("lab_password_lookup", default=None)
_file_of_process = ntlm._get_credential_file
_credential_of_process = ntlm._get_credential


@contextmanager
def passwords_from(lookup: PasswordLookup) -> Iterator[None]:
    """Within this block NTLM acceptors of the calling thread ask `lookup`."""
    token = _current.set(lookup)
    try:
        yield
    finally:
        _current.reset(token)


def _credential_file() -> str | None:
    return _file_of_process() if _current.get() is None else os.devnull


def _credential(
    store: str | None, domain: str | None = None, username: str | None = None
) -> tuple[str | None, str | None, bytes, bytes]:
    lookup = _current.get()
    if lookup is None:
        return _credential_of_process(store, domain, username)
    password = lookup(domain or "", username or "")
    if password is None:
        raise InvalidCredentialError(context_msg="No such account")
    # A random LM hash: LM answers are never right, as on Windows, where LM hashes are not stored.
    return domain, username, os.urandom(16), ntowfv1(password)


ntlm._get_credential_file = _credential_file
ntlm._get_credential = _credential

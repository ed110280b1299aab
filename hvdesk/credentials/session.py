"""Passwords for this session only, in memory: what is used when there is no safe keyring or the user wants none."""

from __future__ import annotations

import threading

from hvdesk.domain.secret import Secret


class SessionStore:
    """Forgets everything when the program ends. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passwords: dict[tuple[str, str], Secret] = {}

    def get(self, credential_id: str, user: str) -> Secret | None:
        """The password, or None when there is none."""
        with self._lock:
            return self._passwords.get((credential_id, user.casefold()))

    def put(self, credential_id: str, user: str, password: Secret) -> None:
        """Keep the password, in the place of an older one."""
        with self._lock:
            self._passwords[credential_id, user.casefold()] = password

    def delete(self, credential_id: str, user: str) -> None:
        """Forget the password; nothing happens when there is none."""
        with self._lock:
            self._passwords.pop((credential_id, user.casefold()), None)

    def safe(self) -> bool:
        """Never: it is gone with the program."""
        return False

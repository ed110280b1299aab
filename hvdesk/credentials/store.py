"""The small interface behind which passwords are kept."""

from __future__ import annotations

from typing import Protocol

from hvdesk.domain.secret import Secret


class CredentialStore(Protocol):
    """Passwords by credential id and user name.

    Missing is an answer (None); locked and failed are HvError `credential.locked` and `credential.failed`.
    """

    def get(self, credential_id: str, user: str) -> Secret | None:
        """The password, or None when there is none."""

    def put(self, credential_id: str, user: str, password: Secret) -> None:
        """Keep the password, in the place of an older one."""

    def delete(self, credential_id: str, user: str) -> None:
        """Forget the password; nothing happens when there is none."""

    def safe(self) -> bool:
        """True when what is put here outlives the program, in the keeping of the operating system."""

"""Keyrings for tests: one that keeps passwords in memory and can be told to fail, and one that nobody should trust."""

from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Behaves as a system's keyring; `trouble` is raised by every call while it is set."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}
        self.trouble: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.trouble:
            raise self.trouble
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.trouble:
            raise self.trouble
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.passwords:
            raise PasswordDeleteError("No such password!")
        del self.passwords[service, username]


ALLOWED_IN_TESTS = frozenset({f"{MemoryKeyring.__module__}.{MemoryKeyring.__qualname__}"})

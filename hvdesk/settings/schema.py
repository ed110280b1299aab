"""What the user chose: host entries and preferences, with their defaults and the version of the file's schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args
from uuid import NAMESPACE_DNS, uuid5

from msgspec import Meta

SCHEMA_VERSION = 1
"""Raised when an older program could no longer read the file; additions that it may ignore do not raise it."""

LogonMethod = Literal["current-user", "kerberos", "credssp", "ntlm", "certificate", "basic"]
LOGON_METHODS: tuple[LogonMethod, ...] = get_args(LogonMethod)
HTTP_PORT = 5985
HTTPS_PORT = 5986

_CREDENTIALS = uuid5(NAMESPACE_DNS, "credentials.hvdesk")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEntry:
    """A host the user listed. Label (`name`), address and identity are three things; only `id` never changes.

    `identity` is (computer name, domain) in lower case as the host reported it, None before the first connection.
    `remember` says that the password lies in the system's keyring; else it is kept for one session only.
    """

    id: str
    name: str
    address: str
    port: Annotated[int, Meta(ge=1, le=65535)] = HTTP_PORT
    https: bool = False
    logon: LogonMethod = "credssp"
    user: str | None = None
    ca_file: str | None = None
    pin: str | None = None  # SHA-256 of the listener's certificate, lower-case hex
    certificate: str | None = None  # PEM file with certificate and key, for logon "certificate"
    remember: bool = False
    identity: tuple[str, str] | None = None

    @property
    def needs_password(self) -> bool:
        """True when the logon takes a password; Kerberos without a user is the signed-in user's ticket."""
        return self.logon in ("credssp", "ntlm", "basic") or (self.logon == "kerberos" and self.user is not None)

    @property
    def credential_id(self) -> str:
        """Which credential this host uses: one per account, so that all hosts of a domain account share it.

        A user name without a domain is an account of the host itself, hence a credential of this host alone.
        """
        user = (self.user or self.logon).casefold()
        of_this_host = self.needs_password and "@" not in user and ("\\" not in user or user.startswith(".\\"))
        return str(uuid5(_CREDENTIALS, f"{self.id}/{user}" if of_this_host else user))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Choices of the window. Durations are seconds."""

    refresh_seconds: Annotated[float, Meta(ge=1)] = 5  # the host shown
    jobs_refresh_seconds: Annotated[float, Meta(ge=1)] = 2  # hosts with a running move
    idle_session_seconds: Annotated[float, Meta(ge=10)] = 300  # a session nobody has used for so long is closed
    skip_before_you_begin: bool = False  # the first page of the Move Wizard


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole file. `lab_seed` names the lab whose hosts were put in, so that removing one of them lasts."""

    version: int = SCHEMA_VERSION
    hosts: tuple[HostEntry, ...] = ()
    preferences: Preferences = field(default_factory=Preferences)
    lab_seed: str | None = None

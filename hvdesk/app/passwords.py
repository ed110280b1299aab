"""Which password a host gets: the one given in this session, else the one in the keyring."""

from __future__ import annotations

from hvdesk.credentials.store import CredentialStore
from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret
from hvdesk.settings.schema import HostEntry


class Passwords:
    """Session and vault together. All but `keep_for_session` on worker threads only, as the vault."""

    def __init__(self, session: CredentialStore, vault: CredentialStore) -> None:
        self._session = session
        self._vault = vault

    def get(self, entry: HostEntry, *, in_vault: bool) -> Secret | None:
        """The password of the entry's credential, None when its logon takes none.

        `in_vault`: some listed host keeps that credential in the keyring. Raises HvError `logon.no_credential` when
        there is none, and what the vault raises.
        """
        if not entry.needs_password:
            return None
        password = None
        if entry.user is not None:
            password = self._session.get(entry.credential_id, entry.user)
            if password is None and in_vault:
                password = self._vault.get(entry.credential_id, entry.user)
        if password is None:
            raise HvError("logon.no_credential", host=entry.name)
        return password

    def keep(self, entry: HostEntry, password: Secret, *, remember: bool) -> None:
        """Keep the password for this session and, to `remember` it, in the keyring; else the keyring forgets it.

        Raises what the vault raises, with nothing kept.
        """
        if entry.user is None:
            return
        if remember:
            self._vault.put(entry.credential_id, entry.user, password)
        elif entry.remember:
            self._vault.delete(entry.credential_id, entry.user)
        self.keep_for_session(entry, password)

    def keep_for_session(self, entry: HostEntry, password: Secret) -> None:
        """Keep the password until the program ends. Any thread."""
        if entry.user is not None:
            self._session.put(entry.credential_id, entry.user, password)

    def forget(self, entry: HostEntry) -> None:
        """Drop the password; raises what the vault raises."""
        if entry.user is None:
            return
        self._session.delete(entry.credential_id, entry.user)
        if entry.remember:
            self._vault.delete(entry.credential_id, entry.user)

    def safe(self) -> bool:
        """Whether there is a keyring we trust."""
        return self._vault.safe()

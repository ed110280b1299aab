"""Passwords in the operating system's keyring, and nowhere else: a back end that is not known to be safe is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
ALLOWED = frozenset(
    {
        WINDOWS,
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
    }
)
"""Classes by name. By class, not by priority: `keyringrc.cfg`, PYTHON_KEYRING_BACKEND and an installed package can each
put a plaintext file in the keyring's place."""

MAX_UTF16_UNITS = 1280
"""CRED_MAX_CREDENTIAL_BLOB_SIZE is 2,560 bytes, and the Windows back end writes UTF-16. Asked for everywhere, so that a
password that works here works there."""


class Vault:
    """The keyring as a CredentialStore. One service name per credential id, `hvdesk/<id>`.

    Worker threads only: a back end may ask the user to unlock it and wait. Calls are made one at a time.
    """

    def __init__(self, allowed: frozenset[str] = ALLOWED) -> None:
        self._allowed = allowed
        self._lock = threading.Lock()

    def get(self, credential_id: str, user: str) -> Secret | None:
        """The password, None when there is none; HvError `credential.no_vault` without a safe keyring."""
        text = self._call(lambda backend: backend.get_password(_service(credential_id), user))
        return None if text is None else Secret(text)

    def put(self, credential_id: str, user: str, password: Secret) -> None:
        """Keep the password; HvError `credential.too_long` above 1,280 UTF-16 units, else as `get`."""
        if len(password.reveal().encode("utf-16-le", "surrogatepass")) // 2 > MAX_UTF16_UNITS:
            raise HvError("credential.too_long", facts={"limit": MAX_UTF16_UNITS})
        self._call(lambda backend: _put(backend, _service(credential_id), user, password))

    def delete(self, credential_id: str, user: str) -> None:
        """Forget the password; nothing happens when there is none; errors as `get`."""
        self._call(lambda backend: _delete(backend, _service(credential_id), user))

    def safe(self) -> bool:
        """Whether there is a keyring we trust. It may still be locked."""
        with self._lock:
            return self._backend() is not None

    def _backend(self) -> KeyringBackend | None:
        """The keyring the user's system chose when it is allowed, or the best allowed one of a chain."""
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("the keyring may block: never on the main thread")
        # Not at the top: it loads for as long as half the window, which is to be seen first.
        import keyring
        from keyring.backends.chainer import ChainerBackend

        chosen = keyring.get_keyring()
        candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
        backend = next((one for one in candidates if _class_name(one) in self._allowed), None)
        if backend is not None and _class_name(backend) == WINDOWS:
            setattr(backend, "persist", "local machine")  # noqa: B010  # of this class only; its default roams
        return backend

    def _call(self, call: Callable[[KeyringBackend], T]) -> T:
        with self._lock:
            backend = self._backend()
            if backend is None:
                raise HvError("credential.no_vault")
            from keyring.errors import KeyringLocked

            try:
                return call(backend)
            except KeyringLocked as error:
                raise HvError("credential.locked", host_words=str(error)) from error
            except Exception as error:  # back ends let their system's own exceptions through, of many classes
                raise HvError("credential.failed", host_words=f"{type(error).__name__}: {error}") from error


def _service(credential_id: str) -> str:
    return f"hvdesk/{credential_id}"


def _class_name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _put(backend: KeyringBackend, service: str, user: str, password: Secret) -> None:
    if _class_name(backend) == WINDOWS:
        _delete(backend, service, user)  # else it keeps a copy of the old password under another name
    backend.set_password(service, user, password.reveal())


def _delete(backend: KeyringBackend, service: str, user: str) -> None:
    if backend.get_password(service, user) is not None:  # deleting what is missing is an error, of many classes
        backend.delete_password(service, user)

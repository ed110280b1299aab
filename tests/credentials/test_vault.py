"""Passwords in the keyring: what is kept, which back ends are refused, and how its troubles are told apart."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import keyring
import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked
from keyrings import ALLOWED_IN_TESTS, MemoryKeyring

from hvdesk.credentials.session import SessionStore
from hvdesk.credentials.vault import Vault
from hvdesk.domain.errors import HvError
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.secret import Secret

T = TypeVar("T")


def on_worker(function: Callable[[], T]) -> T:
    """The keyring is never called on the main thread."""
    results: list[Outcome[Any]] = []

    def run() -> None:
        try:
            results.append(Outcome(value=function()))
        except HvError as error:
            results.append(Outcome(error=error))

    worker = threading.Thread(target=run)
    worker.start()
    worker.join(30)
    return results[0].get()


@pytest.fixture
def system() -> Iterator[MemoryKeyring]:
    """The keyring of the system, as far as the library knows."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def vault(system: MemoryKeyring) -> Vault:
    return Vault(ALLOWED_IN_TESTS)


def error_of(function: Callable[[], object]) -> HvError:
    with pytest.raises(HvError) as error:
        on_worker(function)
    return error.value


def test_a_password_is_kept_under_a_service_name_of_its_credential(vault: Vault, system: MemoryKeyring) -> None:
    on_worker(lambda: vault.put("c-1", "LAB\\admin", Secret("pässwörd 😀")))
    on_worker(lambda: vault.put("c-2", "LAB\\admin", Secret("other")))
    assert on_worker(lambda: vault.get("c-1", "LAB\\admin")) == Secret("pässwörd 😀")
    assert sorted(service for service, _ in system.passwords) == ["hvdesk/c-1", "hvdesk/c-2"]


def test_missing_is_an_answer_and_deleting_it_is_none(vault: Vault) -> None:
    assert on_worker(lambda: vault.get("c-1", "LAB\\admin")) is None
    on_worker(lambda: vault.delete("c-1", "LAB\\admin"))


def test_a_deleted_password_is_gone(vault: Vault, system: MemoryKeyring) -> None:
    on_worker(lambda: vault.put("c-1", "LAB\\admin", Secret("x")))
    on_worker(lambda: vault.delete("c-1", "LAB\\admin"))
    assert system.passwords == {}


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (KeyringLocked("Failed to unlock the collection!"), "credential.locked"),
        (InitError("Prompt dismissed"), "credential.failed"),
        (OSError(1783, "The stub received bad data"), "credential.failed"),
    ],
)
def test_locked_and_failed_are_told_apart(vault: Vault, system: MemoryKeyring, trouble: Exception, code: str) -> None:
    system.trouble = trouble
    for call in (
        lambda: vault.get("c", "u"),
        lambda: vault.put("c", "u", Secret("hunter2")),
        lambda: vault.delete("c", "u"),
    ):
        error = error_of(call)
        assert error.code == code
        assert str(trouble) in error.host_words
        assert error.report().next
        assert "hunter2" not in repr(error) + str(error) + error.host_words


def test_the_length_that_windows_can_hold_is_asked_for_before_anything_is_changed(
    vault: Vault, system: MemoryKeyring
) -> None:
    on_worker(lambda: vault.put("c", "u", Secret("x" * 1280)))
    on_worker(lambda: vault.put("c", "u", Secret("😀" * 640)))
    for too_long in ("x" * 1281, "😀" * 640 + "x"):
        assert error_of(lambda long=too_long: vault.put("c", "u", Secret(long))).code == "credential.too_long"
    assert on_worker(lambda: vault.get("c", "u")) == Secret("😀" * 640)


def test_a_back_end_that_is_not_on_the_list_gets_no_password(system: MemoryKeyring) -> None:
    vault = Vault()  # the list of the product does not hold the tests' keyring
    assert not on_worker(vault.safe)
    assert error_of(lambda: vault.put("c", "u", Secret("x"))).code == "credential.no_vault"
    assert error_of(lambda: vault.get("c", "u")).code == "credential.no_vault"
    assert system.passwords == {}


def test_a_machine_without_a_keyring_says_so() -> None:
    assert not on_worker(Vault().safe)  # the test run's keyring is the one that always fails


def test_of_a_chain_only_an_allowed_back_end_is_used(monkeypatch: pytest.MonkeyPatch, system: MemoryKeyring) -> None:
    class PlaintextKeyring(MemoryKeyring):
        pass

    plain = PlaintextKeyring()
    monkeypatch.setattr(ChainerBackend, "backends", [plain, system])
    keyring.set_keyring(ChainerBackend())
    on_worker(lambda: Vault(ALLOWED_IN_TESTS).put("c", "u", Secret("x")))
    assert (len(plain.passwords), len(system.passwords)) == (0, 1)


def test_the_windows_back_end_keeps_passwords_on_this_machine(system: MemoryKeyring) -> None:
    class WinVaultKeyring(MemoryKeyring):
        persist = "enterprise"

    WinVaultKeyring.__module__, WinVaultKeyring.__qualname__ = "keyring.backends.Windows", "WinVaultKeyring"
    backend = WinVaultKeyring()
    keyring.set_keyring(backend)
    on_worker(lambda: Vault().put("c", "u", Secret("old")))
    on_worker(lambda: Vault().put("c", "u", Secret("new")))
    assert backend.persist == "local machine"
    assert list(backend.passwords.values()) == ["new"]


def test_the_main_thread_never_waits_for_a_keyring(vault: Vault) -> None:
    with pytest.raises(RuntimeError, match="main thread"):
        vault.get("c", "u")


def test_the_session_store_keeps_passwords_until_it_is_gone() -> None:
    store = SessionStore()
    store.put("c", "LAB\\admin", Secret("x"))
    assert store.get("c", "lab\\ADMIN") == Secret("x")
    assert not store.safe()
    assert SessionStore().get("c", "LAB\\admin") is None
    store.delete("c", "LAB\\admin")
    store.delete("c", "LAB\\admin")
    assert store.get("c", "LAB\\admin") is None

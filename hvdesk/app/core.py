"""The one object both front ends work with: hosts, credentials, questions to hosts and moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from hvdesk.domain.calls import Call
from hvdesk.domain.model import HostFacts
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.secret import Secret
from hvdesk.settings.schema import HostEntry, Preferences

if TYPE_CHECKING:
    from hvdesk.hyperv.host import HyperVHost
    from hvdesk.hyperv.moves import MoveService

T = TypeVar("T")
VaultStatus = Literal["checking", "safe", "none"]
QuitPolicy = Literal["leave", "cancel"]


class Core:
    """Thread-safe; made by `hvdesk.app.build`. Every callback is called on a worker thread, exactly once.

    Errors are `HvError` with a code of the catalogue. No method but `ask_now` and `quit` blocks on a host or the
    keyring.
    """

    moves: MoveService
    in_lab: bool

    def hosts(self) -> tuple[HostEntry, ...]:
        """Every listed host, in the order in which they were added."""

    def host(self, name_or_id: str) -> HostEntry:
        """The entry of this id, or of this name in any case; raises HvError `host.not_listed`."""

    def add_host(
        self,
        entry: HostEntry,
        password: Secret | None,
        remember: bool,
        on_done: Callable[[Outcome[HostFacts]], None],
    ) -> None:
        """Connect to `entry`, ask who it is, then list it with its identity and keep the password.

        Nothing is kept when it fails: `host.same_machine` when a listed host has that identity, `host.name_taken`,
        `credential.no_vault` when `remember` is asked for without a safe keyring. `entry.remember` and
        `entry.identity` are set here. `password` None: the one already known for `entry.credential_id`.
        """

    def test_host(
        self,
        host: HostEntry | str,
        on_done: Callable[[Outcome[HostFacts]], None],
        *,
        password: Secret | None = None,
    ) -> None:
        """Connect to a listed host (its id) or to an entry not listed yet, on a session of its own that is closed.

        `host.identity_changed` when a listed host reports another identity than the one kept.
        """

    def remove_host(self, host_id: str, on_done: Callable[[Outcome[None]], None] | None = None) -> None:
        """Take the host off the list, end its session; the password goes too unless another entry shares it.

        `host.in_use` while a job of this program needs it; `credential.*` when the keyring did not let go of the
        password (the host is off the list then). Without `on_done` an error is only logged.
        """

    def accept_identity(self, host_id: str, on_done: Callable[[Outcome[HostFacts]], None]) -> None:
        """The user saw `host.identity_changed` and accepts it: ask the host who it is and keep that.

        `host.same_machine` when it turns out to be another listed host.
        """

    def set_password(
        self, host_id: str, password: Secret, remember: bool, on_done: Callable[[Outcome[HostFacts]], None]
    ) -> None:
        """Try the new password on this host; when it is good keep it for all that share the credential and let
        their logons go on (the gate is open again)."""

    def use_host(self, entry: HostEntry, password: Secret | None) -> None:
        """Let `entry` be asked in this program under its id without listing it (or in the place of the listed one),
        with this password or the one already known. Raises HvError `input.*`."""

    def knows_password(self, entry: HostEntry) -> bool:
        """Whether a password for the entry's credential is known, in this session or the keyring. Blocks on the
        keyring: not for the window's thread. Raises `credential.locked` and `credential.failed`."""

    def ask(self, host_id: str, op: Callable[[HyperVHost], T], on_done: Callable[[Outcome[T]], None]) -> None:
        """Run `op` in the host's lane on its session (opened if need be); short operations only, never a move."""

    def ask_now(self, host_id: str, op: Callable[[HyperVHost], T]) -> T:
        """The same and wait for it; raises its error. Not for the window's thread."""

    def vault_status(self) -> VaultStatus:
        """Whether a safe keyring is there: `checking` for the first moments, then `safe` or `none`."""

    def subscribe_hosts(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever `hosts()` or `preferences()` differ, by us or another program. Returns the undo."""

    def preferences(self) -> Preferences:
        """The preferences as they are now."""

    def change_preferences(self, change: Callable[[Preferences], Preferences]) -> None:
        """Apply `change` under the settings' lock file."""

    def script(self, calls: Sequence[Call]) -> str:
        """The PowerShell an admin would type for `calls`; for reading, never run by us."""

    def agent_script(self) -> str:
        """The PowerShell that hvdesk runs on a host."""

    def quit(self, policy: QuitPolicy, deadline: float) -> None:
        """Stop accepting, end or leave the jobs, close sessions within `deadline` seconds, end the lab. Blocks.

        `leave`: moves go on at their hosts and are found again at the next start; `cancel`: they are cancelled.
        """

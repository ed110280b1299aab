"""The one object both front ends work with: hosts, credentials, questions to hosts and moves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from hvdesk.app.directory import Directory
from hvdesk.app.entries import checked
from hvdesk.app.listing import Listing
from hvdesk.app.passwords import Passwords
from hvdesk.domain.calls import Call
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import HostFacts
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.secret import Secret
from hvdesk.hyperv import render
from hvdesk.hyperv.agent.source import agent_source
from hvdesk.hyperv.connector import Connector
from hvdesk.hyperv.host import HyperVHost
from hvdesk.hyperv.moves import MoveService
from hvdesk.jobs.drivers import Drivers
from hvdesk.jobs.journal import Journal
from hvdesk.jobs.lanes import outcome_of
from hvdesk.jobs.runner import Runner
from hvdesk.jobs.threads import Deadline, safely
from hvdesk.settings.schema import HostEntry, Preferences
from hvdesk.settings.store import SettingsStore
from hvdesk.settings.watch import SettingsWatch

T = TypeVar("T")
VaultStatus = Literal["checking", "safe", "none"]
QuitPolicy = Literal["leave", "cancel"]

_log = logging.getLogger(__name__)


class Core:
    """Thread-safe; made by `hvdesk.app.build`. Every callback is called exactly once, on a worker thread, or at once on
    the caller's when nothing needs to be asked (`host.not_listed`, `program.closing`).

    Errors are `HvError` with a code of the catalogue. No method but `quit` waits for a host or the keyring.
    `in_lab`: the hosts are simulated ones. `moves`: what moves there are, and how to make one.
    """

    def __init__(
        self,
        *,
        settings: SettingsStore,
        passwords: Passwords,
        directory: Directory,
        connector: Connector,
        journal: Journal,
        drivers: Drivers,
        in_lab: bool,
    ) -> None:
        """Takes over all that it is given and closes it in `quit`."""
        self._runner = Runner()
        self._journal = journal
        self._drivers = drivers
        self.moves = MoveService(connector, self._runner, journal, drivers)
        self.in_lab = in_lab
        self._settings = settings
        self._passwords = passwords
        self._directory = directory
        self._connector = connector
        self._listing = Listing(settings, directory, passwords)
        self._lock = threading.Lock()
        self._quitting = False
        self._vault: VaultStatus | None = None
        self._subscribers: dict[object, Callable[[], None]] = {}
        self._watch = SettingsWatch(settings, self._tell)

    def hosts(self) -> tuple[HostEntry, ...]:
        """Every listed host, in the order in which they were added."""
        return self._directory.listed()

    def host(self, name_or_id: str) -> HostEntry:
        """The listed host of this id, or of this name in any case; raises HvError `host.not_listed`."""
        return self._directory.find(name_or_id)

    def add_host(
        self,
        entry: HostEntry,
        password: Secret | None,
        remember: bool,
        on_done: Callable[[Outcome[HostFacts]], None],
    ) -> None:
        """Connect to `entry`, ask who it is, then list it with its identity and keep the password.

        Nothing is kept when it fails: `host.same_machine` when a listed host has that identity, `host.name_taken`,
        `credential.no_vault` when `remember` is asked for without a safe keyring, `input.*`. `entry.remember` and
        `entry.identity` are set here. `password` None: the one already known for `entry.credential_id`.
        """
        self._change(f"add {entry.name}", lambda: self._listing.add(entry, password, remember), on_done)

    def test_host(
        self,
        host: HostEntry | str,
        on_done: Callable[[Outcome[HostFacts]], None],
        *,
        password: Secret | None = None,
    ) -> None:
        """Connect to a host (its id, or an entry not listed yet) on a session of its own that is closed again.

        `host.identity_changed` when a listed host reports another identity than the one kept.
        """

        def test() -> HostFacts:
            entry = self._directory.entry(host) if isinstance(host, str) else host
            return self._listing.test(entry, password)

        self._run("test a host", test, on_done)

    def remove_host(self, host_id: str, on_done: Callable[[Outcome[None]], None] | None = None) -> None:
        """Take the host off the list, end its session; the password goes too unless another entry shares it.

        `host.in_use` while a job needs it; `credential.*` when the keyring did not let go of the password (the host is
        off the list then). Without `on_done` an error is only logged.
        """

        def remove() -> None:
            entry = self._directory.find(host_id)
            open_jobs = {
                host for job in self._journal.open_jobs() for host in (job.request.source, job.request.destination)
            }
            if entry.id in open_jobs | self.moves.hosts_in_use():
                raise HvError("host.in_use", host=entry.name)
            try:
                self._listing.remove(host_id)
            finally:
                self._connector.forget(host_id)

        self._change("remove a host", remove, on_done or _log_error)

    def accept_identity(self, host_id: str, on_done: Callable[[Outcome[HostFacts]], None]) -> None:
        """The user saw `host.identity_changed` and accepts it: ask the host who it is and keep that.

        `host.same_machine` when it turns out to be another listed host.
        """
        self._change("accept an identity", lambda: self._listing.accept(host_id), on_done)

    def set_password(
        self, host_id: str, password: Secret, remember: bool, on_done: Callable[[Outcome[HostFacts]], None]
    ) -> None:
        """Try the new password on this host; when it is good keep it for all that share the credential and let
        their logons go on (the gate is open again)."""
        self._change("set a password", lambda: self._listing.set_password(host_id, password, remember), on_done)

    def use_host(self, entry: HostEntry, password: Secret | None) -> None:
        """Let `entry` be asked in this program under its id without listing it (or in the place of the listed one),
        with this password or the one already known. Raises HvError `input.*`."""
        entry = checked(entry)
        self._directory.use(entry)
        if password is not None:
            self._passwords.keep_for_session(entry, password)

    def knows_password(self, entry: HostEntry, on_done: Callable[[Outcome[bool]], None]) -> None:
        """Whether a password for the entry's credential is known, in this session or the keyring; `credential.locked`
        and `credential.failed` when the keyring does not say."""

        def knows() -> bool:
            try:
                return self._directory.password(entry) is not None
            except HvError as error:
                if error.code == "logon.no_credential":
                    return False
                raise

        self._run("look for a password", knows, on_done)

    def ask(self, host_id: str, op: Callable[[HyperVHost], T], on_done: Callable[[Outcome[T]], None]) -> None:
        """Run `op` in the host's lane on its session (opened if need be); short operations only, never a move."""
        self._connector.ask(host_id, op, on_done)

    def vault_status(self) -> VaultStatus:
        """Whether a safe keyring is there: `checking` for the first moments, then `safe` or `none`."""
        with self._lock:
            if self._vault is not None:
                return self._vault
            self._vault = "checking"
        self._run("look for a keyring", self._passwords.safe, self._found_vault)
        return "checking"

    def subscribe_hosts(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` whenever `hosts()` or `preferences()` differ, by us or another program. Returns the undo."""
        key = object()
        with self._lock:
            self._subscribers[key] = changed

        def undo() -> None:
            with self._lock:
                self._subscribers.pop(key, None)

        return undo

    def preferences(self) -> Preferences:
        """The preferences as they are now."""
        return self._settings.snapshot().preferences

    def change_preferences(self, change: Callable[[Preferences], Preferences]) -> None:
        """Apply `change` to a local file under its lock; raises HvError `settings.*`."""
        self._settings.change(lambda old: replace(old, preferences=change(old.preferences)))
        self._watch.look()

    @staticmethod
    def script(calls: Sequence[Call]) -> str:
        """The PowerShell an admin would type for `calls`; for reading, never run by us."""
        return render.script(calls)

    @staticmethod
    def agent_script() -> str:
        """The PowerShell that hvdesk runs on a host."""
        return agent_source()

    def quit(self, policy: QuitPolicy, deadline: float) -> None:
        """Stop accepting, end or leave the jobs, close sessions, all within `deadline` seconds. Blocks; a second call
        does nothing. Not from a callback.

        `leave`: moves go on at their hosts and are found again at the next start; `cancel`: they are cancelled.
        """
        with self._lock:
            if self._quitting:
                return
            self._quitting = True
        left = Deadline(deadline)
        self._watch.close()
        ended = self.moves.close(policy, left.left())
        ended = self._connector.close(left.left()) and ended
        if not ended:  # what hangs on the wire would stumble over a closed journal; the system closes it all
            _log.warning("left with sessions still open: %s", ", ".join(self._runner.join(0)) or "a lane")
            return
        self._journal.close()
        self._drivers.close()

    def _change(self, name: str, work: Callable[[], T], on_done: Callable[[Outcome[T]], None]) -> None:
        """Run what may change the settings; subscribers hear of it at once."""

        def changing() -> T:
            try:
                return work()
            finally:
                self._watch.look()

        self._run(name, changing, on_done)

    def _run(self, name: str, work: Callable[[], T], on_done: Callable[[Outcome[T]], None]) -> None:
        if self._quitting:
            work = _closing
        self._runner.start(name, lambda: safely(on_done, outcome_of(work)))

    def _found_vault(self, outcome: Outcome[bool]) -> None:
        with self._lock:
            self._vault = "safe" if outcome.error is None and outcome.get() else "none"

    def _tell(self) -> None:
        with self._lock:
            subscribers = list(self._subscribers.values())
        for changed in subscribers:
            safely(changed)


def _closing() -> T:  # type: ignore[type-var]  # raises, so that any type fits
    raise HvError("program.closing")


def _log_error(outcome: Outcome[None]) -> None:
    if outcome.error is not None:
        _log.warning("not done: %s", outcome.error.code)

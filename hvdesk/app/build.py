"""Puts the program together: data folder, log, crash file, lab, core; and takes it apart in the right order."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from hvdesk.app import log
from hvdesk.app.core import Core
from hvdesk.app.crash import CrashFile
from hvdesk.app.directory import Directory
from hvdesk.app.labchild import LabChild, LabState, read_state
from hvdesk.app.passwords import Passwords
from hvdesk.credentials.session import SessionStore
from hvdesk.credentials.vault import Vault
from hvdesk.domain.errors import HvError
from hvdesk.hyperv.connector import Connector
from hvdesk.jobs.drivers import Drivers
from hvdesk.jobs.journal import Journal
from hvdesk.settings.paths import DataPaths, user_folder
from hvdesk.settings.schema import HostEntry, Settings
from hvdesk.settings.store import SettingsStore

_log = logging.getLogger(__name__)


@contextmanager
def opened(lab: str | None, data_dir: Path | None, quit_seconds: float, *, follow: bool = True) -> Iterator[Core]:
    """The core for one run of the program, with its data folder, log, crash file and lab. Main thread.

    `lab` None: real hosts; "" or a name: a lab of that scenario, which ends with the program; a path that ends in
    .json: the running lab that wrote it. `follow`: find the moves of earlier runs again and follow those of other
    programs; else `core.moves.reattach` does so when it is called. At the end a core that was not quit yet is quit,
    leaving its moves to the hosts; the lab ends last. Raises HvError `lab.*`, `settings.*`, `journal.*`,
    `program.folder`.
    """
    with ExitStack() as stack:
        state: LabState | None = None
        folder = user_folder()
        if lab is not None and lab.lower().endswith(".json"):
            state = read_state(Path(lab))
            folder = Path(f"{lab}.data")
        elif lab is not None:
            child = LabChild(lab)
            stack.callback(child.close)
            state, folder = child.state, child.data
        paths = DataPaths(data_dir or folder)
        stack.enter_context(_records(paths))
        core = build(paths, state)
        stack.callback(core.quit, "leave", quit_seconds)
        if follow:
            core.moves.reattach()
            core.moves.follow()
        yield core


def build(paths: DataPaths, lab: LabState | None) -> Core:
    """A core on this data folder, which exists. With a lab its hosts are listed and its accounts known."""
    settings = SettingsStore(paths.settings)
    settings.snapshot()  # what is broken is said before anything is started
    session = SessionStore()
    passwords = Passwords(session, Vault())
    if lab is not None:
        settings.change(lambda old: _with_lab(old, lab))
        _learn_accounts(passwords, settings.snapshot().hosts, lab)
    directory = Directory(settings, passwords)
    connector = Connector(
        directory.access,
        lambda host_id: directory.entry(host_id).name,
        idle_seconds=settings.snapshot().preferences.idle_session_seconds,
    )
    journal = Journal(paths.journal)
    try:
        drivers = Drivers(paths.drivers)
    except OSError as error:
        journal.close()
        raise _unusable(paths, error) from error
    return Core(
        settings=settings,
        passwords=passwords,
        directory=directory,
        connector=connector,
        journal=journal,
        drivers=drivers,
        in_lab=lab is not None,
    )


@contextmanager
def _records(paths: DataPaths) -> Iterator[None]:
    """Make the folder; keep log and crash file while the program runs. A defect that ends it is written down."""
    with ExitStack() as stack:
        try:
            paths.make()
            stack.callback(log.stop, log.start(paths.log))
            crash = CrashFile(paths.crash)
            stack.callback(crash.close)
        except OSError as error:
            raise _unusable(paths, error) from error
        try:
            yield
        except HvError:
            raise
        except Exception as error:
            crash.record("main", error)
            raise


def _unusable(paths: DataPaths, error: OSError) -> HvError:
    return HvError("program.folder", facts={"path": paths.root}, host_words=str(error))


def _with_lab(old: Settings, lab: LabState) -> Settings:
    """List the lab's hosts once per lab, so that one which the user removes stays away until the lab is another."""
    entries = lab.entries()
    seed = " ".join(f"{entry.id}:{entry.port}" for entry in entries)
    if old.lab_seed == seed:
        return old
    ids = {entry.id for entry in entries}
    names = {entry.name.casefold() for entry in entries}
    others = tuple(one for one in old.hosts if one.id not in ids and one.name.casefold() not in names)
    return replace(old, hosts=(*entries, *others), lab_seed=seed)


def _learn_accounts(passwords: Passwords, hosts: tuple[HostEntry, ...], lab: LabState) -> None:
    for host in hosts:
        for user, password in lab.passwords().items():
            passwords.keep_for_session(replace(host, user=user), password)

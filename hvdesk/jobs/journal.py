"""The journal: what hvdesk is about to do to hosts, on disk before it is done, so that a crash loses sight of nothing.

SQLite with the rollback journal and full synchronisation: what a method wrote is on the disk when it returns. State
changes only; progress is read from the hosts.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.domain.move import JobState, MoveRequest
from hvdesk.jobs.entries import Change, Entry, HostMark, Step

VERSION = 1
"""Kept in SQLite's user_version."""

KEPT = 1000
"""So many jobs that are over are kept; older ones are removed when the journal is opened."""

_BUSY_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE job (
    id TEXT PRIMARY KEY, vm_id TEXT NOT NULL, driver TEXT NOT NULL, request TEXT NOT NULL, source TEXT NOT NULL,
    destination TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL, ended_at TEXT, error TEXT
);
CREATE UNIQUE INDEX one_open_job_per_vm ON job (vm_id) WHERE ended_at IS NULL;
CREATE TABLE change (job TEXT NOT NULL REFERENCES job ON DELETE CASCADE, state TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE step (
    job TEXT NOT NULL REFERENCES job ON DELETE CASCADE, name TEXT NOT NULL, facts TEXT NOT NULL,
    begun_at TEXT NOT NULL, done_at TEXT
);
"""


def now_text() -> str:
    """This moment as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Journal:
    """Thread-safe, and shared with other programs of the same data folder.

    Every method raises HvError `journal.unusable` when the disk says no; the constructor also `journal.newer`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._reported():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def add(self, entry: Entry) -> None:
        """Open a job; raises `vm.busy` when there is an open one for the same VM, whichever program drives it."""
        request = entry.request
        marks = (_json(entry.source), _json(entry.destination))
        row = (entry.id, request.vm_id, entry.driver, _json(request), *marks, entry.state, now_text())
        try:
            with self._change() as db:
                db.execute("INSERT INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)", row)
                _note(db, entry.id, entry.state)
        except sqlite3.IntegrityError:
            raise HvError("vm.busy", facts={"vm": request.vm_name}) from None

    def state(self, job_id: str, state: JobState) -> None:
        """The job came to a state that is not an end."""
        with self._change() as db:
            db.execute("UPDATE job SET state = ? WHERE id = ?", (state, job_id))
            _note(db, job_id, state)

    def end(self, job_id: str, state: JobState, error: ErrorReport | None) -> None:
        """The job is over."""
        report = _json(error) if error else None
        with self._change() as db:
            db.execute(
                "UPDATE job SET state = ?, ended_at = ?, error = ? WHERE id = ?", (state, now_text(), report, job_id)
            )
            _note(db, job_id, state)

    def begin(self, job_id: str, step: str, facts: Mapping[str, object], state: JobState) -> None:
        """A step is about to be done, in this state; both are on the disk when this returns."""
        with self._change() as db:
            db.execute("INSERT INTO step VALUES (?, ?, ?, ?, NULL)", (job_id, step, _json(facts), now_text()))
            db.execute("UPDATE job SET state = ? WHERE id = ?", (state, job_id))
            _note(db, job_id, state)

    def done(self, job_id: str) -> None:
        """Nothing that the steps of this job did to a host has to be looked after any more."""
        with self._change() as db:
            db.execute("UPDATE step SET done_at = ? WHERE job = ? AND done_at IS NULL", (now_text(), job_id))

    def discard(self, job_id: str) -> None:
        """Forget a job that came to nothing: it changed no host, or all it changed is undone."""
        with self._change() as db:
            db.execute("DELETE FROM job WHERE id = ?", (job_id,))

    def adopt(self, job_id: str, gone: str, driver: str) -> Entry | None:
        """Take over an open job whose driver is gone, as it left it; None when it is over or another was faster."""
        mine = (driver, job_id, gone)
        with self._change() as db:
            taken = db.execute("UPDATE job SET driver = ? WHERE id = ? AND driver = ? AND ended_at IS NULL", mine)
            row = db.execute("SELECT * FROM job WHERE id = ?", (job_id,)).fetchone() if taken.rowcount == 1 else None
            return _entry(db, row) if row is not None else None

    def reserve(self, job_id: str, state: JobState, reserved: Callable[[Sequence[Entry]], bool]) -> bool:
        """Bring the job to a state unless `reserved` says, of all open jobs, that others were faster; nobody else
        writes in between."""
        with self._change() as db:
            rows = db.execute("SELECT * FROM job WHERE ended_at IS NULL AND id <> ?", (job_id,)).fetchall()
            if reserved(tuple(_entry(db, row) for row in rows)):
                return False
            db.execute("UPDATE job SET state = ? WHERE id = ?", (state, job_id))
            _note(db, job_id, state)
            return True

    def open_jobs(self) -> tuple[Entry, ...]:
        """The jobs that are not over, oldest first, those of other programs too."""
        return self._entries("WHERE ended_at IS NULL ORDER BY rowid")

    def ended_jobs(self, limit: int) -> tuple[Entry, ...]:
        """The jobs that are over, latest first."""
        return self._entries("WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, rowid DESC LIMIT ?", limit)

    def loose_jobs(self, vm_id: str | None = None) -> tuple[Entry, ...]:
        """Jobs that are over with a step that is not done: something of ours may be left on a host. Of one VM, or of
        all."""
        loose = "WHERE ended_at IS NOT NULL AND id IN (SELECT job FROM step WHERE done_at IS NULL)"
        return self._entries(loose) if vm_id is None else self._entries(f"{loose} AND vm_id = ?", vm_id)

    def get(self, job_id: str) -> Entry | None:
        """One job."""
        return next(iter(self._entries("WHERE id = ?", job_id)), None)

    def _entries(self, where: str, *values: object) -> tuple[Entry, ...]:
        with self._transaction("DEFERRED") as db:
            rows = db.execute(f"SELECT * FROM job {where}", values).fetchall()  # noqa: S608 - our own clauses
            return tuple(_entry(db, row) for row in rows)

    def _open(self) -> None:
        with self._lock, self._reported():
            self._db.row_factory = sqlite3.Row
            for pragma in ("journal_mode = DELETE", "synchronous = FULL", "foreign_keys = ON"):
                self._db.execute(f"PRAGMA {pragma}")
        with self._change() as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise HvError("journal.newer", facts={"path": self._path})
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute(
                "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE ended_at IS NOT NULL"
                " ORDER BY ended_at DESC, rowid DESC LIMIT -1 OFFSET ?)",
                (KEPT,),
            )

    def _change(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction that writes: all of it is on the disk afterwards, or nothing."""
        return self._transaction("IMMEDIATE")

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._reported():
            self._db.execute(f"BEGIN {kind}")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if (
                    self._db.in_transaction
                ):  # also when COMMIT failed: the next transaction needs a connection without one
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise HvError("journal.unusable", facts={"path": self._path}, host_words=str(error)) from error


def _note(db: sqlite3.Connection, job_id: str, state: JobState) -> None:
    db.execute("INSERT INTO change VALUES (?, ?, ?)", (job_id, state, now_text()))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _entry(db: sqlite3.Connection, row: sqlite3.Row) -> Entry:
    steps = db.execute("SELECT * FROM step WHERE job = ? ORDER BY rowid", (row["id"],)).fetchall()
    changes = db.execute("SELECT * FROM change WHERE job = ? ORDER BY rowid", (row["id"],)).fetchall()
    return Entry(
        id=row["id"],
        driver=row["driver"],
        request=msgspec.json.decode(row["request"], type=MoveRequest),
        source=msgspec.json.decode(row["source"], type=HostMark),
        destination=msgspec.json.decode(row["destination"], type=HostMark),
        state=JobState(row["state"]),
        created_at=row["created_at"],
        ended_at=row["ended_at"],
        error=msgspec.json.decode(row["error"], type=ErrorReport) if row["error"] else None,
        steps=tuple(_step(step) for step in steps),
        changes=tuple(Change(state=JobState(change["state"]), at=change["at"]) for change in changes),
    )


def _step(row: sqlite3.Row) -> Step:
    facts: dict[str, Any] = msgspec.json.decode(row["facts"])
    return Step(name=row["name"], facts=facts, begun_at=row["begun_at"], done_at=row["done_at"])

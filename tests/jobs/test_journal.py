"""The journal: what it wrote is on the disk, whatever happens next, and two programs do not get in each other's way."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import JobState, MoveRequest, SingleLocation
from hvdesk.jobs.entries import Entry, HostMark
from hvdesk.jobs.history import history
from hvdesk.jobs.journal import KEPT, Journal

SOURCE = HostMark(label="HV01", identity=("hv01", "lab.test"))
DESTINATION = HostMark(label="HV02", identity=("hv02", "lab.test"))
HOSTILE = "it's $(x) \u202e\n\U0001f680"


def entry(job_id: str = "job", vm_id: str = "vm", driver: str = "driver") -> Entry:
    request = MoveRequest(
        vm_id=vm_id,
        vm_name=HOSTILE,
        source="id-1",
        destination="id-2",
        storage=SingleLocation(folder=f"D:\\{HOSTILE}"),
    )
    return Entry(
        id=job_id,
        driver=driver,
        request=request,
        source=SOURCE,
        destination=DESTINATION,
        state=JobState.CHECKING,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def test_a_job_is_read_back_as_it_was_written(journal: Journal) -> None:
    journal.add(entry())
    journal.begin("job", "move", {"before": ["a"], "name": HOSTILE}, JobState.STARTING)
    journal.state("job", JobState.MOVING)
    (read,) = journal.open_jobs()
    assert (read.request, read.source, read.destination) == (entry().request, SOURCE, DESTINATION)
    assert [change.state for change in read.changes] == [JobState.CHECKING, JobState.STARTING, JobState.MOVING]
    step = read.step("move")
    assert step is not None
    assert (step.facts, step.done_at) == ({"before": ["a"], "name": HOSTILE}, None)


def test_an_end_is_kept_with_its_error(journal: Journal) -> None:
    journal.add(entry())
    report = HvError("move.failed", host="HV01", host_words="said so").report()
    journal.end("job", JobState.FAILED, report)
    assert journal.open_jobs() == ()
    (ended,) = journal.ended_jobs(5)
    assert (ended.state, ended.error, bool(ended.ended_at)) == (JobState.FAILED, report, True)
    (view,) = history(journal)
    assert (view.id, view.state, view.error, view.vm_name) == ("job", JobState.FAILED, report, HOSTILE)


def test_a_vm_has_one_open_job_whichever_program_adds_it(journal: Journal, path: Path) -> None:
    other = Journal(path)
    journal.add(entry())
    with pytest.raises(HvError) as refused:
        other.add(entry("second"))
    assert refused.value.code == "vm.busy"
    journal.end("job", JobState.DONE, None)
    other.add(entry("second"))
    other.close()


def test_a_job_that_came_to_nothing_leaves_no_trace(journal: Journal, path: Path) -> None:
    journal.add(entry())
    journal.begin("job", "compare", {}, JobState.CHECKING)
    journal.discard("job")
    with sqlite3.connect(path) as db:
        counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("job", "step", "change")]
    db.close()
    assert counts == [0, 0, 0]


def test_a_step_that_was_not_done_is_remembered_after_the_end(journal: Journal) -> None:
    for number, done in (("1", False), ("2", True)):
        journal.add(entry(number, number))
        journal.begin(number, "compare", {}, JobState.CHECKING)
        if done:
            journal.done(number)
        journal.end(number, JobState.CANCELLED, None)
    assert [loose.id for loose in journal.loose_jobs()] == ["1"]
    assert journal.loose_jobs("2") == ()
    journal.done("1")
    assert journal.loose_jobs() == ()


def test_one_program_takes_a_job_over(journal: Journal) -> None:
    journal.add(entry(driver="gone"))
    journal.begin("job", "move", {"before": []}, JobState.STARTING)
    taken = journal.adopt("job", "gone", "first")
    assert taken is not None
    assert (taken.driver, taken.state, [step.name for step in taken.steps]) == ("first", JobState.STARTING, ["move"])
    assert journal.adopt("job", "gone", "second") is None
    assert journal.open_jobs()[0].driver == "first"


def test_a_job_that_is_over_is_not_taken_over(journal: Journal) -> None:
    journal.add(entry(driver="gone"))
    journal.end("job", JobState.DONE, None)
    assert journal.adopt("job", "gone", "first") is None
    assert journal.ended_jobs(1)[0].driver == "gone"


def test_a_state_is_reserved_unless_others_were_faster(journal: Journal) -> None:
    journal.add(entry("one", "one"))
    journal.add(entry("two", "two"))
    assert not journal.reserve("one", JobState.STARTING, lambda others: [other.id for other in others] == ["two"])
    assert {job.state for job in journal.open_jobs()} == {JobState.CHECKING}
    assert journal.reserve("one", JobState.STARTING, lambda others: False)
    assert [job.state for job in journal.open_jobs()] == [JobState.STARTING, JobState.CHECKING]


def test_a_commit_that_is_refused_leaves_a_journal_that_works(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup, say, reads the file for long."""
    monkeypatch.setattr("hvdesk.jobs.journal._BUSY_SECONDS", 0.05)
    journal, reader = Journal(path), sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM job").fetchall()
    with pytest.raises(HvError) as caught:
        journal.add(entry())
    assert caught.value.code == "journal.unusable"
    reader.close()
    assert journal.open_jobs() == ()
    journal.add(entry())
    assert len(journal.open_jobs()) == 1
    journal.close()


def test_programs_side_by_side_lose_nothing(path: Path) -> None:
    def work(program: int) -> None:
        journal = Journal(path)
        for number in range(10):
            job = f"{program}-{number}"
            journal.add(entry(job, job))
            journal.state(job, JobState.MOVING)
            journal.end(job, JobState.DONE, None)
        journal.close()

    threads = [threading.Thread(target=work, args=(program,)) for program in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    journal = Journal(path)
    assert len(journal.ended_jobs(1000)) == 40
    journal.close()


KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from jobs.test_journal import entry
from hvdesk.domain.move import JobState
from hvdesk.jobs.journal import Journal
journal = Journal(Path(sys.argv[1]))
journal.add(entry())
journal.begin("job", "move", {}, JobState.STARTING)
journal.close()
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")  # what is changed spills into the file before it is committed
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE job SET state = 'done'")
db.executemany("INSERT INTO change VALUES ('job', ?, '')", [("x" * 999,)] * 999)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_program_killed_in_the_middle_of_a_write_leaves_what_was_written_before(path: Path) -> None:
    tests = Path(__file__).parent.parent
    command = [sys.executable, "-c", KILLED, str(path), str(tests), str(tests.parent)]
    assert subprocess.run(command, check=False, env=os.environ).returncode < 0
    journal = Journal(path)
    (read,) = journal.open_jobs()
    assert read.state is JobState.STARTING
    assert read.step("move") is not None
    journal.close()


def test_a_damaged_file_and_a_newer_one_are_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no data base, " * 100)
    with pytest.raises(HvError) as refused:
        Journal(path)
    assert (refused.value.code, str(path) in str(refused.value)) == ("journal.unusable", True)
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(HvError) as refused:
        Journal(path)
    assert refused.value.code == "journal.newer"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HvError) as refused:
        Journal(tmp_path / "file" / "journal.sqlite")
    assert refused.value.code == "journal.unusable"


def test_old_history_is_removed_and_what_is_open_stays(journal: Journal, path: Path) -> None:
    journal.add(entry("open", "open"))
    with sqlite3.connect(path) as db:
        db.execute("BEGIN")
        row = (
            "SELECT ?, ?, driver, request, source, destination, 'done', created_at, ?, NULL FROM job WHERE id = 'open'"
        )
        for number in range(KEPT + 5):
            job = f"job-{number}"
            db.execute(f"INSERT INTO job {row}", (job, job, f"2026-01-01T00:{number // 60:02}:{number % 60:02}"))
    db.close()
    again = Journal(path)
    assert len(again.ended_jobs(KEPT * 2)) == KEPT
    assert again.get("job-0") is None
    assert [one.id for one in again.open_jobs()] == ["open"]
    again.close()

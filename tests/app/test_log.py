"""The log and the crash file: shared by programs, bounded, private, and told of what nobody caught."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hvdesk.app import log
from hvdesk.app.crash import CrashFile
from hvdesk.domain.secret import Secret


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hvdesk.log"


@pytest.fixture
def handler(path: Path) -> Iterator[log.SharedLog]:
    handler = log.start(path)
    yield handler
    log.stop(handler)


def test_libraries_are_logged_from_warning_on_and_secrets_as_stars(path: Path, handler: log.SharedLog) -> None:
    logging.getLogger("spnego.negotiate").info("token abc")
    logging.getLogger("urllib3").warning("retried")
    logging.getLogger("hvdesk.remoting").info("logon with %s %r", Secret("hunter2"), Secret("hunter2"))
    text = path.read_text()
    assert "retried" in text
    assert "logon with *** ***" in text
    assert "token abc" not in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_user_may_read_the_log(path: Path, handler: log.SharedLog) -> None:
    assert path.stat().st_mode & 0o077 == 0


def test_a_full_log_makes_room_and_both_programs_go_on_in_the_new_one(path: Path) -> None:
    first, second = log.SharedLog(path, max_bytes=2000), log.SharedLog(path, max_bytes=2000)
    try:
        for number in range(200):
            for handler in (first, second):
                handler.handle(logging.LogRecord("hvdesk", logging.INFO, "", 0, f"entry {number}", (), None))
    finally:
        first.close()
        second.close()
    files = sorted(path.parent.glob("hvdesk.log*"))
    assert [file.name for file in files] == [
        "hvdesk.log",
        "hvdesk.log.1",
        "hvdesk.log.2",
        "hvdesk.log.3",
        path.name + ".lock",
    ]
    assert all(file.stat().st_size < 2500 for file in files)
    newest = path.read_text() + path.with_name("hvdesk.log.1").read_text()
    assert newest.count("entry 199") == 2


_CRASHES = {
    "main": "raise ValueError('main went wrong')",
    "thread": "import threading; t=threading.Thread(target=lambda: 1/0, name='lane HV01'); t.start(); t.join()",
    "interpreter": "import faulthandler; faulthandler._sigsegv()",
}


@pytest.mark.parametrize(
    ("crash", "words"),
    [
        ("main", ["ValueError: main went wrong", "(main)"]),
        ("thread", ["ZeroDivisionError", "(lane HV01)"]),
        ("interpreter", ["Fatal Python error", 'File "<string>"']),
    ],
)
def test_what_nobody_caught_is_in_the_crash_file(tmp_path: Path, crash: str, words: list[str]) -> None:
    path = tmp_path / "crash.txt"
    code = f"from pathlib import Path; from hvdesk.app.crash import CrashFile; CrashFile(Path({str(path)!r}))\n"
    done = subprocess.run(
        [sys.executable, "-c", code + _CRASHES[crash]], capture_output=True, text=True, timeout=60, check=False
    )
    text = path.read_text()
    for word in words:
        assert word in text
    assert crash == "interpreter" or words[0] in done.stderr  # the hooks that were there before still ran


def test_a_closed_crash_file_gives_the_hooks_back(tmp_path: Path) -> None:
    before = sys.excepthook, sys.unraisablehook
    crash = CrashFile(tmp_path / "crash.txt")
    assert sys.excepthook != before[0]
    crash.close()
    assert (sys.excepthook, sys.unraisablehook) == before

"""Counts what a test may leave behind in this process: threads, open files and sockets, child processes."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_SETTLE = 5.0


@dataclass(frozen=True)
class Holdings:
    """What this process holds; `files` maps each open descriptor to what it points at (empty where unknown)."""

    threads: frozenset[str]
    files: frozenset[str]
    children: frozenset[str]

    def beyond(self, before: Holdings) -> list[str]:
        """What is held now that was not held `before`, described."""
        return [
            *(f"thread {name}" for name in sorted(self.threads - before.threads)),
            *(f"open {name}" for name in sorted(self.files - before.files)),
            *(f"child process {name}" for name in sorted(self.children - before.children)),
        ]


def holdings() -> Holdings:
    """Take stock; files and children are seen on Linux only."""
    threads = frozenset(f"{thread.name} ({thread.ident})" for thread in threading.enumerate())
    if sys.platform != "linux":
        return Holdings(threads, frozenset(), frozenset())
    return Holdings(threads, frozenset(_files()), frozenset(_children()))


def _files() -> Iterator[str]:
    for entry in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{entry}")
        except FileNotFoundError:
            continue  # the descriptor that listed the folder
        if target != "anon_inode:[eventfd]":  # of Qt's painting threads, which come and go as Qt likes; we open none
            yield f"{entry} -> {target}"


def _children() -> Iterator[str]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        name, _, rest = text.rpartition(")")
        if int(rest.split()[1]) == os.getpid():
            yield f"{name})"


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail unless, within a few seconds after the block, all that it started or opened is gone."""
    before = holdings()
    yield
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    turn = threading.Event()
    while (left := holdings().beyond(before)) and time.monotonic() < deadline:
        turn.wait(0.02)
    assert not left, "left behind: " + "; ".join(left)

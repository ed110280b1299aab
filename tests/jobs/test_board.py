"""The board: the latest view of each job for whoever looks, every new one for whoever listens."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from hvdesk.domain.move import JobState, JobView
from hvdesk.jobs.board import Board

VIEW = JobView(id="1", kind="move", vm_id="vm", vm_name="web", source="HV01", destination="HV02", state=JobState.QUEUED)


def test_a_new_view_replaces_the_old_one_and_is_told_once() -> None:
    board, told = Board(), list[JobView]()
    undo = board.subscribe(told.append)
    board.put(VIEW)
    board.put(VIEW)  # nothing changed
    moving = replace(VIEW, state=JobState.MOVING)
    board.put(moving)
    assert board.views() == (moving,)
    undo()
    board.put(VIEW)
    assert told == [VIEW, moving]


def test_a_subscriber_that_raises_does_not_keep_the_others_from_hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_value))
    board, told = Board(), list[JobView]()
    board.subscribe(lambda view: {}[view.id])
    board.subscribe(told.append)
    board.put(VIEW)
    assert told == [VIEW]
    assert [type(error) for error in reported] == [KeyError]

"""A lane runs operations in order, misses none, survives what they raise, and ends in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from hvdesk.domain.errors import HvError
from hvdesk.domain.outcome import Outcome
from hvdesk.jobs.lanes import Lane

SECONDS = 10.0


class Rests:
    """Counts how often a lane came to rest."""

    def __init__(self) -> None:
        self.count = 0
        self.came = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self.came.set()


@pytest.fixture
def rests() -> Rests:
    return Rests()


@pytest.fixture
def lane(rests: Rests, nothing_left: None) -> Iterator[Lane]:
    lane = Lane("test", at_rest=rests)
    yield lane
    lane.stop()
    assert lane.join(SECONDS)


def test_operations_run_in_order_on_one_thread(lane: Lane) -> None:
    answers: SimpleQueue[Outcome[tuple[int, str]]] = SimpleQueue()
    for number in range(100):
        lane.submit(lambda number=number: (number, threading.current_thread().name), answers.put)
    got = [answers.get(timeout=SECONDS).get() for _ in range(100)]
    assert got == [(number, "lane test") for number in range(100)]


def test_no_wake_up_is_lost(lane: Lane) -> None:
    """Each operation is submitted at the moment at which the lane has just run dry."""
    answers: SimpleQueue[Outcome[int]] = SimpleQueue()
    for number in range(2000):
        lane.submit(lambda number=number: number, answers.put)
        assert answers.get(timeout=SECONDS).get() == number


def test_many_threads_submit_at_once(lane: Lane) -> None:
    answers: SimpleQueue[Outcome[int]] = SimpleQueue()

    def submit() -> None:
        for _ in range(200):
            lane.submit(lambda: 1, answers.put)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert sum(answers.get(timeout=SECONDS).get() for _ in range(8 * 200)) == 8 * 200
    for thread in threads:
        thread.join(SECONDS)


def test_an_error_of_a_host_is_delivered_and_the_lane_goes_on(lane: Lane) -> None:
    answers: SimpleQueue[Outcome[int]] = SimpleQueue()

    def fail() -> int:
        raise HvError("host.lost", host="HV01")

    lane.submit(fail, answers.put)
    lane.submit(lambda: 7, answers.put)
    error = answers.get(timeout=SECONDS).error
    assert error is not None
    assert (error.code, error.host) == ("host.lost", "HV01")
    assert answers.get(timeout=SECONDS).get() == 7


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """What reaches `threading.excepthook`, where the log and the crash file listen."""
    errors: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: errors.append(args.exc_value))
    return errors


def test_a_defect_is_reported_and_delivered(lane: Lane, reported: list[BaseException | None]) -> None:
    answers: SimpleQueue[Outcome[float]] = SimpleQueue()
    lane.submit(lambda: 1 / 0, answers.put)
    error = answers.get(timeout=SECONDS).error
    assert error is not None
    assert error.code == "program.defect"
    assert [type(error) for error in reported] == [ZeroDivisionError]


def test_a_callback_that_raises_is_reported_and_the_lane_goes_on(
    lane: Lane, reported: list[BaseException | None]
) -> None:
    answers: SimpleQueue[Outcome[int]] = SimpleQueue()

    def stumble(outcome: Outcome[int]) -> None:
        raise LookupError("the window is gone")

    lane.submit(lambda: 1, stumble)
    lane.submit(lambda: 2, answers.put)
    assert answers.get(timeout=SECONDS).get() == 2
    assert [type(error) for error in reported] == [LookupError]


def test_stopping_answers_what_waits_and_lets_the_running_one_finish(rests: Rests) -> None:
    lane = Lane("test", at_rest=rests)
    begun, go_on = threading.Event(), threading.Event()
    answers: SimpleQueue[Outcome[str]] = SimpleQueue()

    def long() -> str:
        begun.set()
        assert go_on.wait(SECONDS)
        return "finished"

    lane.submit(long, answers.put)
    lane.submit(lambda: "never run", answers.put)
    assert begun.wait(SECONDS)
    lane.stop()
    waiting = answers.get(timeout=SECONDS).error
    assert waiting is not None
    assert waiting.code == "program.closing"
    assert not lane.join(0.01)  # a deadline is kept even while an operation hangs
    go_on.set()
    assert answers.get(timeout=SECONDS).get() == "finished"
    assert lane.join(SECONDS)
    assert rests.count == 1
    late: SimpleQueue[Outcome[int]] = SimpleQueue()
    lane.submit(lambda: 1, late.put)
    assert late.get(timeout=SECONDS).error is not None


def test_what_operations_share_is_put_away_once_nothing_came_for_a_while(rests: Rests) -> None:
    lane = Lane("test", at_rest=rests, rest_seconds=0.01)
    answers: SimpleQueue[Outcome[int]] = SimpleQueue()
    for round_ in (1, 2):
        lane.submit(lambda: 1, answers.put)
        assert answers.get(timeout=SECONDS).get() == 1
        assert rests.came.wait(SECONDS)
        rests.came.clear()
        assert rests.count >= round_
    lane.stop()
    assert lane.join(SECONDS)

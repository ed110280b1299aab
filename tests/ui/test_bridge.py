"""The bridge: order, thread, turns, errors, and silence after it was closed."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from ui import driver

from hvdesk.ui import bridge as bridge_module
from hvdesk.ui.bridge import Bridge

pytestmark = pytest.mark.usefixtures("qapp")


def in_threads(count: int, work: object) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_everything_posted_by_any_thread_arrives_on_the_windows_thread() -> None:
    bridge, seen = Bridge(), []

    def work() -> None:
        for number in range(500):
            bridge.post(lambda number=number: seen.append((threading.current_thread(), number)))

    in_threads(4, work)
    driver.until(lambda: len(seen) == 2000, "2000 deliveries")
    assert {thread for thread, _ in seen} == {threading.main_thread()}
    bridge.close()


def test_deliveries_of_one_thread_keep_their_order() -> None:
    bridge, seen = Bridge(), []
    for number in range(300):
        bridge.post(lambda number=number: seen.append(number))
    driver.until(lambda: len(seen) == 300, "300 deliveries")
    assert seen == list(range(300))
    bridge.close()


def test_many_deliveries_do_not_hold_up_the_window() -> None:
    bridge, seen, turns = Bridge(), [], []

    def slow() -> None:
        end = time.perf_counter() + bridge_module.TURN_SECONDS
        while time.perf_counter() < end:
            pass
        seen.append(None)
        turns.append(driver.QApplication.instance() is not None)

    for _ in range(5):
        bridge.post(slow)
    loop = driver.QEventLoop()
    driver.QTimer.singleShot(0, lambda: turns.append("timer"))
    driver.QTimer.singleShot(2000, loop.quit)
    bridge.post(loop.quit)
    loop.exec()
    assert turns.index("timer") < len(turns) - 1, "the timer had its turn between deliveries"
    assert len(seen) == 5
    bridge.close()


def test_a_delivery_that_raises_does_not_lose_the_others(qtbot: QtBot) -> None:
    bridge, seen = Bridge(), []

    def raises() -> None:
        raise ValueError("on purpose")

    bridge.post(raises)
    bridge.post(lambda: seen.append("next"))
    with qtbot.captureExceptions() as caught:
        driver.until(lambda: seen, "the next delivery")
    assert [str(one[1]) for one in caught] == ["on purpose"]
    bridge.close()


def test_nothing_reaches_an_owner_that_is_gone() -> None:
    bridge, owner, seen = Bridge(), QObject(), []
    callback = bridge.to(owner, seen.append)
    callback("early")
    driver.until(lambda: seen == ["early"], "delivery to a living owner")
    owner.deleteLater()
    driver.turn(50)
    callback("late")
    bridge.post(lambda: seen.append("last"))
    driver.until(lambda: "last" in seen, "a later delivery")
    assert seen == ["early", "last"]
    bridge.close()


def test_nothing_is_delivered_after_closing() -> None:
    bridge, seen = Bridge(), []
    bridge.post(lambda: seen.append("before"))
    bridge.close()
    in_threads(4, lambda: [bridge.post(lambda: seen.append("after")) for _ in range(100)])
    driver.turn(50)
    assert seen == []

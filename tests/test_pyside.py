"""Guards against the PySide6 releases whose signals give away references that they do not own."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class _Sender(QObject):
    sent = Signal(object)


def test_5000_emits_leave_the_references_of_true_alone() -> None:
    """PySide6 6.12.0 drops one reference to True on every emit: Python 3.11 dies after some hundred of them."""
    sender = _Sender()
    received: list[object] = []
    sender.sent.connect(received.append)
    before = sys.getrefcount(True)
    for _ in range(5000):
        sender.sent.emit(None)
    assert len(received) == 5000
    assert abs(sys.getrefcount(True) - before) < 100

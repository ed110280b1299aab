"""A step of the contract suite: a request line and what its answer must say. The steps are in steps.py."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from hvdesk.domain.calls import Call
from hvdesk.hyperv import messages
from hvdesk.hyperv.messages import Answer

T = TypeVar("T")
Check = Callable[[Answer, str], None]
"""Asserts something about an answer of a host with this Windows Server."""


@dataclass(frozen=True)
class Step:
    """A request line, the id its last answer bears, and what is asserted of that answer."""

    name: str
    line: bytes
    answer_id: int | None
    check: Check
    extra: int = 0  # answers of earlier requests that are written before it
    same_as: str | None = None  # the step whose answer must come again, byte for byte


def result(shape: type[T], check: Callable[[T, str], object], *, output: bool = False) -> Check:
    """A result that is exactly a `shape`, not one key more or less, and for which `check` asserts or returns true."""

    def run(answer: Answer, windows: str) -> None:
        assert answer.fault is None, answer.fault
        body: Any = answer.result
        if output:
            assert list(body) == ["output"]
            body = body["output"]
        value = messages.read(body, shape)
        whole = msgspec.json.decode(msgspec.json.encode(value))
        if shape is messages.Moved:  # which holds a VM or a report
            whole, body = ({key: item for key, item in part.items() if item is not None} for part in (whole, body))
        assert body == whole
        assert check(value, windows) is not False

    return run


def output(shape: type[T], check: Callable[[T, str], object]) -> Check:
    """As `result`, for the output of a call."""
    return result(shape, check, output=True)


def fault(name: str, category: str, *codes: str, says: str = "") -> Check:
    """An error with this id, category and exactly these codes."""

    def run(answer: Answer, windows: str) -> None:
        assert answer.fault is not None, answer.result
        assert (answer.fault.name, answer.fault.category) == (name, category)
        assert answer.fault.codes == codes
        assert answer.fault.message
        assert answer.fault.types
        assert says in answer.fault.message

    return run


def equal(**expected: object) -> Callable[[Any, str], bool]:
    """Asserts attributes of a value."""

    def run(value: Any, windows: str) -> bool:
        assert {name: getattr(value, name) for name in expected} == expected
        return True

    return run


class StepList:
    """Collects the steps and numbers their requests."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._ids = itertools.count(1)

    def ask(self, name: str, op: str, check: Check, **args: object) -> None:
        request_id = next(self._ids)
        self.steps.append(Step(name, messages.request_line(request_id, op, args), request_id, check))

    def call(self, name: str, call: Call, check: Check) -> None:
        self.ask(name, "call", check, **messages.call_args(call))

    def again(self, name: str) -> None:
        """The request of step `name` once more."""
        step = next(step for step in self.steps if step.name == name)
        self.steps.append(Step(f"{name} repeated", step.line, step.answer_id, step.check, same_as=name))

    def replay(self, back: int) -> None:
        request_id = next(self._ids)
        line = messages.request_line(request_id, "again", {"from": request_id - back})
        check = result(messages.Replayed, equal(replayed=back))
        self.steps.append(Step("again", line, request_id, check, extra=back))

    def noise(self, line: bytes) -> None:
        check = fault("HvDesk.BadRequest", "InvalidData")
        self.steps.append(Step(f"bad line {line[:30]!r}", line + b"\n", None, check))

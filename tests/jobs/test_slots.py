"""Slots: never more than a host allows, ours or not, and first come first served between two hosts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hvdesk.jobs.slots import Load, Slots

FREE = Load(2, frozenset())


def loads(a: Load = FREE, b: Load = FREE) -> dict[str, Load]:
    return {"A": a, "B": b}


def test_a_move_needs_a_slot_on_both_hosts() -> None:
    slots = Slots()
    full = Load(1, frozenset({"foreign"}))
    assert slots.take("vm", loads(a=full)) == "A"
    assert slots.take("vm", loads(b=full)) == "B"
    assert slots.take("vm", loads()) is None


def test_a_move_that_is_not_seen_on_the_hosts_yet_counts() -> None:
    slots = Slots()
    one = loads(Load(1, frozenset()), Load(9, frozenset()))
    assert slots.take("first", one) is None
    assert slots.take("second", one) == "A"
    slots.release("first")
    assert slots.take("second", one) is None


def test_a_move_that_is_seen_is_not_counted_twice() -> None:
    slots = Slots()
    assert slots.take("first", loads()) is None
    seen = Load(2, frozenset({"first"}))
    assert slots.take("second", loads(seen, seen)) is None


def test_moves_between_the_same_hosts_keep_their_order() -> None:
    slots = Slots()
    full = Load(1, frozenset({"foreign"}))
    assert slots.take("first", loads(full, full)) == "A"
    assert slots.take("second", loads(full, full)) == "A"
    one = Load(1, frozenset())
    assert slots.take("second", loads(one, one)) is not None  # it is the first one's turn
    assert slots.take("first", loads(one, one)) is None


def test_one_that_waits_holds_up_nobody_who_goes_elsewhere() -> None:
    slots = Slots()
    full = Load(1, frozenset({"foreign"}))
    assert slots.take("first", {"A": FREE, "B": full}) == "B"
    assert slots.take("second", {"A": FREE, "C": FREE}) is None


def test_one_that_gives_up_does_not_block_the_next() -> None:
    slots = Slots()
    full = Load(1, frozenset({"foreign"}))
    assert slots.take("first", loads(full, full)) == "A"
    slots.release("first")
    assert slots.take("second", loads()) is None


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("123456789")), max_size=60), st.integers(0, 4))
def test_never_more_than_the_limit(steps: list[tuple[bool, str]], limit: int) -> None:
    slots, held = Slots(), set()
    for take, vm in steps:
        if not take:
            slots.release(vm)
            held.discard(vm)
        elif vm not in held:
            load = Load(limit, frozenset(held))
            if slots.take(vm, {"A": load}) is None:
                held.add(vm)
        assert len(held) <= limit

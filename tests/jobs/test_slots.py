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


def test_migrations_that_only_the_host_counts_take_slots() -> None:
    slots = Slots()
    assert slots.take("vm", loads(b=Load(2, frozenset(), active=2))) == "B"
    assert slots.take("vm", loads(b=Load(2, frozenset(), active=1))) is None


def test_what_is_known_and_counted_is_one_migration() -> None:
    slots = Slots()
    seen = frozenset({"foreign"})
    assert slots.take("vm", loads(a=Load(2, seen, active=1, counted=seen))) is None
    slots.release("vm")
    assert slots.take("vm", loads(a=Load(2, seen, active=2, counted=seen))) == "A"


def test_what_may_only_be_about_to_begin_is_not_taken_off_the_hosts_count() -> None:
    slots = Slots()
    starting = Load(2, frozenset({"ours"}), active=1)  # which may be another's
    assert slots.take("vm", loads(a=starting)) == "A"


def test_one_that_is_counted_itself_does_not_wait_for_itself() -> None:
    slots = Slots()
    again = Load(1, frozenset({"vm"}), active=1, counted=frozenset({"vm"}))
    assert slots.take("vm", loads(a=again)) is None

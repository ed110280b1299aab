"""Every path of the Move Wizard, without a widget."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hvdesk.domain.errors import Finding, Severity
from hvdesk.domain.flow import (
    MoveDraft,
    MoveOption,
    MoveType,
    Page,
    accepted_codes,
    can_finish,
    can_leave,
    check_holds,
    entered,
    is_complete,
    may_start,
    next_page,
    pages,
    previous_page,
    reachable,
    request,
    unticked,
    with_destination_name,
    with_report,
)
from hvdesk.domain.move import CheckReport, SingleLocation

START = MoveDraft(vm_id="1", vm_name="web01", source="h1")
CHOSEN = replace(
    START, destination_name="HV02", destination="h2", option=MoveOption.SINGLE_LOCATION, folder="D:\\VMs\\web01"
)


def checked(draft: MoveDraft, *findings: tuple[str, Severity]) -> MoveDraft:
    report = CheckReport(
        request=request(draft),
        findings=tuple(Finding(code=code, severity=severity) for code, severity in findings),
        calls=(),
        storage_bytes=None,
        free_bytes=None,
    )
    return with_report(draft, report)


def test_the_list_starts_short_and_grows_when_single_location_is_selected() -> None:
    assert pages(START) == (
        Page.BEFORE,
        Page.MOVE_TYPE,
        Page.DESTINATION,
        Page.OPTIONS,
        Page.CHECK,
        Page.SUMMARY,
    )
    assert Page.FOLDER in pages(entered(START, Page.OPTIONS))
    assert Page.FOLDER not in pages(replace(CHOSEN, option=MoveOption.VM_ONLY))


def test_choosing_storage_removes_the_destination() -> None:
    assert Page.DESTINATION not in pages(replace(START, move_type=MoveType.STORAGE))


def test_next_and_previous_lead_through_all_pages_and_back() -> None:
    seen, page = [], Page.BEFORE
    while page is not None:
        seen.append(page)
        page = next_page(CHOSEN, page)
    assert tuple(seen) == pages(CHOSEN)
    back, page = [], Page.SUMMARY
    while page is not None:
        back.append(page)
        page = previous_page(CHOSEN, page)
    assert back == seen[::-1]


@pytest.mark.parametrize("page", [Page.MOVE_TYPE, Page.OPTIONS])
def test_a_choice_that_is_not_built_cannot_be_left(page: Page) -> None:
    assert can_leave(CHOSEN, page)
    assert not can_leave(replace(CHOSEN, move_type=MoveType.STORAGE, option=MoveOption.BY_ITEM), page)


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_blank_fields_keep_next_disabled(blank: str) -> None:
    assert not can_leave(replace(CHOSEN, destination_name=blank), Page.DESTINATION)
    assert not can_leave(replace(CHOSEN, folder=blank), Page.FOLDER)


def test_a_typed_destination_can_be_left_but_is_complete_only_once_it_answered() -> None:
    typed = with_destination_name(START, "HV02")
    assert can_leave(typed, Page.DESTINATION)
    assert not is_complete(typed, Page.DESTINATION)
    assert not reachable(typed, Page.OPTIONS)
    assert reachable(replace(typed, destination="h2"), Page.OPTIONS)


def test_another_name_forgets_the_host_of_the_former_and_blanks_do_not() -> None:
    assert with_destination_name(CHOSEN, "HV03").destination is None
    assert with_destination_name(CHOSEN, "HV02 ").destination == "h2"


def test_request_is_exactly_the_choices() -> None:
    made = request(replace(CHOSEN, folder=" D:\\VMs "))
    assert (made.vm_id, made.vm_name, made.source, made.destination) == ("1", "web01", "h1", "h2")
    assert made.storage == SingleLocation(folder="D:\\VMs")


@pytest.mark.parametrize(
    "change", [{"destination": None}, {"option": None}, {"option": MoveOption.VM_ONLY}, {"folder": ""}]
)
def test_no_request_while_a_choice_is_missing(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not complete"):
        request(replace(CHOSEN, **change))


def test_finish_comes_early_only_when_every_page_is_satisfied() -> None:
    assert not can_finish(START, Page.MOVE_TYPE)
    assert not can_finish(replace(CHOSEN, folder=""), Page.FOLDER)
    assert can_finish(CHOSEN, Page.FOLDER)
    assert can_finish(CHOSEN, Page.DESTINATION)
    assert not can_finish(CHOSEN, Page.CHECK)


def test_a_clean_check_lets_the_move_start() -> None:
    assert not may_start(CHOSEN)
    clean = checked(CHOSEN, ("check.note", Severity.NOTE))
    assert may_start(clean)
    assert can_finish(clean, Page.CHECK)
    assert reachable(clean, Page.SUMMARY)


def test_a_blocker_is_accepted_by_nothing() -> None:
    blocked = replace(checked(CHOSEN, ("a", Severity.BLOCKER)), ticked=frozenset({0, 1, 2}))
    assert not may_start(blocked)
    assert not can_leave(blocked, Page.CHECK)


def test_every_warning_needs_its_tick() -> None:
    warned = checked(CHOSEN, ("a", Severity.WARNING), ("a", Severity.WARNING), ("b", Severity.WARNING))
    assert unticked(warned) == (0, 1, 2)
    some = replace(warned, ticked=frozenset({0, 2}))
    assert not may_start(some)
    assert accepted_codes(some) == {"b"}
    every = replace(warned, ticked=frozenset({0, 1, 2}))
    assert may_start(every)
    assert accepted_codes(every) == {"a", "b"}


@pytest.mark.parametrize("change", [{"folder": "E:\\"}, {"destination": "h3"}, {"vm_id": "2"}, {"source": "h4"}])
def test_a_check_of_other_choices_does_not_count(change: dict[str, str]) -> None:
    clean = checked(CHOSEN)
    assert check_holds(clean)
    changed = replace(clean, **change)
    assert not check_holds(changed)
    assert not may_start(changed)


def test_ticks_do_not_outlive_their_check() -> None:
    ticked = replace(checked(CHOSEN, ("a", Severity.WARNING)), ticked=frozenset({0}))
    assert may_start(ticked)
    assert not may_start(checked(ticked, ("b", Severity.WARNING)))

"""The Move Wizard as data: its pages, what is chosen so far, and where Next, Previous and Finish lead.

Pure functions over a frozen draft, so that every path of the wizard is tested without a widget. Page order, defaults
and the moment at which Finish becomes possible follow Hyper-V Manager.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hvdesk.domain.move import CheckReport, MoveRequest, SingleLocation


class Page(StrEnum):
    """The wizard's pages."""

    BEFORE = "before-you-begin"
    MOVE_TYPE = "choose-move-type"
    DESTINATION = "specify-destination"
    OPTIONS = "choose-move-options"
    FOLDER = "virtual-machine"
    CHECK = "check"
    SUMMARY = "summary"


class MoveType(StrEnum):
    """Choose Move Type."""

    VIRTUAL_MACHINE = "virtual-machine"
    STORAGE = "storage"


class MoveOption(StrEnum):
    """Choose Move Options."""

    SINGLE_LOCATION = "single-location"
    BY_ITEM = "by-item"
    VM_ONLY = "vm-only"


NOT_IN_THIS_VERSION: frozenset[MoveType | MoveOption] = frozenset(
    {MoveType.STORAGE, MoveOption.BY_ITEM, MoveOption.VM_ONLY}
)
"""Choices that are shown, greyed, and cannot be made yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDraft:
    """What the user has chosen so far. A new draft replaces the old one; nothing in it changes.

    `destination` is the id of the connected host entry that `destination_name` led to, None until it answered.
    `option` is None until Choose Move Options was entered. `ticked` are places in `report.warnings`.
    """

    vm_id: str
    vm_name: str
    source: str
    move_type: MoveType = MoveType.VIRTUAL_MACHINE
    destination_name: str = ""
    destination: str | None = None
    option: MoveOption | None = None
    folder: str = ""
    report: CheckReport | None = None
    ticked: frozenset[int] = frozenset()


def pages(draft: MoveDraft) -> tuple[Page, ...]:
    """The pages that these choices lead through, in order: what the list on the left shows."""
    result = [Page.BEFORE, Page.MOVE_TYPE]
    if draft.move_type is MoveType.VIRTUAL_MACHINE:
        result.append(Page.DESTINATION)
    result.append(Page.OPTIONS)
    if draft.option is MoveOption.SINGLE_LOCATION:
        result.append(Page.FOLDER)
    return (*result, Page.CHECK, Page.SUMMARY)


def next_page(draft: MoveDraft, page: Page) -> Page | None:
    """The page that Next leads to; None on the last one."""
    order = pages(draft)
    place = order.index(page) + 1
    return order[place] if place < len(order) else None


def previous_page(draft: MoveDraft, page: Page) -> Page | None:
    """The page that Previous leads to; None on the first one."""
    order = pages(draft)
    place = order.index(page)
    return order[place - 1] if place else None


def entered(draft: MoveDraft, page: Page) -> MoveDraft:
    """The draft once `page` is shown: Choose Move Options starts with its first choice selected."""
    if page is Page.OPTIONS and draft.option is None:
        return replace(draft, option=MoveOption.SINGLE_LOCATION)
    return draft


def with_destination_name(draft: MoveDraft, name: str) -> MoveDraft:
    """Another name was typed: the host that the former one led to no longer counts."""
    if name.strip() == draft.destination_name.strip():
        return replace(draft, destination_name=name)
    return replace(draft, destination_name=name, destination=None)


def can_leave(draft: MoveDraft, page: Page) -> bool:
    """True when Next may be pressed on `page`: what the user has to give there is given.

    Leaving Specify Destination asks the host first and leaving Virtual Machine runs the check.
    """
    match page:
        case Page.MOVE_TYPE:
            return draft.move_type not in NOT_IN_THIS_VERSION
        case Page.DESTINATION:
            return bool(draft.destination_name.strip())
        case Page.OPTIONS:
            return draft.option is not None and draft.option not in NOT_IN_THIS_VERSION
        case Page.FOLDER:
            return bool(draft.folder.strip())
        case Page.CHECK:
            return may_start(draft)
        case _:
            return True


def is_complete(draft: MoveDraft, page: Page) -> bool:
    """True when nothing is missing on `page`, its host's answer included."""
    if page is Page.DESTINATION and draft.destination is None:
        return False
    return can_leave(draft, page)


def reachable(draft: MoveDraft, page: Page) -> bool:
    """True for a page that the list on the left shows in black: all before it are complete."""
    order = pages(draft)
    return all(is_complete(draft, before) for before in order[: order.index(page)])


def can_finish(draft: MoveDraft, page: Page) -> bool:
    """True when Finish may be pressed on `page`.

    Before the check it only needs the choices: Finish then runs the check, and starts only what it found clean. On
    Check it needs what `may_start` needs. On Summary a check that no longer holds is run again first.
    """
    if page is Page.CHECK:
        return may_start(draft)
    return draft.option is not None and all(
        can_leave(draft, needed) for needed in pages(draft) if needed not in (Page.CHECK, Page.SUMMARY)
    )


def request(draft: MoveDraft) -> MoveRequest:
    """Exactly the choices shown; raises ValueError while one is missing."""
    if draft.destination is None or draft.option is not MoveOption.SINGLE_LOCATION or not draft.folder.strip():
        raise ValueError("the choices are not complete")
    return MoveRequest(
        vm_id=draft.vm_id,
        vm_name=draft.vm_name,
        source=draft.source,
        destination=draft.destination,
        storage=SingleLocation(folder=draft.folder.strip()),
    )


def check_holds(draft: MoveDraft) -> bool:
    """True when there is a finished check of exactly the choices shown."""
    if draft.report is None:
        return False
    try:
        return draft.report.request == request(draft)
    except ValueError:
        return False


def unticked(draft: MoveDraft) -> tuple[int, ...]:
    """Places of the warnings that the user has not accepted."""
    count = len(draft.report.warnings) if draft.report else 0
    return tuple(place for place in range(count) if place not in draft.ticked)


def may_start(draft: MoveDraft) -> bool:
    """The one condition under which a move starts: the check holds, has no blocker, and every warning is ticked."""
    return check_holds(draft) and draft.report is not None and not draft.report.blockers and not unticked(draft)


def accepted_codes(draft: MoveDraft) -> frozenset[str]:
    """Codes whose every warning is ticked."""
    warnings = draft.report.warnings if draft.report else ()
    open_codes = {warnings[place].code for place in unticked(draft)}
    return frozenset(finding.code for finding in warnings) - open_codes


def with_report(draft: MoveDraft, report: CheckReport | None) -> MoveDraft:
    """The draft with a new check, or without one; ticks never outlive the check they were set on."""
    return replace(draft, report=report, ticked=frozenset())

"""Steps of the contract suite about event logs, and what its world holds in them."""

from __future__ import annotations

from collections.abc import Callable

from agent.contract_world import HOST, HOSTILE, NOBODY, WEB
from agent.step import StepList, fault, result

from hvdesk.hyperv.messages import HostEvents
from hvdesk.lab.world.eventlogs import Event
from hvdesk.lab.world.world import World

NAME = "$(Remove-VM *)'\"`n`0 \u2018\u2019;\n\u202eevil\u202c \u05d0\u05d1 \U0001f5a5 %PATH% | & < >"
FIRST, SECOND = "2026-03-29T00:30:00.0000000Z", "2026-03-29T00:30:01.0000000Z"
VMMS, WORKER, AVAILABILITY = (
    f"Microsoft-Windows-Hyper-V-{log}-Admin" for log in ("VMMS", "Worker", "High-Availability")
)
WRITTEN = (
    (FIRST, Event(VMMS, 21502, 2, f"Die Livemigration von \u201eweb-01\u201c ist fehlgeschlagen. ({WEB.upper()})")),
    (FIRST, Event(WORKER, 18560, 1, "", ("web-01", "7"))),
    (FIRST, Event(VMMS, 20417, 2, "Another web-01.", ("web-01", NOBODY.upper()))),
    (FIRST, Event(VMMS, 20418, 4, f"Fine: {WEB.upper()}")),
    (SECOND, Event(VMMS, 20419, 3, f"web-01 is slow: {WEB}")),
    (SECOND, Event(VMMS, 20420, 2, f"{NAME} failed.", (NAME,))),
    (SECOND, Event(VMMS, 20421, 2, "web-01x and web-0.", ("web-01x", "web-0", "WEB-01"))),
    (SECOND, Event(AVAILABILITY, 20422, 2, f"On a host without this log: {WEB}")),
)
"""What HV01's logs hold."""


def write_events(world: World) -> None:
    """Put them there."""
    with world.locked():
        for time, event in WRITTEN:
            world.logs.write(HOST, time, event)


def _numbers(*wanted: int) -> Callable[[HostEvents, str], bool]:
    def check(found: HostEvents, windows: str) -> bool:
        assert [event.id for event in found.events] == list(wanted)
        return True

    return check


def _whole(found: HostEvents, windows: str) -> bool:
    first, second, third = found.events
    assert (first.level, second.level, third.level) == (2, 1, 3)
    assert first.log == third.log == VMMS
    assert (second.log, second.message) == (WORKER, "")
    assert "\u201eweb-01\u201c" in first.message
    return (first.time, second.time, third.time) == (FIRST, FIRST, SECOND)


def events(steps: StepList) -> None:
    """What names a machine by id, what by name alone, and what is refused."""

    def ask(title: str, *wanted: int, since: str = FIRST, vm: str = WEB, name: str = "web-01", most: int = 20) -> None:
        check = result(HostEvents, _numbers(*wanted))
        steps.ask(title, "events", check, since=since, vm_id=vm, vm_name=name, most=most)

    whole = result(HostEvents, _whole)
    steps.ask("events whole", "events", whole, since=FIRST, vm_id=WEB, vm_name="web-01", most=20)
    ask("events", 21502, 18560, 20419, vm=WEB.upper())
    ask("events of the name's other VM", 18560, 20417, vm=NOBODY)
    ask("events by id alone", 21502, 20419, name="renamed")
    ask("events of a hostile name", 20420, vm=HOSTILE, name=NAME)
    ask("events of no VM", vm=HOSTILE, name="*")
    ask("events since", 20419, since=SECOND)
    ask("events since, elsewhere", 20419, since="2026-03-29T02:30:01.0000000+02:00")
    ask("events to come", since="2126-01-01T00:00:00Z")
    ask("latest events", 18560, 20419, most=2)
    ask("no events", most=0)
    bad = fault("HvDesk.BadRequest", "InvalidData")
    steps.ask("events since never", "events", bad, since="'; exit #", vm_id=WEB, vm_name="web-01", most=20)
    steps.ask("events of a wrong id", "events", bad, since=FIRST, vm_id="*", vm_name="web-01", most=20)
    steps.ask("events without a name", "events", bad, since=FIRST, vm_id=WEB, most=20)

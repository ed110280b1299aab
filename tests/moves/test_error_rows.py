"""Every code and text of the table of errors that errors.toml was made from is in the words of an error of its row."""

from __future__ import annotations

import pytest
from moves.programs import Program, World
from moves.test_known_errors import ELSEWHERE, ERRORS, ROWS

from hvdesk.domain.move import JobState
from hvdesk.lab.world import admission, eventlogs
from hvdesk.lab.world.errors import KNOWN, told

WORDS: dict[int, tuple[str, ...]] = {
    1: ("0x8009030E", "No credentials are available in the security package"),
    2: ("0x8009030D", "credentials supplied to the package were not recognized"),
    3: ("0x8009030C", "logon attempt failed"),
    4: ("0x80090322", "target principal name is incorrect"),
    5: ("0x8009030E",),
    6: ("0x80070005", "General access denied"),
    7: ("0x8007274D", "actively refused"),
    8: ("0x8007274C", "after a period of time"),
    9: ("0x80072746", "forcibly closed"),
    10: ("0x8007271D", "access a socket"),
    11: ("0x80070035", "network path was not found"),
    12: ("source host is not configured for live migration",),
    13: ("0x8007274D",),
    14: ("21501", "migration limit"),
    15: ("33012", "21502", "Could not find Ethernet switch"),
    16: ("40010", "was not found"),
    17: ("0xC03A0014", "virtual disk support provider"),
    18: ("processor-specific features not supported", "21502"),
    19: ("hardware on the destination computer is not compatible", "21502"),
    20: ("configuration version", "21502"),
    21: ("0x800705AA", "Insufficient system resources", "create the partition"),
    22: ("0x8007000E", "Ran out of memory"),
    23: ("0x80070569", "requested logon type"),
    24: ("0x8007052F", "account restriction"),
    25: ("key protector", "could not be unwrapped", "0x80070057"),
    26: ("0x80092002",),
    27: ("0xC0370027", "saved state cannot be read"),
    28: ("while the object is in use",),
    29: ("is shared between virtual machines",),
    30: ("is clustered",),
    31: ("0x80071398", "not the owner", "not a possible owner"),
    32: ("0x000013AB", "network is not available"),
    33: ("0x0000139F", "not in the correct state"),
    34: ("20413", "register the configuration", "cannot find the path"),
    35: ("0x80042001", "0x8007000D"),
    36: ("0x80048054", "0x8007003B"),
    37: ("0x80070534", "No mapping between account names"),
    39: ("20406", "client cannot connect to the destination", "does not support WS-Management Identify"),
    40: ("0x8004100E", "0x800706BA", "RPC server"),
    41: ('must contain "DestinationFilePath" key',),
    42: ("Parameter set cannot be resolved",),
    46: ("0x800705B4", "timeout"),
    47: ("0x80070032", "not supported"),
    48: ("32784",),
}
"""Win32 numbers stand as hex: 5023 is 0x0000139F, error 59 is 0x8007003B, 0x32 is 0x80070032."""
REPORTED = {"33012": "Could not find Ethernet switch", "40010": "was not found"}
BY_COMMAND = (10698, 280, 20417, 21125)
"""Numbers of events that the table names and no error of the lab writes: `event` puts any into a log."""


def said(name: str) -> str:
    """Number, texts and event of an error of the lab."""
    if name in REPORTED:
        return f"{name} {REPORTED[name]} ({admission.WRAPPER})"
    error = told(name, None, "HV01", "HV02", key="DestinationFilePath")
    return " ".join((name, *error.messages, str(eventlogs.number_of(name))))


@pytest.mark.parametrize("row", ROWS)
def test_row(row: int) -> None:
    names = {entry["name"] for entry in ERRORS if row in entry.get("row", ())}
    elsewhere = [entry for entry in ELSEWHERE if row in entry.get("row", ())]
    assert bool(names) is not bool(elsewhere)
    assert (row in WORDS) is bool(names)
    whole = " ".join(map(said, sorted(names)))
    assert [word for word in WORDS.get(row, ()) if word not in whole] == []


def test_events_that_only_a_command_writes_are_told(program: Program, world: World) -> None:
    assert not {eventlogs.number_of(name) for name in KNOWN}.intersection(BY_COMMAND)
    vm = world.vm("written-about")
    world.hold_at("phase:storage-2")
    world.do(do="fail", operation="Move-VM", host="HV01", error="0x80072746", at="vm-state")
    job = program.start(program.request(vm))
    world.lab.until(lambda: world.show()["clock"]["held"], 40)
    for number in BY_COMMAND:
        world.do(do="event", host="HV02", log="VMMS", id=number, message=f"Of {vm.id}")
    world.clock(hold=False)
    view = program.over(job)
    world.do(do="heal")
    assert (view.state, view.error and view.error.code) == (JobState.FAILED, "link.reset")
    assert view.error is not None
    assert [number for number in BY_COMMAND if f"HV02, event {number} in " not in view.error.host_words] == []

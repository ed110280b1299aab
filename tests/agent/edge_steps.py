"""Steps of the contract suite at the edges: arguments that lack, have another type or are hostile, and what is over."""

from __future__ import annotations

from typing import Any

from agent.binding_steps import HV02
from agent.contract_world import GIANT, JOB, LEFT_OVER, NOBODY, WEB
from agent.event_steps import NAME
from agent.step import StepList, equal, fault, output, result

from hvdesk.domain.calls import Call, Parameter
from hvdesk.domain.model import FolderListing, Presence
from hvdesk.hyperv import calls, messages

NEEDED: dict[str, tuple[str, ...]] = {
    "vm_details": ("vm_id",),
    "presence": ("vm_id",),
    "list_folder": ("path",),
    "file_lengths": ("paths",),
    "events": ("since", "vm_id", "vm_name", "most"),
    "call": ("call",),
    "again": ("from",),
}
"""The arguments without which an operation is refused."""


def edges(steps: StepList) -> None:
    """Before anything is changed."""
    _lacking(steps)
    _of_other_types(steps)
    _hostile(steps)
    for op in ("PING", "ping ", "", "Get-VM"):
        steps.ask(f"operation {op!r}", op, fault("HvDesk.UnknownOperation", "InvalidOperation"))


def _lacking(steps: StepList) -> None:
    bad = fault("HvDesk.BadRequest", "InvalidData")
    for op, names in NEEDED.items():
        given: dict[str, Any] = dict.fromkeys(names, "x")
        for name in names:
            steps.ask(f"{op} without {name}", op, bad, **{key: value for key, value in given.items() if key != name})
            steps.ask(f"{op} with {name} null", op, bad, **{**given, name: None})
    for about, call in (
        ("nothing", {}),
        ("no cmdlet", {"parameters": []}),
        ("no parameters", {"cmdlet": "Move-VM"}),
        ("no list of parameters", {"cmdlet": "Move-VM", "parameters": None}),
    ):
        steps.ask(f"call of {about}", "call", bad, call=call)


def _of_other_types(steps: StepList) -> None:
    no_vm = fault("HvDesk.VmNotFound", "ObjectNotFound")
    no_drive = fault("HvDesk.DriveNotFound", "ObjectNotFound")
    for value in (7, True, ""):
        steps.ask(f"details of {value!r}", "vm_details", no_vm, vm_id=value)
    for value in (7, True):
        steps.ask(f"folder {value!r}", "list_folder", no_drive, path=value)
    one = result(messages.FileLengths, lambda found, windows: [file.length for file in found.files] == [2**29])
    steps.ask("length of one path", "file_lengths", one, paths="D:\\notes.txt")
    bad = fault("HvDesk.BadRequest", "InvalidData")
    for value in ("x", "1", True, 1.5):
        steps.ask(f"again from {value!r}", "again", bad, **{"from": value})
    none = result(messages.Replayed, equal(replayed=0))
    steps.ask("again from the end", "again", none, **{"from": 2**40})


def _hostile(steps: StepList) -> None:
    """A name that would be a script, as every argument."""
    no_vm = fault("HvDesk.VmNotFound", "ObjectNotFound")
    away = result(Presence, equal(present=False, planned=False))
    steps.ask("presence of a hostile name", "presence", away, vm_id=NAME)
    steps.ask("folder hostile", "list_folder", fault("HvDesk.DriveNotFound", "ObjectNotFound"), path=NAME)
    hostile = result(messages.FileLengths, lambda found, windows: [file.length for file in found.files] == [None] * 2)
    steps.ask("lengths of hostile paths", "file_lengths", hostile, paths=[NAME, f"D:\\{NAME}"])
    steps.call("compare a hostile name", calls.compare(NAME, HV02, "D:\\x"), no_vm)
    steps.call("move a hostile name", calls.move(NAME, HV02, "D:\\x"), no_vm)
    unknown = fault("InvalidParameter", "ResourceUnavailable", says="`n`0")
    steps.call("compare with a hostile host", calls.compare(WEB, NAME, "D:\\x"), unknown)
    steps.call("cancel a hostile name", calls.cancel(NAME), fault("HvDesk.JobNotFound", "ObjectNotFound"))
    steps.call("destroy a hostile name", calls.destroy(NAME), fault("HvDesk.PlannedVmNotFound", "ObjectNotFound"))
    not_allowed = fault("HvDesk.CallNotAllowed", "PermissionDenied")
    steps.call("call a hostile name", Call(cmdlet=NAME, parameters=()), not_allowed)
    named = Parameter(name=NAME, kind="text", value="x")
    unbound = fault("NamedParameterNotFound", "InvalidArgument")
    steps.call("hostile parameter", Call(cmdlet="Compare-VM", parameters=(named,)), unbound)


def while_it_moves(steps: StepList) -> None:
    """A machine that somebody moves, the host itself as destination, and folders that cannot be."""
    busy = fault("ObjectInUse", "ResourceBusy", says="failed at migration source")
    steps.call("compare one that moves", calls.compare(GIANT, HV02, "D:\\x"), busy)
    steps.call("move one that moves", calls.move(GIANT.upper(), HV02, "D:\\x"), busy)
    same = fault("InvalidParameter", "InvalidArgument")
    steps.call("compare with itself", calls.compare(WEB, "hv01.lab.test", "D:\\x"), same)
    illegal = fault("CreateDirectoryArgumentError", "InvalidArgument")
    steps.call("new folder illegal", calls.new_folder("D:\\a|b"), illegal)
    steps.call(
        "new folder where a file is", calls.new_folder("D:\\notes.txt"), fault("DirectoryExist", "ResourceExists")
    )
    deep = "D:\\one\\it's 'two'\\[three] $x"
    steps.call("new folders", calls.new_folder(deep), output(messages.FolderMade, equal(path=deep)))
    made = result(FolderListing, equal(folders=("[three] $x",)))
    steps.ask("new folders listed", "list_folder", made, path="D:\\one\\it's 'two'")


def when_over(steps: StepList) -> None:
    """What was cancelled or destroyed before, and states that no job takes."""
    returned = output(messages.Returned, equal(return_value=32773))
    state = Parameter(name="RequestedState", kind="uint16", value=9)
    job = Parameter(name="InputObject", kind="migration_job", value=JOB)
    method = Parameter(name="MethodName", kind="text", value="RequestStateChange")
    arguments = Parameter(name="Arguments", kind="table", value=(state,))
    steps.call("no such state", Call(cmdlet="Invoke-CimMethod", parameters=(job, method, arguments)), returned)
    gone = fault("HvDesk.PlannedVmNotFound", "ObjectNotFound")
    steps.call("destroy what was destroyed", calls.destroy(LEFT_OVER), gone)
    steps.call("destroy in capitals", calls.destroy(NOBODY.upper()), gone)

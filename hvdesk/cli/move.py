"""`hvdesk move`: check, start and follow a move."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hvdesk.app.core import Core
from hvdesk.cli import exits
from hvdesk.cli.follow import follow
from hvdesk.cli.named import named_host
from hvdesk.cli.output import Output
from hvdesk.cli.vms import find_vm
from hvdesk.cli.waiting import Answer, Inbox, Interrupt
from hvdesk.domain import validate
from hvdesk.domain.errors import Finding, HvError, Severity
from hvdesk.domain.model import VmSummary
from hvdesk.domain.move import CheckReport, JobView, MoveRequest, SingleLocation
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.prepare import PreparedMove

_NOT_YET = {
    "disk": "--disk",
    "config": "--config",
    "checkpoints": "--checkpoints",
    "smart_paging": "--smart-paging",
    "vm_only": "--vm-only",
    "switch": "--switch",
    "leave_cluster": "--leave-cluster",
    "join_cluster": "--join-cluster",
}


def require_built(args: Namespace) -> None:
    """Raise HvError for options that are known but not built, and for a move that does not say where to."""
    for name, option in _NOT_YET.items():
        if getattr(args, name):
            raise HvError("program.not_yet", facts={"what": option})
    if args.type == "quick":
        raise HvError("program.not_yet", facts={"what": "--type quick"})
    if args.to is None:
        raise HvError("input.no_destination")
    if args.path is None:
        raise HvError("input.no_storage")


def run(core: Core, args: Namespace, out: Output) -> int:
    """Check the move, start it unless the check or an option forbids it, and follow it; returns the exit code."""
    require_built(args)
    folder = validate.folder(args.path)
    source = named_host(core, args.from_, args, "from-")
    destination = named_host(core, args.to, args, "to-")
    vms: Answer[tuple[VmSummary, ...]] = Answer()
    core.ask(source.id, lambda host: host.vms(), vms.deliver)
    vm = find_vm(source, vms.get(), args.vm)
    request = MoveRequest(
        vm_id=vm.id,
        vm_name=vm.name,
        source=source.id,
        destination=destination.id,
        storage=SingleLocation(folder=folder),
    )
    names = {"vm": vm.name, "id": vm.id, "source": source.name, "destination": destination.name}
    with Inbox[Any]() as inbox:
        prepared = core.moves.prepare(request, inbox.put)
        report = _report(inbox)
        if report is None:
            prepared.abandon()
            out.event("cancelled", **names, error=None)
            out.message("Cancelled before the start; nothing was moved.")
            return exits.CANCELLED
        return _checked(core, args, out, names, prepared, report, inbox)


def _report(inbox: Inbox[Any]) -> CheckReport | None:
    """The finished check; None for Ctrl+C."""
    item = inbox.next()
    if isinstance(item, Interrupt):
        return None
    assert isinstance(item, Outcome)
    report: CheckReport = item.get()
    return report


def _checked(
    core: Core,
    args: Namespace,
    out: Output,
    names: dict[str, Any],
    prepared: PreparedMove,
    report: CheckReport,
    inbox: Inbox[JobView],
) -> int:
    script = core.script(report.calls)
    _show_findings(report, script, out)
    accepted = frozenset(args.accept)
    refusing = report.blockers + tuple(finding for finding in report.warnings if finding.code not in accepted)
    if args.show_script:
        out.result(script)
    if refusing or args.check or args.show_script:
        prepared.abandon()
        return _not_started(refusing, names, out, out.message if args.show_script else out.result)
    undo = core.moves.subscribe(inbox.put)
    try:
        return follow(core, prepared.start(accepted), inbox, out)
    finally:
        undo()


def _show_findings(report: CheckReport, script: str, out: Output) -> None:
    findings = [{"severity": finding.severity.value} | asdict(finding.report()) for finding in report.findings]
    sizes = {"storage_bytes": report.storage_bytes, "free_bytes": report.free_bytes}
    out.event("check", findings=findings, script=script, **sizes)
    if not out.as_json:
        for finding in report.findings:
            out.report(finding.report(), heading=finding.severity.value)


def _not_started(refusing: tuple[Finding, ...], names: dict[str, Any], out: Output, say: Callable[[str], None]) -> int:
    """`say` puts out that all is well: beside a script, which may go to a file, that is no part of the result."""
    if not refusing:
        say("The check found nothing against the move. It was not started.")
        return exits.DONE
    out.event("failed", **names, error=asdict(refusing[0].report()))
    warnings = [finding.code for finding in refusing if finding.severity is Severity.WARNING]
    if len(warnings) == len(refusing):
        out.message("Not started. To go on all the same: " + " ".join(f"--accept {code}" for code in warnings))
    else:
        out.message("Not started: the check found what stands against the move.")
    return exits.REFUSED

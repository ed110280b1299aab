"""The pre-flight check as rules: pure functions from what both hosts said to findings.

The conditions are those of Microsoft's documents for live migration without shared storage. What cannot be known ahead
(delegation in the directory, processor features) is left to Compare-VM, which hvdesk runs after these rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from hvdesk.domain import checks_hosts, checks_storage, checks_vm
from hvdesk.domain.errors import Finding, Severity
from hvdesk.domain.model import CompatibilityReport
from hvdesk.domain.situation import Situation

Rule = Callable[[Situation], Iterable[Finding]]

RULES: Final[tuple[Rule, ...]] = (*checks_hosts.RULES, *checks_vm.RULES, *checks_storage.RULES)

_ORDER: Final = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def run(situation: Situation) -> tuple[Finding, ...]:
    """Every rule's findings, worst first. One host under two names makes every other question pointless."""
    same = tuple(checks_hosts.same_host(situation))
    return same or worst_first(finding for rule in RULES for finding in rule(situation))


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Blockers, warnings, notes; among equals the order in which they came."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))


def compared(report: CompatibilityReport, vm_name: str, destination: str) -> tuple[Finding, ...]:
    """Compare-VM's incompatibilities as blockers, each with the host's words.

    A report also holds entries about the virtual machine itself that only wrap the causes: they are left out when a
    cause is named.
    """
    causes = [entry for entry in report.incompatibilities if entry.source_type != "VirtualMachine"]
    return tuple(
        Finding(
            code="compare.incompatible",
            severity=Severity.BLOCKER,
            host=destination,
            facts={"vm": vm_name, "message_id": entry.message_id, "about": entry.source_type},
            host_words=entry.message,
        )
        for entry in causes or report.incompatibilities
    )

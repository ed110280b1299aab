"""Every error that the lab knows, reached over the wire: what the user is told of it. The list is errors.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moves.programs import Program, World, running

from hvdesk.domain.errors import ErrorReport, Severity
from hvdesk.domain.move import CheckReport, JobState, MoveRequest, Phase
from hvdesk.hyperv.codes import BY_CODE
from hvdesk.hyperv.prepare import PreparedMove
from hvdesk.lab.world.errors import KNOWN

ROOT = Path(__file__).parents[2]
TABLE = tomllib.loads(Path(__file__).with_name("errors.toml").read_text(encoding="utf-8"))
ERRORS, ELSEWHERE = TABLE["error"], TABLE["elsewhere"]
ROWS = range(1, 49)


@pytest.fixture
def healed(world: World) -> Iterator[World]:
    """The world, whose hosts and directory are well again afterwards."""
    yield world
    world.do(do="heal")


@pytest.mark.parametrize("entry", ERRORS, ids=lambda entry: f"{entry['name']}: {entry['reached']}")
def test_what_the_user_is_told(healed: World, tmp_path: Path, entry: dict[str, Any]) -> None:
    for name, value in entry.get("switch", {}).items():
        healed.switch(name, value)
    for command in entry.get("setup", ()):
        healed.do(**command)
    source, destination = entry.get("source", "HV01"), entry.get("destination", "HV02")
    vm = healed.vm("table", host=source, **entry.get("vm", {}))
    try:
        with running(
            healed.lab.state, tmp_path, logon=entry.get("logon", "credssp"), user=entry.get("user")
        ) as program:
            request = program.request(vm, entry.get("folder", "D:\\VMs"), source=source, destination=destination)
            report = told(program, request, entry)
    finally:
        for command in entry.get("undo", ()):
            healed.do(**command)
    assert entry.get("words", entry["name"]) in report.host_words
    texts = (report.title, report.what, report.next)
    assert all(texts)
    assert not any("?" in text for text in texts), "a fact is missing"


def told(program: Program, request: MoveRequest, entry: dict[str, Any]) -> ErrorReport:
    """The finding, or the error of check or move, that the entry says."""
    prepared, outcome = program.prepare(request)
    if entry.get("at") == "error":
        assert outcome.error is not None
        assert outcome.error.code == entry["told"]
        return outcome.error.report()
    if entry.get("at") == "move":
        view = program.over(started(prepared, outcome.get(), entry))
        assert (view.state, view.error and view.error.code) == (JobState.FAILED, entry["told"])
        assert view.error is not None
        return view.error
    prepared.abandon()
    findings = {finding.code: finding for finding in outcome.get().findings}
    assert set(entry.get("also", ())) < set(findings)
    assert entry["told"] in findings, [(code, one.host_words) for code, one in findings.items()]
    assert findings[entry["told"]].severity is Severity.BLOCKER
    return findings[entry["told"]].report()


def started(prepared: PreparedMove, report: CheckReport, entry: dict[str, Any]) -> str:
    """The job of the move, whose check found nothing but the warnings that the entry accepts."""
    accepted = frozenset(entry.get("accept", ()))
    serious = {f.code: f.host_words for f in report.findings if f.severity is not Severity.NOTE}
    assert set(serious) == accepted, serious
    return prepared.start(accepted)


def test_the_list_is_complete() -> None:
    """Every error that the lab knows, every code that hvdesk explains, every row of the table it was made from."""
    walked = {entry["name"] for entry in ERRORS}
    assert walked | {entry["name"] for entry in ELSEWHERE if "name" in entry} == set(KNOWN) | {"33012", "40010"}
    hidden = {"0x8004100E"}  # within an error that goes by another name
    assert set(BY_CODE) - hidden <= walked
    rows = [row for entry in (*ERRORS, *ELSEWHERE) for row in entry.get("row", ())]
    assert set(rows) == set(ROWS)


def test_what_is_met_elsewhere_is_tested_there() -> None:
    for entry in ELSEWHERE:
        path, _, test = entry.get("tested", "").partition("::")
        assert not path or f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), entry
        assert path or entry["why"]


@pytest.mark.parametrize("lost", ["expire", "kill"])
def test_the_cause_is_told_although_the_cmdlet_s_answer_is_lost(program: Program, healed: World, lost: str) -> None:
    """The host's migration job has the words too."""
    healed.hold_at("phase:storage-1")
    vm = healed.vm("table")
    job = program.start(program.request(vm))
    program.until(job, lambda view: view.phase is Phase.STORAGE)
    healed.lab.command({"cmd": lost, "host": "HV01"})
    healed.do(do="free", host="HV02", volume="D:\\", gb=1)
    healed.clock(hold=False)
    view = program.over(job)
    assert view.error is not None
    assert (view.state, view.error.code, view.error.host) == (JobState.FAILED, "target.full", "HV02")
    assert "0x80070070" in view.error.host_words
    assert healed.hosts_of(vm) == ["HV01"]

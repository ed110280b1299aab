"""The benchmarks' own parts: what counts as a stall, when a limit is missed, what lab they run on."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.heartbeat import BEAT_MS, delays
from benchmarks.listing import MACHINES, machines
from benchmarks.report import Line, table
from benchmarks.twenty import HOSTS, VMS_PER_HOST, scenario
from rich.console import Console

from hvdesk.lab.scenario import load


def beats(*gaps_ms: float) -> list[float]:
    """Moments in seconds with these gaps between them."""
    moments = [0.0]
    for gap in gaps_ms:
        moments.append(moments[-1] + gap / 1000)
    return moments


def test_beats_on_time_are_no_delay() -> None:
    found = delays(beats(*[BEAT_MS] * 500))
    assert (found.percentile_99, found.longest) == (pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))


def test_the_percentile_counts_every_beat_that_a_stall_swallowed() -> None:
    found = delays(beats(*[BEAT_MS] * 500, 104))
    assert found.longest == pytest.approx(100)
    assert found.percentile_99 > 50  # one late beat of 501 would not show; the 25 that were due in it do


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (Line("a", 19, 10, "ms", most=2), True),
        (Line("a", 21, 10, "ms", most=2), False),
        (Line("a", 26, 10, "ms", most=16, difference=True), True),
        (Line("a", 27, 10, "ms", most=16, difference=True), False),
        (Line("a", 90, 10, "ms"), True),
    ],
)
def test_a_limit_is_kept_or_missed(line: Line, kept: bool) -> None:
    console = Console(width=120)
    with console.capture() as shown:
        console.print(table("title", "hvdesk", "other", [line]))
    assert line.kept is kept
    assert ("MISSED" in shown.get()) is not kept


def test_the_lab_of_the_benchmarks_is_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "twenty.toml"
    path.write_text(scenario(), encoding="utf-8")
    loaded = load(str(path))
    assert [len(host.vms) for host in loaded.hosts] == [VMS_PER_HOST] * HOSTS
    assert len(loaded.accounts) == 1, "one credential, so that the logon gate counts"


def test_the_table_is_filled_with_machines_that_differ() -> None:
    assert len({vm.id for vm in machines()}) == len({vm.name for vm in machines()}) == MACHINES

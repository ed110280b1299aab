"""What a series of looks says: only what both hosts show is believed, and a lost answer is waited out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvdesk.domain.errors import HvError
from hvdesk.domain.model import MigrationJob, Presence
from hvdesk.hyperv.sight import Sight
from hvdesk.hyperv.tools import Patience
from hvdesk.hyperv.verdict import Call, Judge, Verdict

PATIENCE = Patience(settled=3, unseen=5, contradiction=4)
HERE = Presence(vm_id="vm", present=True, state="Running", operational=("Ok",), planned=False, planned_in_use=False)
GONE = replace(HERE, present=False, state=None, operational=())
MIGRATING = replace(HERE, operational=("InService", "MigratingVirtualMachine"))
RUNS = MigrationJob(
    instance_id="job",
    vm_id="vm",
    destination="hv02.lab.test",
    percent=50,
    job_state=4,
    job_type=306,
    cancellable=True,
    error_code=0,
    error_text="",
)
OVER = replace(RUNS, job_state=10)
STAYED = Sight(source=HERE, destination=GONE)
MOVED = Sight(source=GONE, destination=HERE)
BOTH = Sight(source=HERE, destination=HERE)
NEITHER = Sight(source=GONE, destination=GONE)
AWAY = HvError("host.lost")


def looks(call: Call, *sights: Sight) -> list[Verdict]:
    """The verdict after each look."""
    judge = Judge(PATIENCE)
    return [judge.judge(sight, call) for sight in sights]


@pytest.mark.parametrize("call", Call)
def test_moved_is_what_both_hosts_show_whatever_became_of_the_answer(call: Call) -> None:
    assert looks(call, MOVED) == [Verdict.MOVED]


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("sight", [MOVED, STAYED, BOTH, NEITHER])
def test_nothing_is_over_while_the_job_runs(call: Call, sight: Sight) -> None:
    assert looks(call, *[replace(sight, job=RUNS)] * 9) == [Verdict.GOES_ON] * 9


@pytest.mark.parametrize("call", Call)
def test_a_host_that_is_away_leaves_it_open(call: Call) -> None:
    no_source = Sight(destination=HERE, trouble=AWAY)
    no_destination = Sight(source=HERE, trouble=AWAY)
    assert looks(call, *[no_source] * 9) == [Verdict.NOT_KNOWN] * 9
    assert looks(call, *[no_destination] * 9) == [Verdict.NOT_KNOWN] * 9


def test_an_answer_that_is_still_to_come_is_waited_for() -> None:
    assert looks(Call.BLOCKS, *[STAYED] * 9) == [Verdict.GOES_ON] * 9


def test_an_error_of_the_host_that_fits_what_it_shows_is_believed_at_once() -> None:
    assert looks(Call.FAILED, STAYED) == [Verdict.STAYED]


def test_a_success_that_does_not_fit_is_not_believed_at_once() -> None:
    assert looks(Call.RETURNED, *[STAYED] * 4) == [Verdict.GOES_ON] * 3 + [Verdict.STAYED]


def test_a_lost_answer_is_waited_out_longer_when_the_migration_was_never_seen() -> None:
    assert looks(Call.LOST, *[replace(STAYED, job=OVER)] * 3) == [Verdict.GOES_ON] * 2 + [Verdict.STAYED]
    assert looks(Call.LOST, *[STAYED] * 5) == [Verdict.GOES_ON] * 4 + [Verdict.STAYED]


def test_the_status_of_the_vm_counts_where_the_answer_is_lost() -> None:
    assert looks(Call.LOST, *[Sight(source=MIGRATING, destination=GONE)] * 9) == [Verdict.GOES_ON] * 9


def test_a_migration_of_somebody_else_does_not_hide_that_ours_failed() -> None:
    assert looks(Call.FAILED, Sight(source=MIGRATING, destination=GONE)) == [Verdict.STAYED]


@pytest.mark.parametrize(("sight", "verdict"), [(BOTH, Verdict.DUPLICATED), (NEITHER, Verdict.VANISHED)])
def test_contradictions_have_to_last(sight: Sight, verdict: Verdict) -> None:
    assert looks(Call.FAILED, *[sight] * 4) == [Verdict.GOES_ON] * 3 + [verdict]
    mixed = [sight, sight, sight, MOVED]
    assert looks(Call.FAILED, *mixed)[-1] is Verdict.MOVED


def test_looks_that_differ_do_not_add_up() -> None:
    away = Sight(destination=GONE, trouble=AWAY)
    seen = replace(STAYED, job=OVER)
    assert looks(Call.LOST, seen, seen, away, seen, seen)[-1] is Verdict.GOES_ON


PRESENCES = st.sampled_from([None, HERE, GONE, MIGRATING])
SIGHTS = st.builds(
    lambda source, destination, job: Sight(
        source=source, destination=destination, job=job, trouble=None if source and destination else AWAY
    ),
    PRESENCES,
    PRESENCES,
    st.sampled_from([None, RUNS, OVER]),
)


@given(st.lists(st.tuples(SIGHTS, st.sampled_from(Call)), max_size=30))
def test_an_end_is_never_believed_against_what_the_last_look_shows(series: list[tuple[Sight, Call]]) -> None:
    judge = Judge(PATIENCE)
    for sight, call in series:
        verdict = judge.judge(sight, call)
        if verdict in (Verdict.GOES_ON, Verdict.NOT_KNOWN):
            continue
        assert sight.source is not None
        assert sight.destination is not None
        assert sight.job is None or not sight.job.running
        shown = (sight.source.present, sight.destination.present)
        expected = {
            Verdict.MOVED: (False, True),
            Verdict.STAYED: (True, False),
            Verdict.DUPLICATED: (True, True),
            Verdict.VANISHED: (False, False),
        }
        assert shown == expected[verdict]
        return

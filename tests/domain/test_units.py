"""Sizes, memory, uptime and names read as in Hyper-V Manager."""

from __future__ import annotations

import time

import pytest

from hvdesk.domain.units import (
    DASH,
    age_text,
    memory_text,
    moment_text,
    percent_text,
    size_text,
    uptime_text,
    visible_text,
)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "0.97 KB"),
        (516 * 2**20, "516 MB"),
        (2194728288, "2.04 GB"),
        (89012345678, "82.8 GB"),
        (2**40, "1.00 TB"),
        (2**70, "1048576 PB"),
        (None, DASH),
    ],
)
def test_sizes_have_three_digits_and_are_cut(size: int | None, text: str) -> None:
    assert size_text(size) == text


def test_a_size_is_never_shown_bigger_than_it_is() -> None:
    assert size_text(2**30 - 1) == "0.99 GB"


@pytest.mark.parametrize(("size", "text"), [(512 * 2**20, "512 MB"), (16 * 2**30, "16384 MB"), (None, DASH)])
def test_memory_is_in_megabytes(size: int | None, text: str) -> None:
    assert memory_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(17, "00:00:17"), (512, "00:08:32"), (86399, "23:59:59"), (86400 * 12 + 3661, "12.01:01:01"), (None, DASH)],
)
def test_uptime_shows_days_only_beyond_a_day(seconds: int | None, text: str) -> None:
    assert uptime_text(seconds) == text


def test_unknown_percent_is_a_dash_and_not_zero() -> None:
    assert (percent_text(None), percent_text(0), percent_text(63)) == (DASH, "0%", "63%")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process cannot be set on this system")
def test_moments_are_told_by_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ-2")  # two hours before UTC's clock
    time.tzset()
    try:
        texts = [
            moment_text(text) for text in ("2026-11-25T23:27:32+00:00", "2026-11-25T23:27:32.1234567Z", "", None, "x")
        ]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert texts == ["2026-11-26 01:27:32", "2026-11-26 01:27:32", DASH, DASH, DASH]


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "just now"), (40, "40 s ago"), (200, "3 min ago"), (7300, "2 h ago"), (200000, "2 d ago")]
)
def test_ages_are_coarse(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("web01", "web01"),
        ("two\nlines\t", "two<U+000A>lines<U+0009>"),
        ("evil\u202egpj.exe", "evil<U+202E>gpj.exe"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("half\ud83d", "half<U+D83D>"),
        ("שלום 😀 Сервер <b>", "שלום 😀 Сервер <b>"),
    ],
)
def test_what_would_not_show_is_written_out(name: str, shown: str) -> None:
    assert visible_text(name) == shown

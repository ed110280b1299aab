"""What the documents promise and a program can check."""

from __future__ import annotations

from pathlib import Path

import hvdesk
from hvdesk.lab.world.world import SWITCHES

ROOT = Path(__file__).parents[1]


def test_every_inferred_fact_is_listed_as_not_verified() -> None:
    unverified = (ROOT / "DESIGN.md").read_text(encoding="utf-8").partition("## Not verified on Windows")[2]
    for name, usual in SWITCHES.items():
        row = next((line for line in unverified.splitlines() if f"`{name}`" in line), "")
        assert f"`{name}` ({'yes' if usual else 'no'}" in row, name


def test_the_changelog_begins_with_what_is_coming_or_here() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("## "))
    assert first == "## [Unreleased]" or first.startswith(f"## [{hvdesk.__version__}]")

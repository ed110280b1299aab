"""What goes to standard output and standard error, as text or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hvdesk.domain.errors import ErrorReport
from hvdesk.domain.units import DASH, visible_text

Row = Mapping[str, Any]
Columns = Mapping[str, Callable[[Row], object]]
"""Heading to what stands below it."""


def console(file: TextIO) -> Console:
    """A console that takes texts as they are: names come from hosts and may look like markup.

    What is not a terminal gets lines as long as they are, so that other programs can read them.
    """
    made = Console(file=file, markup=False, emoji=False, highlight=False)
    if not made.is_terminal:
        made.width = 10_000
    return made


class Output:
    """Results to standard output, messages to standard error. Main thread."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        for stream in (sys.stdout, sys.stderr):
            # A VM may be named in any script: what the terminal's code page lacks is escaped, never an exception.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a TextIOWrapper at start-up

    def table(self, rows: Sequence[Row], columns: Columns) -> None:
        """One JSON array of objects, or a table."""
        if self.as_json:
            print(json.dumps(rows, indent=2))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in columns:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(Text(_cell(cell(row))) for cell in columns.values()))
        console(sys.stdout).print(table)

    def event(self, name: str, /, **values: Any) -> None:
        """One JSON object on a line; nothing without --json."""
        if self.as_json:
            print(json.dumps({"event": name, **values}), flush=True)

    def result(self, text: str) -> None:
        """The result for a reader; nothing with --json."""
        if not self.as_json:
            print("\n".join(visible_text(line) for line in text.splitlines()), flush=True)

    def message(self, text: str) -> None:
        """Something to know on the way."""
        for line in text.splitlines():
            print(visible_text(line), file=sys.stderr, flush=True)

    def report(self, report: ErrorReport, *, heading: str = "hvdesk") -> None:
        """An error or a finding of the check: title, what, host, what to do, the host's own words."""
        self.message(f"{heading}: {report.title} [{report.code}]")
        self.message(f"  {report.what}")
        if report.host:
            self.message(f"  Host: {report.host}")
        self.message(f"  {report.next}")
        if report.host_words:
            self.message("  In its own words:")
            for line in report.host_words.splitlines():
                self.message(f"    {line}")


def _cell(value: object) -> str:
    return DASH if value is None else visible_text(str(value))

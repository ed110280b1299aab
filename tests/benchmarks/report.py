"""What a benchmark found: lines of hvdesk beside something else, with limits, as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Line:
    """hvdesk beside `other`, as a ratio, or as a difference where that is what has a limit. `most` None: no limit."""

    what: str
    ours: float
    other: float
    unit: str
    most: float | None = None
    difference: bool = False

    @property
    def compared(self) -> float:
        """The figure that the limit is for."""
        return self.ours - self.other if self.difference else self.ours / self.other

    @property
    def kept(self) -> bool:
        """Whether the limit, if any, is kept."""
        return self.most is None or self.compared <= self.most


def table(title: str, ours: str, other: str, lines: Sequence[Line]) -> Table:
    """The lines under the names of the two sides."""
    shown = Table(title=title)
    for column in ("", ours, other, "compared", "limit", ""):
        shown.add_column(column, justify="right" if column else "left")
    for line in lines:
        compared = f"{line.compared:+.1f} {line.unit}" if line.difference else f"{line.compared:.2f} times"
        shown.add_row(line.what, _figure(line.ours, line), _figure(line.other, line), compared, *_verdict(line))
    return shown


def _figure(value: float, line: Line) -> str:
    return f"{value:.{2 if value < 10 else 1}f} {line.unit}"


def _verdict(line: Line) -> tuple[str, str]:
    if line.most is None:
        return "", ""
    limit = f"+{line.most:g} {line.unit}" if line.difference else f"{line.most:g} times"
    return limit, "ok" if line.kept else "MISSED"

"""What a remote process gives its reader to tell: a line, that the connection was lost or is back, or the end."""

from __future__ import annotations

from dataclasses import dataclass

from hvdesk.domain.errors import HvError
from hvdesk.remoting.trouble import LinkDown


@dataclass(frozen=True, slots=True)
class Line:
    """A line of standard output, without its end."""

    text: str


@dataclass(frozen=True, slots=True)
class Down:
    """The connection was lost; a Gap follows when it is back, an Ended when it stays away."""

    error: LinkDown


@dataclass(frozen=True, slots=True)
class Gap:
    """The connection was lost and is back: lines may be missing before this point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Nothing more will come. `error` None: the process is over; `words` is the end of what it wrote to stderr."""

    exit_code: int | None = None
    error: HvError | None = None
    words: str = ""


Event = Line | Down | Gap | Ended

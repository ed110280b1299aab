"""The error a user can meet: a code of the catalogue, its host, facts for its texts, the host's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class HvError(Exception):
    """Something went wrong that the user must hear of.

    `code` is a key of the catalogue; `facts` fill its texts; `host_words` is what the host or a library said, shown as
    it is and never holding a secret. May be raised and read on any thread; it is picklable and never mutated.
    """

    def __init__(
        self, code: str, *, host: str | None = None, facts: Mapping[str, object] | None = None, host_words: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.host = host
        self.facts = dict(facts or {})
        self.host_words = host_words

    def report(self) -> ErrorReport:
        """The same as frozen data with its texts filled in, for journals, events and front ends."""
        # Not at the top: all texts of the program are there, and the window is seen before one of them is needed.
        from hvdesk.domain.catalogue import texts_of

        texts = texts_of(self.code, {"host": self.host or "", **self.facts})
        return ErrorReport(
            code=self.code,
            title=texts.title,
            what=texts.what,
            host=self.host,
            next=texts.next,
            host_words=self.host_words,
        )

    def __str__(self) -> str:
        report = self.report()
        return f"{report.title}: {report.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReport:
    """Title, what happened, on which host, what to do next, and the host's own words; keys of `--json`."""

    code: str
    title: str
    what: str
    host: str | None
    next: str
    host_words: str = ""


class Severity(StrEnum):
    """How much a finding of the check weighs: nothing accepts a blocker; a warning must be accepted by its code."""

    BLOCKER = "blocker"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of the pre-flight check; its texts come from the same catalogue as those of errors."""

    code: str
    severity: Severity
    host: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    host_words: str = ""

    def report(self) -> ErrorReport:
        """The finding with its texts filled in."""
        return HvError(self.code, host=self.host, facts=self.facts, host_words=self.host_words).report()

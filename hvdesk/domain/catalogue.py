"""The error catalogue: for each code a title, what happened and what to do next, shared by both front ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """Three texts of a code; `{name}` is filled from the error's facts and `{host}`."""

    title: str
    what: str
    next: str


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def texts_of(code: str, facts: Mapping[str, object]) -> Texts:
    """The texts of `code` with the facts filled in; raises KeyError for a code that is not in the catalogue."""
    texts = CATALOGUE[code]
    values = _Facts(facts)
    return Texts(*(text.format_map(values) for text in (texts.title, texts.what, texts.next)))


CATALOGUE: dict[str, Texts] = {}

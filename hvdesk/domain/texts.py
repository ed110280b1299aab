"""Three texts of a code, and how facts are put into them."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hvdesk.domain.units import size_text, visible_text


@dataclass(frozen=True, slots=True)
class Texts:
    """What happened in a few words, in a sentence, and what to do next.

    `{name}` is filled from the error's facts and `{host}`; `{name:size}` writes a number of bytes as `2.04 GB`.
    """

    title: str
    what: str
    next: str

    def filled(self, facts: Mapping[str, object]) -> Texts:
        """The texts with `facts` in them; a fact that is missing shows as `?`."""
        return Texts(*(_FORMATTER.vformat(text, (), facts) for text in (self.title, self.what, self.next)))


class _Formatter(string.Formatter):
    """Names come from hosts and may hold anything: they are never formats themselves, and nothing in them is unseen."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "?")

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "size" and (value is None or isinstance(value, int)):
            return size_text(value)
        return visible_text(str(value))


_FORMATTER = _Formatter()

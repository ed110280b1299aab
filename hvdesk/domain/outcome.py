"""Result or error, exactly one of them: what a background operation delivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from hvdesk.domain.errors import HvError

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """`error` is None exactly when `value` holds the result."""

    value: T | None = None
    error: HvError | None = None

    def get(self) -> T:
        """The result; raises the error if there is one. Any thread."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # None is a legal T (operations without a result)

"""What the server counted: how a test proves that a wrong password cost one failed logon and a move two requests."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping


class Counters:
    """Counts of one simulated host. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._logons: dict[str, Counter[str]] = {}

    def add(self, what: str) -> None:
        """Count one of `connections`, `http_requests`, `shells_opened`."""
        with self._lock:
            self._counts[what] += 1

    def request(self, verb: str) -> None:
        """Count one SOAP request, refused ones too."""
        with self._lock:
            self._requests[verb] += 1

    def logon(self, user: str, *, ok: bool) -> None:
        """Count one credential accepted or refused."""
        with self._lock:
            self._logons.setdefault(user, Counter(ok=0, failed=0))["ok" if ok else "failed"] += 1

    def snapshot(self) -> Mapping[str, object]:
        """All counts so far, as the control line's `log` gives them."""
        with self._lock:
            return {
                "connections": self._counts["connections"],
                "http_requests": self._counts["http_requests"],
                "shells_opened": self._counts["shells_opened"],
                "requests": dict(self._requests),
                "logons": {user: dict(counts) for user, counts in self._logons.items()},
            }

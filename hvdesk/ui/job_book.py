"""The jobs as the window knows them: the newest view of each, brought from the move service to the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hvdesk.ui.bridge import Bridge

if TYPE_CHECKING:
    from hvdesk.app.core import Core
    from hvdesk.domain.move import JobView


class JobBook(QObject):
    """Signals: `began` when the jobs are known, `changed` with the `JobView` that replaces the one of the same id."""

    began = Signal()
    changed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._jobs: dict[str, JobView] = {}

    def begin(self, core: Core) -> None:
        """Learn what jobs there are, and hear of them from now on."""
        self._unsubscribe = core.moves.subscribe(self._bridge.to(self, self._take))
        for job in core.moves.jobs():
            self._jobs.setdefault(job.id, job)
        self.began.emit()

    def all(self) -> tuple[JobView, ...]:
        """Every job known: running ones and history."""
        return tuple(self._jobs.values())

    def running(self) -> Iterable[JobView]:
        """The jobs that are not over, whoever drives them."""
        return (job for job in self._jobs.values() if not job.state.over)

    def get(self, job_id: str) -> JobView | None:
        """The newest view of a job."""
        return self._jobs.get(job_id)

    def close(self) -> None:
        """Hear of nothing any more; before the core goes away."""
        self._unsubscribe()

    def _take(self, job: JobView) -> None:
        self._jobs[job.id] = job
        self.changed.emit(job)

"""Where the user's files lie: the local, non-roaming folder of the system, or the one that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The files in one data folder. Several programs may use the same folder at the same time."""

    root: Path

    @property
    def settings(self) -> Path:
        """Hosts and preferences; changed under a lock file."""
        return self.root / "settings.json"

    @property
    def journal(self) -> Path:
        """The jobs' journal (SQLite)."""
        return self.root / "journal.sqlite"

    @property
    def drivers(self) -> Path:
        """A lock file for each running program that drives jobs."""
        return self.root / "drivers"

    @property
    def log(self) -> Path:
        """The log of all programs that use this folder."""
        return self.root / "hvdesk.log"

    @property
    def crash(self) -> Path:
        """Stacks of crashes and of errors that nobody caught."""
        return self.root / "crash.txt"

    def make(self) -> None:
        """Make the folder, for this user only; raises OSError."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)


def user_folder() -> Path:
    """The folder the system means for local, non-roaming data of this user's hvdesk."""
    return platformdirs.user_data_path("hvdesk", appauthor=False, roaming=False)

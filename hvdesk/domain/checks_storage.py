"""Rules about the destination's folder: that it is there, has room, and holds no files in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hvdesk.domain.errors import Finding, HvError, Severity
from hvdesk.domain.model import HostFacts, Volume
from hvdesk.domain.situation import Situation, disk_targets

TIGHT_SHARE: Final = 0.05
"""Below this share of a volume's size the rest after a move is called little."""


def folder(situation: Situation) -> Iterator[Finding]:
    """The folder must exist: Hyper-V makes its own sub-folders, but hvdesk makes no folder unless told to."""
    error = situation.folder
    if isinstance(error, HvError):
        path = situation.request.storage.folder
        # What a session may not see on a share, Hyper-V may: it goes there with the hosts' own accounts.
        unseen = error.code == "folder.denied" and path.startswith("\\\\")
        severity = Severity.WARNING if unseen else Severity.BLOCKER
        facts = {"path": path, **error.facts}
        yield situation.finding(error.code, severity, situation.destination, facts, error.host_words)


def space(situation: Situation) -> Iterator[Finding]:
    """Room for every file that moves, on the volume that holds the folder."""
    if isinstance(situation.folder, HvError):
        return
    path = situation.request.storage.folder
    needed, free = situation.vm.storage_bytes, free_bytes(situation)
    if needed is None or free is None:
        yield situation.finding("folder.space_unknown", Severity.NOTE, situation.destination, {"path": path})
    elif free < needed:
        facts = {"path": path, "needed": needed, "free": free}
        yield situation.finding("folder.no_space", Severity.BLOCKER, situation.destination, facts)
    elif situation.folder.size_bytes and free - needed < situation.folder.size_bytes * TIGHT_SHARE:
        facts = {"path": path, "left": free - needed}
        yield situation.finding("folder.space_tight", Severity.WARNING, situation.destination, facts)


def free_bytes(situation: Situation) -> int | None:
    """Free space at the folder: as the listing said, else that of the volume it lies on."""
    if isinstance(situation.folder, HvError):
        return None
    if situation.folder.free_bytes is not None:
        return situation.folder.free_bytes
    volume = volume_of(situation.request.storage.folder, situation.destination.facts)
    return volume.free_bytes if volume else None


def files_in_the_way(situation: Situation) -> Iterator[Finding]:
    """A disk file of the same name makes Move-VM fail late. Below which sub-folder Hyper-V puts the disks is not
    documented, so this is no more than a warning."""
    for target in disk_targets(situation.vm, situation.request.storage.folder):
        for path in target.paths:
            if path in situation.files_there:
                yield situation.finding("folder.files_there", Severity.WARNING, situation.destination, {"path": path})


def volume_of(path: str, facts: HostFacts) -> Volume | None:
    """The volume that holds `path`: the one with the longest root that `path` begins with."""
    below = f"{path.rstrip(chr(92))}\\".casefold()
    holding = [volume for volume in facts.volumes if below.startswith(volume.root.casefold())]
    return max(holding, key=lambda volume: len(volume.root), default=None)


RULES: Final[tuple[Callable[[Situation], Iterable[Finding]], ...]] = (folder, space, files_in_the_way)

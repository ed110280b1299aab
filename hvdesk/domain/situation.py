"""All that the rules of a check judge: what was asked for, and what both hosts said."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from dataclasses import dataclass

from hvdesk.domain.errors import Finding, HvError, Severity
from hvdesk.domain.model import FolderListing, HostFacts, MigrationJob, Presence, VmDetails, VmDisk
from hvdesk.domain.move import MoveRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two hosts: the label the user gave it, what it says of itself, its migration jobs, and how many
    migrations it counts as active (None when it does not say)."""

    label: str
    facts: HostFacts
    jobs: tuple[MigrationJob, ...] = ()
    active: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Read from the hosts within moments of each other. Rules are functions from it to findings.

    `folder` is the destination's answer for the folder asked for, which may be an error. `files_there` are those of
    `files_to_ask` that the destination has, in the spelling asked. `credential_forwarded`: the logon at the source
    hands on a credential (CredSSP), so that the source can log on to the destination with it.
    """

    request: MoveRequest
    source: Side
    destination: Side
    vm: VmDetails
    on_destination: Presence
    folder: FolderListing | HvError
    files_there: frozenset[str]
    credential_forwarded: bool

    def finding(
        self, code: str, severity: Severity, side: Side, facts: Mapping[str, object] | None = None, words: str = ""
    ) -> Finding:
        """A finding about `side`; `vm`, `source` and `destination` are filled in. `words` are the host's own."""
        names = {"vm": self.vm.summary.name, "source": self.source.label, "destination": self.destination.label}
        all_facts = {**names, **(facts or {})}
        return Finding(code=code, severity=severity, host=side.label, facts=all_facts, host_words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskTarget:
    """Where the files of one disk may come to lie on the destination.

    `paths` holds both layouts that Hyper-V may use below the folder (which one is not documented); `bytes` is what the
    chain's files hold on the source; `grows` is False for a disk whose file has its full size from the beginning, so
    that its length tells nothing about progress.
    """

    paths: tuple[str, ...]
    bytes: int | None
    grows: bool


def disk_targets(vm: VmDetails, folder: str) -> tuple[DiskTarget, ...]:
    """The files that a move of `vm` with all its data to `folder` makes there, one entry per disk."""
    return tuple(_target(disk, folder) for disk in vm.disks if not disk.physical)


def _target(disk: VmDisk, folder: str) -> DiskTarget:
    names = [ntpath.basename(path) for path in (disk.path, *disk.parents)]
    places = (ntpath.join(folder, "Virtual Hard Disks"), folder)
    full = disk.file_bytes is None or disk.size_bytes is None or disk.file_bytes >= disk.size_bytes
    return DiskTarget(
        paths=tuple(ntpath.join(place, name) for name in names for place in places),
        bytes=disk.file_bytes,
        grows=not full,
    )


def inserted_images(vm: VmDetails) -> tuple[str, ...]:
    """Paths of the disc images in the DVD drives."""
    return tuple(dvd.path for dvd in vm.dvds if dvd.media == "ISO" and dvd.path)


def files_to_ask(vm: VmDetails, folder: str) -> tuple[str, ...]:
    """Files about which the destination must be asked before `Situation` can be made."""
    targets = (path for target in disk_targets(vm, folder) for path in target.paths)
    return tuple(dict.fromkeys((*targets, *inserted_images(vm))))

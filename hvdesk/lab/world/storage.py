"""Drives, folders and files of a simulated host, with Windows' rules for paths: backslashes, case kept but ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hvdesk.lab.scenario import GIB, VolumeSpec

ILLEGAL = frozenset('<>"|?*') | {chr(code) for code in range(32)}


def clean(path: str) -> str:
    """A path with backslashes only and none at its end, except that a drive keeps it (`D:\\`)."""
    path = path.replace("/", "\\")
    lead = "\\\\" if path.startswith("\\\\") else ""
    path = lead + "\\".join(part for part in path.split("\\") if part)
    return path + "\\" if path.endswith(":") else path


def key(path: str) -> str:
    """What two spellings of one path have in common."""
    return clean(path).casefold()


def parent(path: str) -> str:
    """The folder that holds `path`; of a drive the drive itself."""
    path = clean(path)
    return path if path.endswith("\\") else clean(path.rpartition("\\")[0])


def leaf(path: str) -> str:
    """The last part of a path."""
    return clean(path).rpartition("\\")[2]


def join(folder: str, name: str) -> str:
    """`name` in `folder`."""
    return clean(f"{folder}\\{name}")


def rooted(path: str) -> bool:
    """True for `D:\\...` and `\\\\server\\...`, spelled with backslashes."""
    return bool(re.match(r"[A-Za-z]:\\|\\\\[^\\?.]", path))


def unc(path: str) -> bool:
    """True for a path on a share."""
    return path.startswith("\\\\")


def illegal(path: str) -> bool:
    """True for a path with a character that NTFS has no room for, or a colon that does not end a drive."""
    return bool(ILLEGAL.intersection(path)) or ":" in path[2:]


@dataclass
class Volume:
    """A drive or mounted volume; `other` bytes belong to nobody in the world."""

    root: str
    label: str
    size: int
    other: int


@dataclass
class Storage:
    """The volumes of one host, of one cluster, or all shares. Not locked: the world's lock guards it.

    `volumes` of a node hold its cluster's too; what lies on those is kept in the cluster's storage, what lies on a
    share in `network`. Whoever asks need not know.
    """

    volumes: list[Volume] = field(default_factory=list)
    network: Storage | None = None
    _mounted: list[Storage] = field(default_factory=list)
    _folders: dict[str, str] = field(default_factory=dict)
    _files: dict[str, tuple[str, int]] = field(default_factory=dict)

    def add_volume(self, spec: VolumeSpec) -> None:
        """Take a volume of the scenario with its folders and files."""
        volume = Volume(clean(spec.root), spec.label, int(spec.size_gb * GIB), int(spec.other_gb * GIB))
        self.volumes.append(volume)
        self._folders[key(volume.root)] = volume.root
        for folder in spec.folders:
            self.make_folder(join(volume.root, folder))
        for name, gb in spec.files.items():
            self.put(join(volume.root, name), int(gb * GIB))

    def mount(self, shared: Storage) -> None:
        """Let the volumes of a cluster appear here, below a drive of this host."""
        for volume in shared.volumes:
            self.make_folder(volume.root)
        self.volumes += shared.volumes
        self._mounted.append(shared)

    def volume_of(self, path: str) -> Volume | None:
        """The volume or share that holds `path`: the deepest one mounted above it."""
        if unc(path) and self.network is not None:
            return self.network.volume_of(path)
        wanted = self._key(path).rstrip("\\") + "\\"
        fits = [volume for volume in self.volumes if wanted.startswith(self._key(volume.root).rstrip("\\") + "\\")]
        return max(fits, key=lambda volume: len(volume.root), default=None)

    def free(self, volume: Volume) -> int:
        """Bytes left on a volume."""
        home = self._home(volume.root)
        used = sum(length for path, length in home._files.values() if home.volume_of(path) is volume)
        return max(0, volume.size - volume.other - used)

    def set_free(self, volume: Volume, free: int) -> None:
        """Let others' files take so much that `free` bytes are left."""
        volume.other += self.free(volume) - free

    def has_folder(self, path: str) -> bool:
        """True for a drive and for a folder that was made."""
        home = self._home(path)
        return home._key(path) in home._folders

    def folders_in(self, path: str) -> list[str]:
        """Names of the folders directly in a folder."""
        home = self._home(path)
        place = home._key(path)
        found = (
            leaf(folder)
            for folder in home._folders.values()
            if home._key(parent(folder)) == place and home._key(folder) != place
        )
        return sorted(found, key=str.casefold)

    def make_folder(self, path: str) -> None:
        """Make a folder and what is missing above it; a no-op for one that exists."""
        home, path = self._home(path), clean(path)
        if not home.has_folder(path):
            home._folders[home._key(path)] = path
            home.make_folder(parent(path))

    def length(self, path: str) -> int | None:
        """Bytes of a file; None when it is not there."""
        home = self._home(path)
        entry = home._files.get(home._key(path))
        return entry[1] if entry else None

    def put(self, path: str, length: int) -> None:
        """Write a file or change its length."""
        self.make_folder(parent(path))
        home = self._home(path)
        home._files[home._key(path)] = (clean(path), length)

    def remove(self, path: str) -> None:
        """Delete a file if it is there; its folder stays, as after a move on Windows."""
        home = self._home(path)
        home._files.pop(home._key(path), None)

    def folders(self) -> list[str]:
        """All folders, drives among them."""
        return sorted(self._folders.values(), key=str.casefold)

    def files(self) -> dict[str, int]:
        """All files of its own with their lengths."""
        return dict(sorted(self._files.values()))

    def _home(self, path: str) -> Storage:
        """Where what is at `path` is kept."""
        if unc(path) and self.network is not None:
            return self.network
        return next((shared for shared in self._mounted if shared.volume_of(path) is not None), self)

    def _key(self, path: str) -> str:
        return key(path)

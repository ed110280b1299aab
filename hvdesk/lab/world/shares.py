"""The shares of the file servers: what lies on them, and whose session and which host may use them."""

from __future__ import annotations

from collections.abc import Iterable

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import FileServerSpec, ShareSpec, VolumeSpec
from hvdesk.lab.world.storage import Storage, Volume, clean, key, unc


class Shares(Storage):
    """All shares of a world, each a volume called `\\\\FS01\\VMs`. Guarded by the world's lock."""

    def __init__(self, servers: Iterable[FileServerSpec], domain: str) -> None:
        super().__init__()
        self._short = {f"{server.name}.{domain}".casefold(): server.name.casefold() for server in servers}
        self._rights: dict[str, ShareSpec] = {}
        for server in servers:
            for share in server.shares:
                root = f"\\\\{server.name}\\{share.name}"
                self._rights[key(root)] = share
                self.add_volume(
                    VolumeSpec(
                        root=root,
                        size_gb=share.size_gb,
                        other_gb=share.other_gb,
                        folders=share.folders,
                        files=share.files,
                    )
                )

    def shuts_out_session(self, caller: Caller, path: str) -> bool:
        """True when what runs in a shell for `caller` is refused at the share: without a credential that came with the
        logon it goes there as nobody."""
        share = self._share(path)
        if share is None:
            return False
        named = [user.casefold() for user in share.users]
        return not (caller.forwarded and ("*" in named or caller.user.casefold() in named))

    def shuts_out_host(self, host: str, path: str) -> bool:
        """True when the computer account of `host` has no rights on the share."""
        share = self._share(path)
        return share is not None and host not in share.computers

    def _share(self, path: str) -> ShareSpec | None:
        volume: Volume | None = self.volume_of(path) if unc(path) else None
        return self._rights[key(volume.root)] if volume is not None else None

    def _key(self, path: str) -> str:
        server, slash, rest = clean(path).removeprefix("\\\\").partition("\\")
        return key(f"\\\\{self._short.get(server.casefold(), server)}{slash}{rest}")

"""What the window asks a host: each function runs in the host's lane, on its session, never on the window's thread."""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from hvdesk.domain.errors import HvError

if TYPE_CHECKING:
    from hvdesk.domain.model import FolderListing, HostFacts, VmDetails
    from hvdesk.hyperv.host import HyperVHost


def host_facts(host: HyperVHost) -> HostFacts:
    """Who the host is."""
    return host.facts()


def vm_details(vm_id: str, host: HyperVHost) -> VmDetails:
    """Everything about one VM."""
    return host.details(vm_id)


def list_folder(path: str, host: HyperVHost) -> FolderListing:
    """The folders in `path`; "" for the drives."""
    return host.list_folder(path)


def nearest_listing(path: str, host: HyperVHost) -> FolderListing:
    """The folder, or the nearest one above it that exists: both lie on the same volume."""
    while True:
        try:
            return host.list_folder(path)
        except HvError as error:
            above = ntpath.dirname(path.rstrip("\\"))
            if error.code != "folder.missing" or above in ("", path):
                raise
            path = above


def new_folder(path: str, host: HyperVHost) -> str:
    """Make a folder: changes the host at once."""
    return host.new_folder(path)

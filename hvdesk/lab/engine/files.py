"""Get-Item, Get-ChildItem and New-Item on the drives of a simulated host. Needs the world's lock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from hvdesk.lab.engine.values import Json, named, number
from hvdesk.lab.powershell.answers import not_played
from hvdesk.lab.powershell.reading import shut_out
from hvdesk.lab.world import cmdlets
from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.failure import COR_E_EXCEPTION, WindowsError
from hvdesk.lab.world.storage import Storage, clean, join, leaf, unc

Found = Iterator[Json | WindowsError]


def get_item(shell: Shell, bound: Json) -> Found:
    """Folders and files; WindowsError for each that is not there."""
    for path in _paths(shell.host.storage, bound):
        yield _item(shell, path)


def get_child_item(shell: Shell, bound: Json) -> Found:
    """What is directly in folders: their folders, with -Directory nothing else."""
    storage = shell.host.storage
    for path in _paths(storage, bound):
        item = _item(shell, path)
        if isinstance(item, WindowsError):
            yield item
            continue
        yield from (_folder(join(path, name)) for name in storage.folders_in(path))
        if not bound.get("Directory"):
            inside = (file for file in storage.files() if clean(file.rpartition("\\")[0]) == clean(path))
            yield from (_item(shell, file) for file in inside)


def new_item(shell: Shell, bound: Json) -> Found:
    """New folders. To New-Item a path is what it says, whatever characters are in it."""
    if bound.get("ItemType") != "Directory":
        raise not_played("New-Item other than with -ItemType Directory")
    for path in bound["Path"]:
        try:
            yield _folder(cmdlets.new_folder(shell, path))
        except WindowsError as error:
            yield error


def _paths(storage: Storage, bound: Json) -> list[str]:
    """-LiteralPath as it is; -Path is a pattern, which may fit nothing."""
    if "LiteralPath" in bound:
        return list(bound["LiteralPath"])
    return [path for pattern in bound["Path"] for path in _matching(storage, pattern)]


def _matching(storage: Storage, pattern: str) -> list[str]:
    if not re.search(r"[*?\[]", pattern):
        return [pattern]
    wanted = clean(pattern).casefold()
    known = [*storage.folders(), *storage.files()]
    level = wanted.count("\\")
    return [path for path in known if path.count("\\") == level and fnmatchcase(path.casefold(), wanted)]


def _item(shell: Shell, path: str) -> Json | WindowsError:
    storage = shell.host.storage
    if shell.world.shares.shuts_out_session(shell.caller, path):
        return shut_out()
    if storage.has_folder(path):
        return _folder(path)
    length = storage.length(path)
    if length is not None:
        size = number("Int64", length)
        return named("System.IO.FileInfo", FullName=path, Name=leaf(path), PSIsContainer=False, Length=size)
    if storage.volume_of(path) is None and not unc(path):
        drive = path.partition(":")[0]
        text, kind = f"Cannot find drive. A drive with the name '{drive}' does not exist.", "DriveNotFound"
        return _missing(kind, "System.Management.Automation.DriveNotFoundException", text)
    text = f"Cannot find path '{path}' because it does not exist."
    return _missing("PathNotFound", "System.Management.Automation.ItemNotFoundException", text)


def _folder(path: str) -> Json:
    return named("System.IO.DirectoryInfo", FullName=path, Name=leaf(path) or path, PSIsContainer=True)


def _missing(error_id: str, kind: str, text: str) -> WindowsError:
    return WindowsError(error_id, (text,), category="ObjectNotFound", types=(kind,), hresult=COR_E_EXCEPTION)

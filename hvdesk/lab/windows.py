"""Versions of Windows Server that a simulated host can play."""

from __future__ import annotations

from typing import Final

VERSIONS: Final = ("2012", "2012r2", "2016", "2019", "2022", "2025")
"""Oldest first; the names used in facts about cmdlets."""
_BUILDS: Final = {9200: "2012", 9600: "2012r2", 14393: "2016", 17763: "2019", 20348: "2022", 26100: "2025"}


class UnknownWindowsError(Exception):
    """A build number that is none of a Windows Server; the text says which."""


def windows_of(os_version: str) -> str:
    """The Windows Server with this Win32_OperatingSystem.Version, such as 10.0.20348. Raises UnknownWindowsError."""
    build = os_version.rpartition(".")[2]
    windows = _BUILDS.get(int(build)) if build.isdigit() else None
    if windows is None:
        raise UnknownWindowsError(f"{os_version} is no version of Windows Server from 2012 to 2025")
    return windows


def since(windows: str, first: str) -> bool:
    """Whether `windows` is `first` or newer."""
    return VERSIONS.index(windows) >= VERSIONS.index(first)


def powershell_level(windows: str) -> str:
    """The PowerShell that came with it."""
    return {"2012": "3.0", "2012r2": "4.0"}.get(windows, "5.1")

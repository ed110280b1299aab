"""The configuration of one host's WinRM service: quotas and time limits, and what differs from host to host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hvdesk.lab.winrm import cbt


class ConfigError(ValueError):
    """There is no such setting, or the value is not for it; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Quotas and time limits of the service; the values are Windows' defaults since Server 2012."""

    shells_per_user: int = 30
    processes_per_shell: int = 25
    operations_per_user: int = 1500
    memory_per_shell: int = 2147483647  # MB, MaxMemoryPerShellMB
    envelope: int = 500 * 1024  # bytes, MaxEnvelopeSizekb
    operation_timeout: float = 60.0  # seconds, MaxTimeoutms
    least_operation_timeout: float = 0.5  # seconds; a shorter wish is raised to it
    idle_timeout: float = 7200.0  # seconds, for a shell that asks for none
    least_idle_timeout: float = 60.0  # seconds; a shorter wish counts as this


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """What hosts differ in by version or configuration, and what nobody has seen a real one do: for both, a switch."""

    allow_unencrypted: bool = False
    """Plain SOAP and Basic over http (AllowUnencrypted)."""
    certificate_logon: bool = True
    """Logon by certificate over https."""
    cbt: str = "relaxed"
    """CbtHardeningLevel, one of cbt.LEVELS."""
    tls12_only: bool = False
    """No TLS 1.3: before Server 2022."""
    activity_id: bool = True
    """`p:ActivityId` in answers: Server 2016 and later."""
    chunked: bool = False
    """Answers in HTTP's chunks: winrm-java met such."""
    wmi_quota_detail: bool = False
    """A quota's fault has a `MSFT_WmiError` as its detail: both forms have been seen."""
    quota_is_internal_error: bool = False
    """Too many operations are a `w:InternalError`: both subcodes have been seen."""
    large_envelope_fault: bool = False
    """A request above MaxEnvelopeSizekb gets a fault rather than HTTP 413: not seen, constants for both exist."""
    older_receive_wins: bool = False
    """Of two waiting Receives for one command the newer gets the fault 995: not seen either way."""


class HostConfig:
    """One host's settings now. Any thread: a change is an assignment, and counts from the next request on."""

    def __init__(self, limits: Limits | None = None, variants: Variants | None = None) -> None:
        self.limits = limits or Limits()
        self.variants = variants or Variants()

    def set(self, name: str, value: object) -> None:
        """Change a quota by Windows' name for it, or a variant by its name here. Raises ConfigError."""
        if name in _QUOTAS:
            field, factor = _QUOTAS[name]
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ConfigError(f"{name} is a whole number from 1")
            quota: dict[str, Any] = {field: value * factor if factor < 1 else value * int(factor)}
            self.limits = replace(self.limits, **quota)
        elif name == "cbt" and value in cbt.LEVELS:
            self.variants = replace(self.variants, cbt=str(value))
        elif name in Variants.__slots__ and name != "cbt" and isinstance(value, bool):
            variant: dict[str, Any] = {name: value}
            self.variants = replace(self.variants, **variant)
        else:
            names = ", ".join((*_QUOTAS, *Variants.__slots__))
            raise ConfigError(f"no setting {name!r} with the value {value!r}; there are {names}")


_QUOTAS: Mapping[str, tuple[str, float]] = {
    "MaxShellsPerUser": ("shells_per_user", 1),
    "MaxProcessesPerShell": ("processes_per_shell", 1),
    "MaxConcurrentOperationsPerUser": ("operations_per_user", 1),
    "MaxMemoryPerShellMB": ("memory_per_shell", 1),
    "MaxEnvelopeSizekb": ("envelope", 1024),
    "MaxTimeoutms": ("operation_timeout", 0.001),
    "IdleTimeout": ("idle_timeout", 0.001),
}
"""Windows' name to the field of Limits and what one of its units is in ours."""

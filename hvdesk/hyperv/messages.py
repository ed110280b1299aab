"""Lines to and from the agent, and its results as the domain's frozen data.

One ASCII JSON object per line both ways, so that no code page matters. Lines of the agent begin with MARK; every other
line is noise of the host. Everything here is a pure function: any thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from hvdesk.domain.calls import Call
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import CompatibilityReport, FileLength, MigrationJob, VmSummary
from hvdesk.hyperv.bootstrap import MODE_MARK

T = TypeVar("T")

MARK: Final = "@hvdesk "
PROTOCOL: Final = 1


@dataclass(frozen=True, slots=True)
class Mode:
    """The bootstrap's line: PowerShell's language mode, FullLanguage unless the host's policy forbids scripts."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The agent runs and takes requests. `powershell` is the host's $PSVersionTable.PSVersion."""

    protocol: int
    powershell: str
    computer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error as PowerShell had it. Programs decide by `name`, `codes`, `native` and `hresult`, never by `message`."""

    id: str  # FullyQualifiedErrorId
    category: str
    types: tuple[str, ...]  # exception types down the inner chain
    hresult: int | None  # signed, as .NET has it
    native: int | None  # NativeErrorCode of a Win32Exception
    codes: tuple[str, ...]  # "0x8009030E": hex codes in the messages, in order of appearance
    message: str  # in the host's display language
    position: str

    @property
    def name(self) -> str:
        """The error id up to its first comma; what follows names the cmdlet's class."""
        return self.id.partition(",")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one request; `id` is None for a request the agent could not read. `fault` is None if it worked."""

    id: int | None
    result: object = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Computer name and the host's clock, UTC."""

    computer: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VmList:
    """Result of `list_vms`: realised VMs only."""

    vms: tuple[VmSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLengths:
    """Result of `file_lengths`, in the order asked."""

    files: tuple[FileLength, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationJobs:
    """Result of `migration_jobs`: all the host remembers, ended ones too, and how many the host itself counts as active
    (None when it does not say). A host lists only migrations away from it; that it counts those that come to it too is
    inferred."""

    jobs: tuple[MigrationJob, ...]
    active_vm_migrations: int | None
    active_storage_migrations: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEvent:
    """An entry of a host's event log. `time` is UTC; `level` 1 critical, 2 error, 3 warning; `message` is in the host's
    display language, empty when the host has no text for it."""

    time: str
    id: int
    level: int
    log: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEvents:
    """Result of `events`: the latest that name the VM, oldest first."""

    events: tuple[HostEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Result of `again`: how many remembered answers were written once more before it."""

    replayed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Output of Compare-VM."""

    report: CompatibilityReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Output of Move-VM -Passthru: the VM (which may still be a planned one), or a report when it cannot move."""

    vm_id: str | None = None
    vm_type: str | None = None
    report: CompatibilityReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderMade:
    """Output of New-Item."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Output of Invoke-CimMethod: 0 done, 4096 a job was started, else the method's own code."""

    return_value: int


def request_line(request_id: int, op: str, args: Mapping[str, object] | None = None) -> bytes:
    """One request, ended by a line feed. Values may hold any text; `Call` values become the agent's call JSON."""
    body = {"id": request_id, "op": op, "args": msgspec.to_builtins(dict(args or {}))}
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def call_args(call: Call) -> dict[str, object]:
    """The `args` of operation `call`."""
    return {"call": call}


def parse_line(line: str) -> Mode | Ready | Answer | None:
    """What a line of the agent's output says; None for noise, to be logged and ignored.

    Raises HvError "agent.answer" for a marked line that is not what the protocol says.
    """
    line = line.rstrip("\r\n")
    if line.startswith(MODE_MARK):
        return Mode(line.removeprefix(MODE_MARK))
    if not line.startswith(MARK):
        return None
    try:
        body = json.loads(line.removeprefix(MARK))
        if "event" in body:
            return msgspec.convert(body, Ready)
        if body["ok"]:
            return Answer(id=_request_id(body), result=body["result"])
        return Answer(id=_request_id(body), fault=msgspec.convert(body["error"], Fault))
    except (ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise HvError("agent.answer", facts={"detail": repr(error)}, host_words=line[:400]) from error


def read(result: object, shape: type[T]) -> T:
    """An answer's result as `shape` (HostFacts, VmList, ...). Raises HvError "agent.answer" when it does not fit."""
    try:
        return msgspec.convert(result, shape)
    except msgspec.ValidationError as error:
        raise HvError("agent.answer", facts={"detail": str(error)}, host_words=repr(result)[:400]) from error


def read_output(result: object, shape: type[T]) -> T:
    """The output of operation `call` as `shape` (Compared, Moved, FolderMade, Returned); raises as `read` does."""
    return read(result.get("output") if isinstance(result, dict) else result, shape)


def _request_id(body: Mapping[str, object]) -> int | None:
    return msgspec.convert(body["id"], int | None)

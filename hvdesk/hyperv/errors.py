"""What a session with a host can raise besides the errors of the connection, and codes for PowerShell's errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hvdesk.domain.calls import Call, Parameter
from hvdesk.domain.errors import HvError
from hvdesk.hyperv.codes import meaning
from hvdesk.hyperv.messages import Fault

FORGOTTEN: Final = "HvDesk.Forgotten"

_CODES: Final = {
    "CreateDirectoryUnauthorizedAccessError": "folder.denied",
    "DirectoryExist": "folder.exists",
    "DriveNotFound": "folder.device",
    "HvDesk.CallNotAllowed": "agent.answer",
    "HvDesk.DriveNotFound": "folder.device",
    "HvDesk.FolderNotFound": "folder.missing",
    "HvDesk.JobNotFound": "agent.job_gone",
    "HvDesk.NoHyperV": "host.no_hyperv",
    "HvDesk.PlannedVmInUse": "agent.planned_in_use",
    "HvDesk.PlannedVmNotFound": "agent.planned_gone",
    "HvDesk.RealVmHere": "agent.real_vm",
    "HvDesk.VmNotFound": "vm.not_found",
    "ItemExistsUnauthorizedAccessError": "folder.denied",
}


class SessionLost(HvError):
    """The session ended and what was asked was either only reading or certainly not begun: it may be asked again."""


class OutcomeUnknown(HvError):
    """A change was sent and its answer will never come. `cause` is why. Ask the hosts; never send it again."""

    def __init__(self, cause: HvError) -> None:
        super().__init__("agent.outcome_unknown", host=cause.host, host_words=cause.host_words)
        self.cause = cause

    def __reduce__(self) -> tuple[type[OutcomeUnknown], tuple[HvError]]:
        return type(self), (self.cause,)


class AgentError(HvError):
    """PowerShell on the host raised `agent` while it carried the operation out."""

    def __init__(self, agent: Fault, *, host: str, facts: dict[str, object] | None = None) -> None:
        super().__init__(code_of(agent), host=host, facts=facts, host_words=agent.message)
        self.agent = agent

    def __reduce__(self) -> tuple[object, ...]:
        return _agent_error, (self.agent, self.host or "", self.facts)


def _agent_error(agent: Fault, host: str, facts: dict[str, object]) -> AgentError:
    return AgentError(agent, host=host, facts=facts)


def code_of(agent: Fault) -> str:
    """The catalogue's code for an error of the agent; `agent.error` when there is nothing more special to say."""
    if agent.name in _CODES:
        return _CODES[agent.name]
    return meaning(agent.codes) or "agent.error"


def facts_of(args: Mapping[str, object]) -> dict[str, object]:
    """What the catalogue's texts can say of a request: `vm` (its id) and `path`, where it has them."""
    facts: dict[str, object] = {"vm": args["vm_id"]} if "vm_id" in args else {}
    if "path" in args:
        facts["path"] = args["path"]
    call = args.get("call")
    for parameter in _flat(call.parameters) if isinstance(call, Call) else ():
        if parameter.kind in ("vm", "planned_vm"):
            facts["vm"] = parameter.value
        elif parameter.name in ("Path", "DestinationStoragePath"):
            facts["path"] = parameter.value
    return facts


def _flat(parameters: Sequence[Parameter]) -> Iterator[Parameter]:
    for parameter in parameters:
        if isinstance(parameter.value, tuple):
            yield from _flat(parameter.value)
        else:
            yield parameter

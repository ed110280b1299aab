"""The table of operations, and the codes for what goes wrong in them."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from hvdesk.domain.catalogue import CATALOGUE
from hvdesk.domain.errors import HvError
from hvdesk.hyperv import calls
from hvdesk.hyperv.agent.source import agent_source
from hvdesk.hyperv.errors import AgentError, OutcomeUnknown, SessionLost, facts_of
from hvdesk.hyperv.messages import Fault
from hvdesk.hyperv.operations import OPERATIONS

PRODUCT = Path(__file__).parents[2] / "hvdesk"


def fault(name: str = "Some", *codes: str) -> Fault:
    """An error as the agent sends it."""
    return Fault(
        id=f"{name},Microsoft.X",
        category="NotSpecified",
        types=("System.Exception",),
        hresult=-1,
        native=None,
        codes=codes,
        message="What the host said",
        position="",
    )


def test_every_operation_of_the_agent_is_declared() -> None:
    _, _, rest = agent_source().partition("function Invoke-Operation")
    known = set(re.findall(r"^\s+'([a-z_]+)' \{ return ", rest.partition("\n}\n")[0], flags=re.MULTILINE))
    assert "host_facts" in known
    assert known == set(OPERATIONS)


def test_only_calls_change_a_host() -> None:
    assert {name for name, operation in OPERATIONS.items() if operation.changing} == {"call"}


def test_codes_of_this_layer_are_in_the_catalogue() -> None:
    files = [*(PRODUCT / "remoting").glob("*.py"), *(PRODUCT / "hyperv" / name for name in ("channel.py", "errors.py"))]
    used = {
        code
        for file in files
        for code in re.findall(r'"((?:agent|folder|host|hop|logon|tls|vm)\.[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(used) > 20
    assert used <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("agent", "code"),
    [
        (fault("HvDesk.VmNotFound"), "vm.not_found"),
        (fault("HvDesk.FolderNotFound"), "folder.missing"),
        (fault("Unspecified", "0x80004005", "0x8009030E"), "hop.refused"),
        (fault("OperationFailed"), "agent.error"),
    ],
)
def test_an_error_of_powershell_gets_a_code(agent: Fault, code: str) -> None:
    error = AgentError(agent, host="HV01")
    assert (error.code, error.host_words) == (code, "What the host said")


def test_facts_for_the_texts_come_from_the_request() -> None:
    vm = "16be07f8-f0fb-5a82-aacb-b1780b1c51d1"
    assert facts_of({"vm_id": vm}) == {"vm": vm}
    assert facts_of({"path": "D:\\x"}) == {"path": "D:\\x"}
    assert facts_of({"call": calls.move(vm, "hv02", "D:\\x")}) == {"vm": vm, "path": "D:\\x"}
    assert facts_of({"call": calls.destroy(vm)}) == {"vm": vm}


@pytest.mark.parametrize(
    "error",
    [
        AgentError(fault("HvDesk.VmNotFound"), host="HV01", facts={"vm": "x"}),
        OutcomeUnknown(HvError("agent.timeout", host="HV01", facts={"seconds": 3})),
        SessionLost("host.lost", host="HV01"),
    ],
)
def test_errors_survive_pickling(error: HvError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert copy.report() == error.report()

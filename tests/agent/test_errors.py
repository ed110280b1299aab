"""What the real agent says of an error: the chain of exceptions, the codes, where it happened."""

from __future__ import annotations

from pathlib import Path

from agent import contract_world, engine
from needs import needs

from hvdesk.hyperv import bootstrap, calls, messages
from hvdesk.hyperv.messages import Answer, Fault


def _fault(windows: str, folder: Path, request: bytes) -> Fault:
    needs("powershell engine")
    with engine.start(contract_world.build_world(windows), folder) as agent:
        agent.send(bootstrap.first_input() + request)
        lines = [agent.next_line() for _ in range(3)]
        assert agent.end() == (0, b"")
    answer = messages.parse_line((lines[2] or b"").decode("ascii"))
    assert isinstance(answer, Answer)
    assert answer.fault is not None
    return answer.fault


def test_every_exception_of_the_chain_is_told(tmp_path: Path) -> None:
    call = calls.compare(contract_world.WEB, "hv04.lab.test", "D:\\x")
    fault = _fault("2012", tmp_path, messages.request_line(1, "call", messages.call_args(call)))
    assert fault.types[:2] == (
        "Microsoft.HyperV.PowerShell.VirtualizationException",
        "Microsoft.Virtualization.Client.Management.VirtualizationOperationFailedException",
    )
    assert fault.hresult is not None
    assert fault.hresult < 0
    assert fault.codes == ("0x8007274D",)  # once, though two messages have it
    assert "failed at migration source" in fault.message
    assert "actively refused" in fault.message
    assert fault.name == "OperationFailed"
    assert fault.id != fault.name
    assert "Compare-VM" in fault.position


def test_an_error_of_ours_has_no_native_code(tmp_path: Path) -> None:
    fault = _fault("2022", tmp_path, messages.request_line(1, "vm_details", {"vm_id": "x"}))
    assert (fault.id, fault.category, fault.native, fault.codes) == ("HvDesk.VmNotFound", "ObjectNotFound", None, ())

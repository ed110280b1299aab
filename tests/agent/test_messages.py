"""Lines of the protocol: what is sent, what is noise, and that a strange answer is an error and never a guess."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvdesk.domain.errors import HvError
from hvdesk.domain.model import FolderListing, HostFacts
from hvdesk.hyperv import calls, messages
from hvdesk.hyperv.messages import Answer, Mode, Ready

FAULT = {"id": "OperationFailed,X", "category": "NotSpecified", "types": ["A.B"], "hresult": -1, "native": None}
FAULT |= {"codes": ["0x8009030E"], "message": "no (0x8009030E)", "position": "At line:1"}


def _line(body: object) -> str:
    return messages.MARK + json.dumps(body) + "\r\n"


@given(st.text())
def test_a_request_is_one_ascii_line_whatever_it_holds(text: str) -> None:
    line = messages.request_line(7, "call", messages.call_args(calls.new_folder(text)))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert line.isascii()
    parameters = json.loads(line)["args"]["call"]["parameters"]
    assert parameters[0] == {"name": "Path", "kind": "text", "value": text}


def test_a_table_travels_as_parameters() -> None:
    body = json.loads(messages.request_line(1, "call", messages.call_args(calls.cancel("J", kill=True))))
    table = {"name": "RequestedState", "kind": "uint16", "value": 5}
    assert body["args"]["call"]["parameters"][2] == {"name": "Arguments", "kind": "table", "value": [table]}


def test_lines_of_the_agent() -> None:
    assert messages.parse_line("@hvdesk-mode ConstrainedLanguage\r\n") == Mode("ConstrainedLanguage")
    ready = {"event": "ready", "protocol": 1, "powershell": "5.1", "computer": "HV01"}
    assert messages.parse_line(_line(ready)) == Ready(protocol=1, powershell="5.1", computer="HV01")
    assert messages.parse_line(_line({"id": 3, "ok": True, "result": {"a": 1}})) == Answer(id=3, result={"a": 1})
    failed = messages.parse_line(_line({"id": None, "ok": False, "error": FAULT}))
    assert isinstance(failed, Answer)
    assert failed.id is None
    assert failed.fault is not None
    assert (failed.fault.name, failed.fault.codes) == ("OperationFailed", ("0x8009030E",))


@pytest.mark.parametrize("line", ["", "WARNING: disk", "x @hvdesk {}", "@hvdeskx", '{"id":1}'])
def test_noise(line: str) -> None:
    assert messages.parse_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "@hvdesk ",
        "@hvdesk [1]",
        "@hvdesk 7",
        "@hvdesk {",
        _line({"id": 1}),
        _line({"id": "1", "ok": True, "result": {}}),
        _line({"id": 1, "ok": True}),
        _line({"id": 1, "ok": False, "error": {**FAULT, "codes": "0x1"}}),
        _line({"event": "ready", "protocol": "1", "powershell": "5.1", "computer": "HV01"}),
    ],
)
def test_a_marked_line_that_is_no_message_is_an_error(line: str) -> None:
    with pytest.raises(HvError) as caught:
        messages.parse_line(line)
    assert caught.value.code == "agent.answer"
    assert caught.value.report().title


LISTING = {"path": "D:\\", "folders": ["a"], "free_bytes": 1, "size_bytes": None}


def test_a_result_becomes_frozen_data() -> None:
    wanted = FolderListing(path="D:\\", folders=("a",), free_bytes=1, size_bytes=None)
    assert messages.read(LISTING, FolderListing) == wanted
    output = {"output": {"return_value": 4096}}
    assert messages.read_output(output, messages.Returned) == messages.Returned(return_value=4096)


@pytest.mark.parametrize(
    "change",
    [
        {"folders": "a"},
        {"folders": {"value": ["a"], "Count": 1}},
        {"free_bytes": "1"},
        {"free_bytes": 1.5},
        {"path": None},
    ],
)
def test_a_result_of_another_shape_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises(HvError) as caught:
        messages.read({**LISTING, **change}, FolderListing)
    assert caught.value.code == "agent.answer"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(HvError) as caught:
        messages.read({"name": "HV01"}, HostFacts)
    assert "fqdn" in str(caught.value.facts["detail"])
    with pytest.raises(HvError):
        messages.read_output({}, messages.Returned)

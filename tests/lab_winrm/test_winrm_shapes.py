"""Shapes of answers and faults: element by element what real servers' recorded answers show. Without sockets."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from lab_winrm.talk import GUID, ME, PREFIXES, SHELL, Talk, element, envelope, skeleton

from hvdesk.lab.winrm import names, soap
from hvdesk.lab.winrm.config import Variants
from hvdesk.lab.winrm.faults import by_code
from hvdesk.lab.winrm.shells import Command, Output


def test_envelope_relates_to_the_request_word_for_word() -> None:
    """1.2 "prefixes and header", 1.2 "RelatesTo verbatim"."""
    root = ET.fromstring(Talk().ask("Create", SHELL).message)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-US"
    head = {child.tag.partition("}")[2]: child.text or "" for child in root[0]}
    assert list(head) == ["Action", "MessageID", "ActivityId", "To", "RelatesTo"]
    assert head["Action"] == names.TRANSFER + "/CreateResponse"
    assert head["RelatesTo"] == "uuid:AbC"
    assert head["To"] == names.ANONYMOUS
    assert GUID.match(head["MessageID"].removeprefix("uuid:"))


@pytest.mark.parametrize("activity_id", [True, False])
def test_activity_id(activity_id: bool) -> None:
    """1.2 "ActivityId": newer servers have it."""
    talk = Talk(variants=Variants(activity_id=activity_id))
    assert ("p:ActivityId" in skeleton(talk.ask("Create", SHELL))) is activity_id
    assert ("p:ActivityId" in skeleton(talk.ask("Delete", "", "NONE"))) is activity_id


@pytest.mark.parametrize(("signal", "ended"), [("terminate", True), ("ctrl_c", True), ("ctrl_break", True)])
def test_signals(signal: str, ended: bool) -> None:
    """1.2 "signals", 1.2 "Signal after Done": the latter is answered normally."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    body = f'<rsp:Signal CommandId="{command}"><rsp:Code>{names.SIGNAL}{signal}</rsp:Code></rsp:Signal>'
    assert skeleton(talk.ask("Signal", body, shell))[8:] == ["rsp:SignalResponse"]
    assert (talk.launcher.started[0].ended is not None) is ended
    if signal != "terminate":
        assert b"Done" in talk.receive(shell, command).message
    assert talk.ask("Signal", body, shell).status == 200


@pytest.mark.parametrize(("wish", "seconds"), [("PT1.5S", 1.5), ("PT0.1S", 0.5), ("PT600S", 60.0), (None, 60.0)])
def test_operation_timeout(wish: str | None, seconds: float) -> None:
    """1.2 "OperationTimeout": cut to MaxTimeoutms, raised to half a second, fractions are fine."""
    header = f"<w:OperationTimeout>{wish}</w:OperationTimeout>" if wish else ""
    request, fault = soap.parse(envelope("Receive", headers=header))
    assert fault is None
    assert Talk().service.wait_seconds(request) == seconds


def test_create() -> None:
    """1.2 "Create"."""
    answer = Talk().ask("Create", SHELL)
    assert skeleton(answer)[8:] == [
        "x:ResourceCreated", "a:Address", "a:ReferenceParameters", "w:ResourceURI", "w:SelectorSet", "w:Selector",
        "rsp:Shell", "rsp:ShellId", "rsp:ResourceUri", "rsp:Owner", "rsp:ClientIP", "rsp:IdleTimeOut",
        "rsp:InputStreams", "rsp:OutputStreams", "rsp:ShellRunTime", "rsp:ShellInactivity",
    ]  # fmt: skip
    assert element(answer, "x:ResourceCreated/a:Address").text == "http://10.0.0.1:5985/wsman"
    told = {child.tag.partition("}")[2]: child.text for child in element(answer, "rsp:Shell")}
    assert GUID.match(told.pop("ShellId") or "")
    assert told == {
        "ResourceUri": names.CMD_SHELL, "Owner": "LAB\\admin", "ClientIP": "10.0.0.9", "IdleTimeOut": "PT7200.000S",
        "InputStreams": "stdin", "OutputStreams": "stdout stderr", "ShellRunTime": "P0DT0H0M0S",
        "ShellInactivity": "P0DT0H0M0S",
    }  # fmt: skip


def test_receive_while_running_and_at_the_end() -> None:
    """1.2 "Receive", 1.2 "End is lower case"."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    talk.launcher.started[0].write(b"a")
    running = talk.receive(shell, command)
    assert skeleton(running)[8:] == ["rsp:ReceiveResponse", "rsp:Stream", "rsp:CommandState"]
    state = element(running, "rsp:ReceiveResponse/rsp:CommandState")
    assert (state.get("State"), list(state)) == (names.COMMAND_STATE + "Running", [])
    talk.launcher.started[0].write(b"b")
    talk.launcher.started[0].close_input()
    done = talk.receive(shell, command)
    response = element(done, "rsp:ReceiveResponse")
    assert [(one.get("Name"), one.get("End"), one.text) for one in response.findall("rsp:Stream", PREFIXES)] == [
        ("stdout", None, "Yg=="),
        ("stdout", "true", None),
        ("stderr", "true", None),
    ]
    assert response.find("rsp:CommandState/rsp:ExitCode", PREFIXES).text == "0"  # type: ignore[union-attr]
    assert b'CommandState/Done"><rsp:ExitCode>' in done.message


def test_answers_of_other_verbs() -> None:
    """1.2 "Command, Send, Signal, Delete", 1.2 "Config"."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    assert GUID.match(command)
    stream = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}" End="True">YQ==</rsp:Stream></rsp:Send>'
    assert skeleton(talk.ask("Send", stream, shell))[8:] == ["rsp:SendResponse"]
    signal = f'<rsp:Signal CommandId="{command}"><rsp:Code>{names.SIGNAL}ctrl_c</rsp:Code></rsp:Signal>'
    assert skeleton(talk.ask("Signal", signal, shell))[8:] == ["rsp:SignalResponse"]
    deleted = talk.ask("Delete", "", shell)
    assert (deleted.status, skeleton(deleted)[7:]) == (200, ["s:Body"])
    config = talk.ask("Get", resource=names.CONFIG)
    told = {path: element(config, f"cfg:Config/{path}").text for path in CONFIG}
    assert told == CONFIG


CONFIG = {
    "cfg:MaxEnvelopeSizekb": "500",
    "cfg:MaxTimeoutms": "60000",
    "cfg:Service/cfg:MaxConcurrentOperationsPerUser": "1500",
    "cfg:Service/cfg:MaxConnections": "300",
    "cfg:Service/cfg:MaxPacketRetrievalTimeSeconds": "120",
    "cfg:Winrs/cfg:IdleTimeout": "7200000",
    "cfg:Winrs/cfg:MaxShellsPerUser": "30",
    "cfg:Winrs/cfg:MaxProcessesPerShell": "25",
}

BAD_SIGNAL = '<rsp:Signal CommandId="X"><rsp:Code>powershell/signal/ctrl_c</rsp:Code></rsp:Signal>'
FAULTS = {
    "unknown shell": (
        ("Send", "<rsp:Send><rsp:Stream>x</rsp:Stream></rsp:Send>", "NONE"),
        "w:InvalidSelectors",
        2150858843,
    ),
    "receive without command": (("Receive", "<rsp:Receive/>", "SHELL"), "w:InvalidParameter", 87),
    "unknown signal": (("Signal", BAD_SIGNAL, "SHELL"), "w:InvalidParameter", 87),
    "bad body": (("Create", "<rsp:Wrong/>"), "w:SchemaValidationError", 2150858817),
    "no command line": (("Command", "<rsp:CommandLine/>", "SHELL"), "w:SchemaValidationError", 2150858817),
    "no stream": (("Send", "<rsp:Send/>", "SHELL"), "w:SchemaValidationError", 2150858817),
    "unknown action": (("http://x/Enumerate",), "a:ActionNotSupported", 2150858753),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_bad_requests(name: str) -> None:
    (verb, *rest), subcode, code = FAULTS[name]
    talk = Talk()
    shell = talk.shell()
    answer = talk.ask(verb, *(shell if part == "SHELL" else part for part in rest))
    assert answer.status == 500
    assert element(answer, "s:Fault/s:Code/s:Value").text == "s:Sender"
    assert element(answer, "s:Fault/s:Code/s:Subcode/s:Value").text == subcode
    detail = element(answer, "s:Fault/s:Detail/f:WSManFault")
    assert (detail.get("Code"), detail.get("Machine")) == (str(code), "10.0.0.1")


def test_shell_not_found_nests_the_providers_fault() -> None:
    answer = Talk().ask("Delete", "", "NONE")
    assert skeleton(answer)[8:] == [
        "s:Fault", "s:Code", "s:Value", "s:Subcode", "s:Value", "s:Reason", "s:Text", "s:Detail", "w:FaultDetail",
        "f:WSManFault", "f:Message", "f:ProviderFault", "f:WSManFault", "f:Message",
    ]  # fmt: skip
    assert element(answer, "s:Fault/s:Detail/w:FaultDetail").text == names.FAULT_DETAIL + "UnexpectedSelectors"
    provider = element(answer, "s:Fault/s:Detail/f:WSManFault/f:Message/f:ProviderFault")
    assert provider.get("provider") == "Shell provider"


@pytest.mark.parametrize("timeout", ["PT-1S", "-PT1S", "60", "PT", ""])
def test_operation_timeout_that_is_none(timeout: str) -> None:
    talk = Talk()
    answer = talk.ask("Create", SHELL, headers=f"<w:OperationTimeout>{timeout}</w:OperationTimeout>")
    if not timeout:
        assert answer.status == 200
        return
    assert element(answer, "s:Fault/s:Code/s:Subcode/s:Value").text == "a:InvalidMessageInformationHeader"
    assert element(answer, "s:Fault/s:Detail/f:WSManFault").get("Code") == "2150858767"
    assert b"2004/08/addressing/fault</a:Action>" in answer.message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT60S", 60),
        ("PT1.5S", 1.5),
        ("P0DT0H20M0S", 1200),
        ("P1DT1H", 90000),
        ("PT2M", 120),
        ("60", None),
        ("P", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert soap.seconds(text) == seconds


@pytest.mark.parametrize("message", [b"", b"<a/>", b"not xml", b'<s:Envelope xmlns:s="urn:other"/>'])
def test_what_is_no_envelope(message: bytes) -> None:
    with pytest.raises(soap.NotSoapError):
        soap.parse(message)


def test_idle_shell_expires_but_not_while_it_is_used() -> None:
    now = [0.0]
    talk = Talk(clock=lambda: now[0])
    shell = talk.shell()
    command = talk.command(shell, "more")
    now[0] = 7199.0
    assert talk.store.reap() == 0
    talk.launcher.started[0].write(b"x")
    assert talk.receive(shell, command).status == 200
    now[0] = 7201.0
    assert talk.store.reap() == 0  # the receive began its idle time anew
    with talk.store.use(shell, ME.user):
        now[0] = 99999.0
        assert talk.store.reap() == 0
    now[0] += 7199.0
    assert (talk.store.reap(), talk.store.open_shells()) == (0, 1)
    now[0] += 1.0
    assert (talk.store.reap(), talk.store.open_shells()) == (1, 0)
    assert talk.launcher.started[0].ended is not None


def test_undelivered_output_goes_back_in_its_order() -> None:
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    for data in (b"one", b"two"):
        talk.launcher.started[0].write(data)
    talk.launcher.started[0].close_input()
    first = talk.receive(shell, command)
    assert first.give_back is not None
    first.give_back()
    again = talk.receive(shell, command)
    assert re.findall(rb">(\w+=*)</rsp:Stream>", again.message) == [b"b25l", b"dHdv"]
    assert b"Done" in again.message


def test_output_that_exceeds_an_envelope_comes_in_pieces() -> None:
    command = Command("X")
    command.write("stdout", b"abcdef")
    command.done(0)
    assert command.receive(1, 4, lambda: True) == Output((("stdout", b"abcd"),), None)
    assert command.receive(1, 4, lambda: True) == Output((("stdout", b"ef"),), 0)


def test_fault_of_a_code_that_is_not_listed() -> None:
    assert (by_code(4242).code, by_code(4242).subcode) == (4242, "w:InternalError")

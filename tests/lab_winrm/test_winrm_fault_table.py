"""Section 1.3 of what is known of real servers: every row of its table, reached by a request that deserves it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from lab_winrm.talk import PREFIXES, SHELL, Talk, element, skeleton
from lab_winrm.wirebench import ADMIN, Bench
from winrm.exceptions import WinRMTransportError, WSManFaultError

from hvdesk.lab.programs import Caller
from hvdesk.lab.winrm import names
from hvdesk.lab.winrm.config import Limits, Variants
from hvdesk.lab.winrm.service import Answer

SELECTORS = ("s:Sender", "w:InvalidSelectors", 2150858843)
NO_WAIT = "<w:OperationTimeout>PT0.5S</w:OperationTimeout>"
SHELL_PROVIDER, CMD_PLUGIN = "Shell provider", "Shell cmd plugin"
TERMINATE = names.SIGNAL + "terminate"
Reach = Callable[[], Answer]


def code_of(answer: Answer) -> tuple[str, str, int]:
    """SOAP code, subcode and number, whichever form the detail has."""
    detail = element(answer, "s:Fault/s:Detail")
    fault = detail.find("f:WSManFault", PREFIXES)
    wmi = detail.find(f"{{{names.WMI_ERROR}}}MSFT_WmiError/{{{names.WMI_ERROR}}}error_Code")
    number = fault.get("Code") if fault is not None else wmi.text if wmi is not None else None
    value = element(answer, "s:Fault/s:Code/s:Value").text or ""
    return value, element(answer, "s:Fault/s:Code/s:Subcode/s:Value").text or "", int(number or 0)


def provider_of(answer: Answer) -> str | None:
    """The provider that the fault comes from, if one says so."""
    found = element(answer, "s:Fault/s:Detail").find("f:WSManFault/f:Message/f:ProviderFault", PREFIXES)
    return found.get("provider") if found is not None else None


def nothing_to_receive() -> Answer:
    """A Receive that times out."""
    talk = Talk()
    shell = talk.shell()
    return talk.receive(shell, talk.command(shell, "more"), NO_WAIT)


def command_over() -> Answer:
    """A Receive after Done."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "both")
    assert talk.receive(shell, command).status == 200
    return talk.receive(shell, command)


def no_program() -> Answer:
    """A name alone, which only cmd.exe would look for."""
    talk = Talk()
    headers = '<w:OptionSet><w:Option Name="WINRS_SKIP_CMD_SHELL">TRUE</w:Option></w:OptionSet>'
    line = "<rsp:CommandLine><rsp:Command>powershell.exe</rsp:Command></rsp:CommandLine>"
    return talk.ask("Command", line, talk.shell(), headers=headers)


def line_too_long() -> Answer:
    """More than cmd.exe takes."""
    talk = Talk()
    line = f"<rsp:CommandLine><rsp:Command>{'x' * 8192}</rsp:Command></rsp:CommandLine>"
    return talk.ask("Command", line, talk.shell())


def too_many_shells(variants: Variants | None = None) -> Answer:
    """One shell more than the user may have."""
    talk = Talk(Limits(shells_per_user=1), variants)
    talk.shell()
    return talk.ask("Create", SHELL)


def too_many_operations(variants: Variants | None = None) -> Answer:
    """One command more than the user may have begun."""
    talk = Talk(Limits(operations_per_user=1), variants)
    shell = talk.shell()
    talk.command(shell, "both")
    return talk.ask("Command", "<rsp:CommandLine><rsp:Command>both</rsp:Command></rsp:CommandLine>", shell)


def too_many_commands() -> Answer:
    """One program more than the shell may have."""
    talk = Talk(Limits(processes_per_shell=1))
    shell = talk.shell()
    talk.command(shell, "more")
    return talk.ask("Command", "<rsp:CommandLine><rsp:Command>more</rsp:Command></rsp:CommandLine>", shell)


def denied() -> Answer:
    """Somebody without rights."""
    return Talk(caller=Caller(user="LAB\\guest", admin=False, forwarded=False, logon="ntlm")).ask("Create", SHELL)


def stdin_after_the_end() -> Answer:
    """Input for a program that is over."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "both")
    return talk.ask("Send", f'<rsp:Send><rsp:Stream CommandId="{command}">YQ==</rsp:Stream></rsp:Send>', shell)


def cancelled() -> Answer:
    """A Receive whose command is terminated."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(talk.receive(shell, command)))
    thread.start()
    assert talk.waiting.wait(10)
    talk.ask("Signal", f'<rsp:Signal CommandId="{command}"><rsp:Code>{TERMINATE}</rsp:Code></rsp:Signal>', shell)
    thread.join(10)
    return answers[0]


def bad_timeout() -> Answer:
    """A negative duration."""
    return Talk().ask("Create", SHELL, headers="<w:OperationTimeout>PT-1S</w:OperationTimeout>")


def small_envelope() -> Answer:
    """A client that takes next to nothing."""
    return Talk().ask("Create", SHELL, headers="<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>")


def receive_without_command() -> Answer:
    """A Receive that names no command."""
    talk = Talk()
    return talk.ask("Receive", "<rsp:Receive/>", talk.shell())


INTERNAL = ("s:Receiver", "w:InternalError")
QUOTA = ("s:Sender", "w:QuotaLimit")
ROWS: dict[str, tuple[Reach, tuple[str, str, int], str | None]] = {
    "nothing to Receive in OperationTimeout": (nothing_to_receive, ("s:Receiver", "w:TimedOut", 2150858793), None),
    "shell unknown or expired": (lambda: Talk().ask("Delete", "", "NONE"), SELECTORS, SHELL_PROVIDER),
    "command unknown or over": (command_over, SELECTORS, None),
    "Receive without CommandId": (receive_without_command, ("s:Sender", "w:InvalidParameter", 87), CMD_PLUGIN),
    "program not found": (no_program, (*INTERNAL, 2147942402), CMD_PLUGIN),
    "command line too long": (line_too_long, (*INTERNAL, 2147942606), CMD_PLUGIN),
    "bad element in the body": (
        lambda: Talk().ask("Create", "<rsp:Wrong/>"),
        ("s:Sender", "w:SchemaValidationError", 2150858817),
        None,
    ),
    "bad timeout header": (bad_timeout, ("s:Sender", "a:InvalidMessageInformationHeader", 2150858767), None),
    "too many shells": (too_many_shells, (*QUOTA, 2150859173), None),
    "too many shells, as MSFT_WmiError": (
        lambda: too_many_shells(Variants(wmi_quota_detail=True)),
        (*QUOTA, 2150859173),
        None,
    ),
    "too many operations of this user": (too_many_operations, (*QUOTA, 2150859174), None),
    "too many operations of this user, as w:InternalError with MSFT_WmiError": (
        lambda: too_many_operations(Variants(wmi_quota_detail=True, quota_is_internal_error=True)),
        (*INTERNAL, 2150859174),
        None,
    ),
    "too many commands in a shell": (too_many_commands, (*QUOTA, 2150859241), None),
    "access denied": (denied, ("s:Sender", "w:AccessDenied", 5), None),
    "stdin after the process ended": (stdin_after_the_end, (*INTERNAL, 109), CMD_PLUGIN),
    "operation cancelled": (cancelled, (*INTERNAL, 995), CMD_PLUGIN),
    "MaxEnvelopeSize below 8192": (small_envelope, ("s:Sender", "w:EncodingLimit", 2150858790), None),
}


@pytest.mark.parametrize("row", ROWS)
def test_row(row: str) -> None:
    reach, code, provider = ROWS[row]
    answer = reach()
    assert (answer.status, code_of(answer), provider_of(answer)) == (500, code, provider)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("stdin_busy", 170, id="stdin busy"),
        pytest.param("send_timed_out", 1460, id="Send timed out inside the plugin"),
    ],
)
def test_row_that_only_a_rule_reaches(bench: Bench, name: str, code: int) -> None:
    """What happens within a real plugin, which no simulated program does."""
    client = bench.client()
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    bench.rule("before", "fault", verb="Send", code=name)
    with pytest.raises(WSManFaultError) as caught:
        client.send_command_input(shell, command, b"x")
    assert caught.value.wsman_fault_code == code


def test_row_mustunderstand_header_not_known() -> None:
    """1.3 "mustUnderstand header not known": no Detail."""
    answer = Talk().ask("Create", SHELL, headers='<z:New xmlns:z="urn:z" env:mustUnderstand="true">1</z:New>')
    assert element(answer, "s:Fault/s:Code/s:Value").text == "s:MustUnderstand"
    assert "s:Detail" not in skeleton(answer)


@pytest.mark.parametrize("as_fault", [False, True], ids=["HTTP 413", "fault"])
def test_row_envelope_too_large(start: Callable[..., Bench], as_fault: bool) -> None:
    """1.3 "envelope too large": not seen, so a switch."""
    bench = start()
    config = bench.server.hosts["HV01"].config
    config.set("MaxEnvelopeSizekb", 32)
    config.set("large_envelope_fault", as_fault)
    client = bench.client()
    shell = client.open_shell()
    command = client.run_command(shell, "more")
    error = WSManFaultError if as_fault else WinRMTransportError
    with pytest.raises(error, match="MaxEnvelopeSize" if as_fault else "413") as caught:
        client.send_command_input(shell, command, b"x" * 33000)
    assert getattr(caught.value, "wsman_fault_code", None) == (2150858790 if as_fault else None)
    assert bench.logons(ADMIN.user) == (1, 0)

"""Every line of sections 1.1 to 1.3 and 2 of what is known of real WinRM servers has a test that names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_winrm.test_winrm_fault_table import ROWS

from hvdesk.lab.winrm.config import Variants

LINES = {
    "1.1": (
        "first answer",  # one WWW-Authenticate line per scheme, empty reason phrase, Connection: close
        "NTLM inside Negotiate",  # raw or SPNEGO; the word NTLM is never offered
        "during a handshake",  # exactly one header, with the token; the last leg 200
        "empty body",  # with good credentials 200 and empty
        "every fault is 500",
        "unencrypted over http",  # 500 without a body while AllowUnencrypted is false
        "cannot decrypt",  # 400
        "content types",
        "Kerberos as scheme word",  # sealed as HTTP-Kerberos-session-encrypted
        "CredSSP above 16384",  # one sealed part for each 16 KiB
        "the tab",
        "sealed size is not announced",
        "chunked",
        "body on the last token",
        "the CredSSP token",
    ),
    "1.2": (
        "prefixes and header",
        "RelatesTo verbatim",
        "ActivityId",
        "Create",
        "Command, Send, Signal, Delete",
        "Receive",
        "End is lower case",
        "signals",
        "Signal after Done",
        "Config",
        "OperationTimeout",
        "Owner",  # DOMAIN\\user, bare for a local account
        "Environment and WorkingDirectory",
        "Pending never occurs",
        "pieces",  # as many as there are
        "End from clients",  # True, true, false
        "actions of faults",
    ),
    "1.3": (
        "nothing to Receive in OperationTimeout",
        "shell unknown or expired",
        "command unknown or over",
        "Receive without CommandId",
        "program not found",
        "command line too long",
        "bad element in the body",
        "bad timeout header",
        "mustUnderstand header not known",
        "too many shells",
        "too many operations of this user",
        "too many commands in a shell",
        "access denied",
        "stdin busy",
        "Send timed out inside the plugin",
        "stdin after the process ended",
        "operation cancelled",
        "envelope too large",
        "MaxEnvelopeSize below 8192",
        "texts",
        "timed out of any verb",
        "operations are not given back",
    ),
    "2": (
        "legs",
        "spellings",
        "one user, two hosts",
        "changed password",
        "forwarded by CredSSP",
        "delegated Kerberos",
        "TLS inside CredSSP",
        "channel binding",
        "service names",
        "Basic",
        "certificate",
        "wrong port",
    ),
}


@pytest.mark.parametrize(("section", "line"), [(section, line) for section, lines in LINES.items() for line in lines])
def test_a_test_names_the_line(section: str, line: str) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert f'{section} "{line}"' in tests or line in ROWS or f'id="{line}"' in tests


@pytest.mark.parametrize(
    "name", ["large_envelope_fault", "older_receive_wins", "wmi_quota_detail", "quota_is_internal_error"]
)
def test_what_nobody_saw_is_a_switch_and_told(name: str) -> None:
    assert name in Variants.__slots__
    told = (Path(__file__).parents[2] / "DESIGN.md").read_text(encoding="utf-8").partition("## Not verified on Windows")
    assert f"| `{name}` (" in told[2]

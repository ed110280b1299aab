"""What the errors of a CredSSP exchange mean, those that the lab does not send too."""

from __future__ import annotations

import sys

import pytest
from remoting.wirelab import WireLab, outcome
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from spnego._gss import GSSAPIProxy
from spnego.exceptions import NativeError, SpnegoError

from hvdesk.remoting.credssp import failure_of
from hvdesk.remoting.gate import LogonRefused

LOCKED = 0xC0000234
WRONG = 0xC000006D


def raised(outer: Exception, status: int) -> Exception:
    """`outer` with pyspnego's error behind it, as requests-credssp raises it; the status is signed on the wire."""
    signed = int.from_bytes(status.to_bytes(4, "big"), "big", signed=True)
    outer.__cause__ = SpnegoError(base_error=NativeError("Received NTStatus", winerror=signed))
    return outer


@pytest.mark.parametrize("status", [LOCKED, LOCKED - 2**32])
def test_an_account_that_may_not_log_on(status: int) -> None:
    error = failure_of(raised(AuthenticationException("Context: Public key exchange"), status & 0xFFFFFFFF), "HV01")
    assert (error.code, type(error)) == ("logon.account", LogonRefused)
    assert "locked" in error.report().what


def test_a_wrong_password() -> None:
    error = failure_of(raised(NTStatusException(WRONG), WRONG), "HV01")
    assert (error.code, type(error)) == ("logon.refused", LogonRefused)


@pytest.mark.parametrize("step", ["TLS Handshake", "Authentication 1"])
def test_before_the_password_was_in_play_nothing_was_refused(step: str) -> None:
    words = f"Server did not response with a CredSSP token after step {step} - actual 'Negotiate'"
    error = failure_of(AuthenticationException(words), "HV01")
    assert error.code == "logon.failed"
    assert not isinstance(error, LogonRefused)


def test_an_answer_without_a_token_after_the_password_counts_as_a_refusal() -> None:
    words = "Server did not response with a CredSSP token after step Public key exchange - actual 'Negotiate'"
    assert isinstance(failure_of(AuthenticationException(words), "HV01"), LogonRefused)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows chooses the mechanism itself")
def test_only_one_mechanism_is_tried(wire: WireLab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(GSSAPIProxy, "__init__", lambda *arguments, **_: asked.append(arguments))
    assert outcome(lambda: wire.open(method="credssp", logon=wire.logon("credssp", password="wrong"))).error
    assert asked == []  # no ticket was asked for: the directory would count a failed logon of its own
    assert wire.logons("failed") == 1

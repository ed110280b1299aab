"""What nobody may see: nothing readable on the wire, no password in texts, errors and logs."""

from __future__ import annotations

import base64
import logging
import traceback

import pytest
from remoting.strangers import Relay, stranger
from remoting.wirelab import HURRIED, WireLab, outcome

from hvdesk.domain.secret import Secret
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon, Method

READABLE = (b"Envelope", b"hvdesk-mode", b"web-01", b"windows/shell")


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
def test_nothing_readable_crosses_http(wire: WireLab, method: Method) -> None:
    relay = Relay(wire.lab.host("HV01").http_port)
    password = wire.lab.account("domain-admin").password.encode()
    with relay.listening() as port:
        channel = AgentChannel.open(wire.endpoint(port=port), wire.logon(method), LogonGate(), HURRIED)
        host = HyperVHost(channel, "HV01")
        assert "web-01" in [vm.name for vm in host.vms()]
        host.close()
    heard = bytes(relay.heard)
    assert b"session-encrypted" in heard
    for text in (*READABLE, password, base64.b64encode(password), password.decode().encode("utf-16-le")):
        assert text not in heard, text


def test_an_unsealed_answer_is_not_believed(wire: WireLab) -> None:
    with wire.session() as host:
        host.ping()
        wire.fault("before", "status", "Receive", code=200)  # an answer without a seal
        errors = (outcome(host.ping).error for _ in range(2))
        assert next(error.code for error in errors if error is not None) == "host.unsealed"


@pytest.mark.parametrize("method", ["ntlm", "credssp"])
def test_a_server_that_asks_for_no_logon_gets_no_message(wire: WireLab, method: Method) -> None:
    with stranger(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as port:
        error = outcome(
            lambda: AgentChannel.open(wire.endpoint(port=port), wire.logon(method), LogonGate(), HURRIED)
        ).error
    assert error is not None
    assert error.code == "host.no_winrm"


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("method", ["ntlm", "credssp", "basic"])
def test_no_password_in_errors_and_logs(
    wire: WireLab, caplog: pytest.LogCaptureFixture, method: Method, https: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "Tr0ub4dor-and-3"
    logon = wire.logon(method, kind="local-admin", password=secret)
    wire.fault("before", "drop", "*")
    texts = [repr(logon), str(logon), repr(Secret(secret))]
    error = outcome(lambda: wire.open(https=https, logon=logon)).error
    assert error is not None
    texts += [str(error), repr(error), repr(error.report()), *traceback.format_exception(error), caplog.text]
    basic = base64.b64encode(f"HV01\\Administrator:{secret}".encode()).decode()
    ntlm = base64.b64encode(b"NTLMSSP\0").decode()[:10]  # a logon's token: the password can be guessed from it
    for text in texts:
        assert not [word for word in (secret, basic, ntlm) if word in text]


def test_an_error_keeps_nothing_of_the_request(wire: WireLab) -> None:
    logon = Logon(method="basic", user="HV01\\Administrator", password=Secret("wrong"))
    error = outcome(lambda: wire.open(https=True, logon=logon)).error
    assert error is not None
    chain = [error, error.__cause__, error.__context__]
    assert chain[1:] == [None, None]

"""Lines of sections 1.1 to 1.3 and 2 of the notes on WinRM that the tests of shapes and faults do not walk."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator

import pytest
import spnego
import spnego.tls
import urllib3
from lab_winrm.talk import PREFIXES, SHELL, Talk, element, envelope
from lab_winrm.test_winrm_fault_table import NO_WAIT, ROWS
from lab_winrm.test_winrm_http import POST, Raw, sealed
from lab_winrm.wirebench import ADMIN, LOCAL_1, Bench
from needs import needs
from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

from hvdesk.lab.programs import Caller
from hvdesk.lab.winrm import names
from hvdesk.lab.winrm.config import Limits

CREDSSP = "application/HTTP-CredSSP-session-encrypted"


@pytest.fixture
def raw(bench: Bench) -> Iterator[Raw]:
    """A bare connection to HV01's http listener."""
    with socket.create_connection(("127.0.0.1", bench.server.hosts["HV01"].http.port), timeout=10) as sock:
        yield Raw(sock)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name)
def test_credssp_handshake_and_seal(raw: Raw, version: ssl.TLSVersion) -> None:
    """1.1 "the CredSSP token": the last and only thing in the header, in every leg; then its own content type.

    2 "TLS inside CredSSP": 1.2 and 1.3.
    """
    tls = spnego.tls.default_tls_context()
    tls.context.minimum_version = tls.context.maximum_version = version
    context = spnego.client(ADMIN.user, ADMIN.password, protocol="credssp", credssp_tls_context=tls)
    token, statuses = context.step(), []
    while token is not None:
        status, headers, _ = raw.ask(f"{POST}\nAuthorization: CredSSP {base64.b64encode(token).decode()}")
        statuses.append(status.split(" ")[1])
        offers = [value for name, value in headers if name == "WWW-Authenticate"]
        found = re.fullmatch("CredSSP ([A-Za-z0-9+/]+=*)", ", ".join(offers))
        token = context.step(base64.b64decode(found[1])) if found is not None else None
    assert statuses[-1] == "200"
    assert set(statuses[:-1]) == {"401"}
    kind = f'multipart/encrypted;protocol="{CREDSSP}";boundary="Encrypted Boundary"'
    status, headers, _ = raw.ask(
        f"{POST}\nContent-Type: {kind}", sealed(context, envelope("Delete", "", "NONE"), CREDSSP)
    )
    assert (status.split(" ")[1], dict(headers)["Content-Type"]) == ("500", kind)


@pytest.mark.parametrize(("user", "told"), [("LAB\\admin", "LAB\\admin"), ("HV01\\Administrator", "Administrator")])
def test_owner(user: str, told: str) -> None:
    """1.2 "Owner": bare for an account of the host itself."""
    answer = Talk(caller=Caller(user=user, admin=True, forwarded=False, logon="ntlm")).ask("Create", SHELL)
    assert element(answer, "rsp:Shell/rsp:Owner").text == told


def test_create_with_environment_and_folder() -> None:
    """1.2 "Environment and WorkingDirectory": told where they were asked for, before the idle time."""
    wish = '<rsp:Environment><rsp:Variable Name="A&amp;B">1 &lt; 2</rsp:Variable></rsp:Environment>'
    answer = Talk().ask("Create", f"<rsp:Shell>{wish}<rsp:WorkingDirectory>D:\\x</rsp:WorkingDirectory></rsp:Shell>")
    shell = element(answer, "rsp:Shell")
    order = [child.tag.partition("}")[2] for child in shell]
    assert order[4:7] == ["Environment", "WorkingDirectory", "IdleTimeOut"]
    variable = element(answer, "rsp:Shell/rsp:Environment/rsp:Variable")
    assert (variable.get("Name"), variable.text) == ("A&B", "1 < 2")
    assert element(answer, "rsp:Shell/rsp:WorkingDirectory").text == "D:\\x"


def test_pending_never_occurs() -> None:
    """1.2 "Pending never occurs": a Receive before any output is a fault, afterwards the state is Running or Done."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    answers = [talk.receive(shell, command, NO_WAIT)]
    for data in (b"a", b"b"):
        talk.launcher.started[0].write(data)
        answers.append(talk.receive(shell, command))
    talk.launcher.started[0].close_input()
    answers.append(talk.receive(shell, command))
    assert [answer.status for answer in answers] == [500, 200, 200, 200]
    states = re.findall(rb"CommandState/(\w+)", b"".join(answer.message for answer in answers))
    assert states == [b"Running", b"Running", b"Done"]


def test_pieces_as_many_as_there_are() -> None:
    """1.2 "pieces": several streams of one name in one answer, in their order."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    for data in (b"one", b"two"):
        talk.launcher.started[0].write(data)
    response = element(talk.receive(shell, command), "rsp:ReceiveResponse")
    streams = [(one.get("Name"), one.get("CommandId"), one.text) for one in response.findall("rsp:Stream", PREFIXES)]
    assert streams == [("stdout", command, "b25l"), ("stdout", command, "dHdv")]


@pytest.mark.parametrize(("end", "over"), [("True", True), ("true", True), ("false", False), (None, False)])
def test_end_of_input(end: str | None, over: bool) -> None:
    """1.2 "End from clients": True, true and false are all sent."""
    talk = Talk()
    shell = talk.shell()
    command = talk.command(shell, "more")
    attribute = f' End="{end}"' if end is not None else ""
    stream = f'<rsp:Stream Name="stdin" CommandId="{command}"{attribute}>YQ==</rsp:Stream>'
    assert talk.ask("Send", f"<rsp:Send>{stream}</rsp:Send>", shell).status == 200
    assert (b"Done" in talk.receive(shell, command).message) is over


TEXTS = {
    "shell unknown or expired": "selectors",
    "command unknown or over": "command identifier that does not exist",
    "stdin after the process ended": "The pipe has been ended.",
    "too many shells": "concurrent shells",
    "nothing to Receive in OperationTimeout": "OperationTimeout",
}


@pytest.mark.parametrize("row", TEXTS)
def test_texts_of_faults(row: str) -> None:
    """1.3 "texts": the words that were recorded, on which some clients go."""
    answer = ROWS[row][0]()
    assert TEXTS[row] in "".join(element(answer, "s:Fault").itertext())


def test_actions_of_faults() -> None:
    """1.2 "actions of faults": those of addressing have another."""
    for row, wanted in (
        ("access denied", "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"),
        ("bad timeout header", "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"),
    ):
        answer = ET.fromstring(ROWS[row][0]().message)
        assert answer.findtext(f".//{{{names.ADDRESSING}}}Action") == wanted


@pytest.mark.parametrize("verb", ["Create", "Command", "Send", "Receive", "Signal", "Delete"])
def test_timed_out_of_any_verb(bench: Bench, verb: str) -> None:
    """1.3 "timed out of any verb": pywinrm makes the same exception of it, whatever it asked for."""
    client = bench.client()

    def ask() -> None:
        shell = client.open_shell()
        command = client.run_command(shell, "more")
        client.send_command_input(shell, command, b"x")
        client.get_command_output_raw(shell, command)
        client.cleanup_command(shell, command)
        client.close_shell(shell, close_session=False)

    ask()
    bench.rule("before", "fault", verb=verb, code=2150858793)
    with pytest.raises(WinRMOperationTimeoutError):
        ask()


def test_operations_are_not_given_back(start: Callable[..., Bench]) -> None:
    """1.3 "operations are not given back": a Signal terminate frees a command's place in the shell and nothing else."""
    bench = start(limits=Limits(processes_per_shell=1, operations_per_user=3))
    client = bench.client()
    shell = client.open_shell()
    for _ in range(3):
        client.cleanup_command(shell, client.run_command(shell, "more"))
    answers = ROWS["too many operations of this user"][1][2]
    with pytest.raises(Exception, match="maximum") as caught:
        client.run_command(shell, "more")
    assert getattr(caught.value, "wsman_fault_code", None) == answers
    client.close_shell(shell, close_session=False)
    shell = client.open_shell()  # only a new shell helps
    client.run_command(shell, "more")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTTP requests that clients make, one entry each."""
    requests: list[str] = []
    urlopen = urllib3.connectionpool.HTTPConnectionPool.urlopen

    def count(self: object, method: str, url: str, *args: object, **more: object) -> object:
        requests.append(url)
        return urlopen(self, method, url, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "urlopen", count)
    return requests


@pytest.mark.parametrize(
    ("transport", "https", "legs"),
    [("ntlm", False, 3), ("ntlm", True, 2), ("credssp", False, 6), ("credssp", True, 5), ("basic", True, 0)],
)
def test_requests_before_the_first_message(
    bench: Bench, counted: list[str], transport: str, https: bool, legs: int
) -> None:
    """2 "legs": what a logon costs; over http one more, the empty request before the first that is sealed."""
    person = LOCAL_1 if transport == "basic" else ADMIN
    client: Protocol = bench.client(transport, person.user, person.password, https=https)
    client.open_shell()
    assert len(counted) == legs + 1
    client.open_shell()
    assert len(counted) == legs + 2


@pytest.mark.parametrize(("https", "legs"), [(False, 1), (True, 0)])
def test_requests_before_the_first_message_with_a_ticket(
    kerberos: Bench, counted: list[str], https: bool, legs: int
) -> None:
    """2 "legs": a ticket goes with the first request."""
    needs("pykerberos")
    kerberos.client("kerberos", "admin@LAB.TEST", "", https=https).open_shell()
    assert len(counted) == legs + 1

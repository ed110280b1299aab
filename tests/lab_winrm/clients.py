"""Clients that nobody here wrote, each as a function that runs one program with input and tells what came back.

Run as a program it prints the table of clients and logons that DESIGN.md keeps.
"""

from __future__ import annotations

import base64
import re
import subprocess
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
import winrm
from lab_winrm.tiny import Person
from lab_winrm.wirebench import ADMIN, LOCAL_1, Bench
from pypsrp.exceptions import AuthenticationError, WinRMTransportError
from pypsrp.shell import Process, WinRS
from pypsrp.wsman import WSMan

from hvdesk.lab.winrm import names

INPUT = b"in" * 100
ANSWER = (3, INPUT + b"\r\n", b"to err\r\n")
"""What the program `talk` makes of INPUT: exit code and both streams."""
UNSEALED = "refused: HTTP 500"
NOT_OFFERED = "refused: HTTP 401"
NOT_SENT = "the client will not"


@dataclass(frozen=True)
class Way:
    """A client, how it logs on as whom, what the host saw of it, and what becomes of it over http and over https."""

    client: str
    logon: str
    seen: str
    http: str
    https: str
    run: Callable[[Bench, Way, bool], tuple[int, bytes, bytes]]
    person: Person = ADMIN
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.client}-{self.logon}"

    def expected(self, https: bool) -> str:
        """What becomes of it."""
        return self.https if https else self.http


def outcome(bench: Bench, way: Way, https: bool) -> str:
    """What a client did: `works`, or how it was refused."""
    try:
        answer = way.run(bench, way, https)
    except (AuthenticationError, winrm.exceptions.InvalidCredentialsError):
        return NOT_OFFERED
    except (WinRMTransportError, winrm.exceptions.WinRMTransportError) as error:
        return f"refused: HTTP {error.code}"
    except ValueError as error:
        if "SSL must be used" not in str(error):
            raise
        return NOT_SENT
    except requests.HTTPError as error:
        return f"refused: {error}"
    assert answer == ANSWER, answer
    seen = {(program.caller.logon, program.caller.user) for program in bench.launcher.started}
    assert seen == {(way.seen, way.person.user)}, seen
    return "works"


def pypsrp(bench: Bench, way: Way, https: bool) -> tuple[int, bytes, bytes]:
    """pypsrp's WinRS."""
    host = bench.server.hosts["HV01"]
    more: dict[str, Any] = {}
    if way.logon == "certificate":
        more = {"certificate_pem": bench.user_file, "certificate_key_pem": bench.user_file}
    named = way.logon != "certificate" and "ticket" not in way.logon
    domain, _, name = way.person.user.rpartition("\\")
    user = f"{name}@LAB.TEST" if way.seen == "kerberos" and domain == "LAB" else way.person.user
    with (
        WSMan(
            "127.0.0.1",
            port=host.https.port if https else host.http.port,
            username=user if named else None,
            password=way.person.password if named else None,
            auth=way.logon.partition(" ")[0],
            ssl=https,
            cert_validation=str(bench.server.pki.ca_file),
            no_proxy=True,
            operation_timeout=5,
            # Sealed over http, as by default; the logons that cannot are let to try it in the clear.
            encryption="never" if way.logon in ("basic", "certificate") else "auto",
            **more,
        ) as connection,
        WinRS(connection) as shell,
    ):
        process = Process(shell, "talk")
        process.begin_invoke()
        process.send(INPUT, end=True)
        process.end_invoke()
        return process.rc, process.stdout, process.stderr


def session(bench: Bench, way: Way, https: bool) -> tuple[int, bytes, bytes]:
    """pywinrm's Session; its run_cmd takes no input, its Protocol does."""
    transport = way.logon.partition(" ")[0]
    cannot_seal = transport in ("basic", "certificate", "ssl")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = winrm.Session(
            bench.url(https=https),
            # Its Kerberos takes no password, and as user only the principal of a ticket.
            auth=("admin@LAB.TEST", "") if way.seen == "kerberos" else (way.person.user, way.person.password),
            transport=transport,
            message_encryption="never" if cannot_seal else "auto" if https else "always",
            proxy=None,
            ca_trust_path=str(bench.server.pki.ca_file),
            operation_timeout_sec=5,
            read_timeout_sec=10,
            **_session_logon(bench, transport),
        )
    protocol = made.protocol
    try:
        ran = made.run_cmd("both")
        assert (ran.status_code, ran.std_out, ran.std_err) == (3, b"to out\r\n", b"to err\r\n")
        shell = protocol.open_shell()
        command = protocol.run_command(shell, "talk", console_mode_stdin=False)
        protocol.send_command_input(shell, command, INPUT, end=True)
        out, err, code = protocol.get_command_output(shell, command)
        protocol.close_shell(shell)
        return code, out, err
    finally:
        protocol.transport.close_session()


def _session_logon(bench: Bench, transport: str) -> dict[str, Any]:
    if transport == "certificate":
        return {"cert_pem": bench.user_file, "cert_key_pem": bench.user_file}
    return {}


def curl(bench: Bench, way: Way, https: bool) -> tuple[int, bytes, bytes]:
    """curl, with SOAP from the file of a test: it neither seals nor keeps a logon."""
    words = {
        "negotiate (ticket)": ["--negotiate", "-u", ":"],
        "basic": ["--basic", "-u", f"{way.person.user}:{way.person.password}"],
        "certificate": ["--cert", bench.user_file, "-H", f"Authorization: {_MUTUAL}"],
    }[way.logon]
    talk = Curl(bench.url(https=https), [*words, "--cacert", str(bench.server.pki.ca_file)])
    created = talk.ask(names.TRANSFER + "/Create", _CREATE)
    shell = _found(rb"<rsp:ShellId>([^<]+)<", created)
    started = talk.ask(names.SHELL + "/Command", _COMMAND, shell)
    command = _found(rb"<rsp:CommandId>([^<]+)<", started)
    talk.ask(names.SHELL + "/Send", _SEND.format(command=command, data=base64.b64encode(INPUT).decode()), shell)
    streams: dict[str, bytes] = {"stdout": b"", "stderr": b""}
    while True:
        answer = talk.ask(names.SHELL + "/Receive", _RECEIVE.format(command=command), shell)
        for name, data in re.findall(rb'<rsp:Stream Name="(\w+)" CommandId="[^"]+">([^<]+)<', answer):
            streams[name.decode()] += base64.b64decode(data)
        if b"/Done" in answer:
            break
    talk.ask(names.TRANSFER + "/Delete", "", shell)
    return int(_found(rb"<rsp:ExitCode>(\d+)<", answer)), streams["stdout"], streams["stderr"]


class Curl:
    """Asks with curl."""

    def __init__(self, url: str, words: Sequence[str]) -> None:
        self._url = url
        self._words = ["curl", "-sS", "--max-time", "20", "-w", "%{stderr}%{http_code}", *words]

    def ask(self, action: str, body: str, shell: str = "") -> bytes:
        """The answer's body; requests.HTTPError for another status than 200."""
        selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
        message = _ENVELOPE.format(action=action, selector=selector, body=body, url=self._url)
        words = [*self._words, "-H", "Content-Type: application/soap+xml;charset=UTF-8", "--data-binary", "@-"]
        done = subprocess.run([*words, self._url], input=message.encode(), capture_output=True, timeout=30, check=True)
        status = done.stderr.decode()
        if status != "200":
            raise requests.HTTPError(f"HTTP {status}")
        return done.stdout


def _found(pattern: bytes, text: bytes) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1].decode()


_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_ENVELOPE = f"""<s:Envelope xmlns:s="{names.SOAP}" xmlns:a="{names.ADDRESSING}" xmlns:w="{names.WSMAN}"
 xmlns:rsp="{names.SHELL}"><s:Header><a:To>{{url}}</a:To><a:MessageID>uuid:1</a:MessageID>
 <a:ReplyTo><a:Address>{names.ANONYMOUS}</a:Address></a:ReplyTo><a:Action>{{action}}</a:Action>
 <w:ResourceURI>{names.CMD_SHELL}</w:ResourceURI>{{selector}}</s:Header><s:Body>{{body}}</s:Body></s:Envelope>"""
_CREATE = "<rsp:Shell><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
_COMMAND = "<rsp:CommandLine><rsp:Command>talk</rsp:Command></rsp:CommandLine>"
_SEND = (
    '<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}">{data}</rsp:Stream>'
    '<rsp:Stream Name="stdin" CommandId="{command}" End="true"/></rsp:Send>'
)
_RECEIVE = '<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout stderr</rsp:DesiredStream></rsp:Receive>'

_WORKS = "works"
KERBEROS = ("kerberos",)
WAYS = (
    Way("pypsrp WinRS", "ntlm", "ntlm", _WORKS, _WORKS, pypsrp),
    Way("pypsrp WinRS", "negotiate", "ntlm", _WORKS, _WORKS, pypsrp),
    Way("pypsrp WinRS", "negotiate (ticket)", "kerberos", _WORKS, _WORKS, pypsrp, needs=KERBEROS),
    Way("pypsrp WinRS", "kerberos", "kerberos", _WORKS, _WORKS, pypsrp, needs=KERBEROS),
    Way("pypsrp WinRS", "kerberos (ticket)", "kerberos", _WORKS, _WORKS, pypsrp, needs=KERBEROS),
    Way("pypsrp WinRS", "credssp", "credssp", _WORKS, _WORKS, pypsrp),
    Way("pypsrp WinRS", "basic", "basic", NOT_OFFERED, _WORKS, pypsrp, LOCAL_1),
    Way("pypsrp WinRS", "certificate", "certificate", NOT_SENT, _WORKS, pypsrp, LOCAL_1),
    Way("pywinrm Session", "ntlm", "ntlm", _WORKS, _WORKS, session),
    Way("pywinrm Session", "kerberos (ticket)", "kerberos", _WORKS, _WORKS, session, needs=(*KERBEROS, "pykerberos")),
    Way("pywinrm Session", "credssp", "credssp", _WORKS, _WORKS, session),
    Way("pywinrm Session", "basic", "basic", NOT_OFFERED, _WORKS, session, LOCAL_1),
    Way("pywinrm Session", "certificate", "certificate", NOT_OFFERED, _WORKS, session, LOCAL_1),
    Way("curl", "negotiate (ticket)", "kerberos", UNSEALED, _WORKS, curl, needs=(*KERBEROS, "curl")),
    Way("curl", "basic", "basic", NOT_OFFERED, _WORKS, curl, LOCAL_1, needs=("curl",)),
    Way("curl", "certificate", "certificate", NOT_OFFERED, _WORKS, curl, LOCAL_1, needs=("curl",)),
)


def table() -> str:
    """The table of clients and logons, in Markdown."""
    rows = ["| client | logon | over http | over https | the host saw |", "|---|---|---|---|---|"]
    rows += [f"| {way.client} | {way.logon} | {way.http} | {way.https} | {way.seen} |" for way in WAYS]
    return "\n".join(rows)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        print(table())

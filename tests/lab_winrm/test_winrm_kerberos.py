"""Kerberos with the lab's own KDC: tickets, delegation, the scheme word, channel binding, and what is refused."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import spnego
from lab_winrm.talk import SHELL, envelope
from lab_winrm.test_winrm_logon import whoami
from lab_winrm.wirebench import ADMIN, GUEST, SENSITIVE, TWO_HOSTS, Bench
from needs import needs
from pypsrp.exceptions import AuthenticationError
from pypsrp.shell import Process, WinRS
from pypsrp.wsman import WSMan
from tickets import take_ticket
from winrm.exceptions import InvalidCredentialsError, WSManFaultError

from hvdesk.lab.winrm.config import Variants
from hvdesk.lab.winrm.kdc import Kdc
from hvdesk.lab.winrm.server import HostSetup

KERBEROS = "application/HTTP-Kerberos-session-encrypted"


def token(host: str = "127.0.0.1", **more: object) -> tuple[spnego.ContextProxy, str]:
    """A context and its first token, from the ticket in the cache."""
    context = spnego.client(hostname=host, service="HTTP", protocol="kerberos", **more)
    return context, base64.b64encode(context.step() or b"").decode()


def post(bench: Bench, authorization: str, *, https: bool = False, **more: object) -> requests.Response:
    """An empty message with a logon."""
    more.setdefault("headers", {"Authorization": authorization})
    return requests.post(bench.url(https=https), verify=str(bench.server.pki.ca_file), timeout=10, **more)  # type: ignore[arg-type]


def test_first_answer_offers_kerberos(kerberos: Bench) -> None:
    """1.1 "first answer": Kerberos after Negotiate, as recorded."""
    answer = requests.post(kerberos.url(https=True), verify=str(kerberos.server.pki.ca_file), timeout=10)
    assert answer.headers["WWW-Authenticate"] == 'Negotiate, Kerberos, Basic realm="WSMAN", CredSSP'


@pytest.mark.parametrize("word", ["Negotiate", "Kerberos"])
def test_ticket_under_either_word(kerberos: Bench, word: str) -> None:
    context, text = token()
    answer = post(kerberos, f"{word} {text}")
    assert answer.status_code == 200
    scheme, _, closing = answer.headers["WWW-Authenticate"].partition(" ")
    assert scheme == word
    context.step(base64.b64decode(closing))  # the host proves who it is
    assert context.complete
    assert kerberos.logons() == (1, 0)


def test_kerberos_seals_under_its_own_name(kerberos: Bench) -> None:
    """1.1 "Kerberos as scheme word"."""
    context, text = token()
    with requests.Session() as session:
        url = kerberos.url()
        closing = session.post(url, headers={"Authorization": f"Kerberos {text}"}).headers["WWW-Authenticate"]
        context.step(base64.b64decode(closing.partition(" ")[2]))
        message = envelope("Create", SHELL)
        sealed = context.wrap_winrm(message)
        kind = f'multipart/encrypted;protocol="{KERBEROS}";boundary="Encrypted Boundary"'
        body = (
            f"--Encrypted Boundary\r\n\tContent-Type: {KERBEROS}\r\n\tOriginalContent: "
            f"type=application/soap+xml;charset=UTF-8;Length={len(message)}\r\n--Encrypted Boundary\r\n"
            "\tContent-Type: application/octet-stream\r\n"
        ).encode()
        body += struct.pack("<i", len(sealed.header)) + sealed.header + sealed.data + b"--Encrypted Boundary--\r\n"
        answer = session.post(url, headers={"Content-Type": kind}, data=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    rest = answer.content.partition(b"octet-stream\r\n")[2].removesuffix(b"--Encrypted Boundary--\r\n")
    size = struct.unpack("<i", rest[:4])[0]
    assert b"ShellId" in context.unwrap_winrm(rest[4 : 4 + size], rest[4 + size :])


@pytest.mark.parametrize("host", ["hv01.lab.test", "hv01", "localhost", "127.0.0.1"])
def test_names_of_the_host(kerberos: Bench, host: str) -> None:
    """2 "service names": one keytab has them all."""
    assert post(kerberos, f"Negotiate {token(host)[1]}").status_code == 200


def test_ticket_for_another_host_is_refused(kerberos: Bench) -> None:
    assert post(kerberos, f"Negotiate {token('hv02.lab.test')[1]}").status_code == 401
    assert kerberos.logons() == (0, 1)


def test_ticket_without_a_realm_is_refused(kdc: Kdc, start: Callable[..., Bench]) -> None:
    """A lab without a KDC takes no tickets, whatever keytab its machine has."""
    bench = start()
    assert post(bench, f"Kerberos {token()[1]}").status_code == 401
    assert post(bench, f"Negotiate {token()[1]}").status_code == 401
    assert bench.logons() == (0, 1)


@pytest.mark.parametrize(
    ("asked", "trusted", "forwarded"),
    [
        (spnego.ContextReq.default, True, False),
        (spnego.ContextReq.default | spnego.ContextReq.delegate, False, True),
        (spnego.ContextReq.default | spnego.ContextReq.delegate_policy, False, False),
        (spnego.ContextReq.default | spnego.ContextReq.delegate_policy, True, True),
    ],
    ids=["not asked", "asked", "asked for where trusted, is not", "asked for where trusted, is"],
)
def test_forwarded_credential(kerberos: Bench, asked: spnego.ContextReq, trusted: bool, forwarded: bool) -> None:
    """2 "delegated Kerberos": a credential goes along where both sides want it."""
    kerberos.server.trust("HV01", delegation=trusted)
    assert seen(kerberos, asked) == f"LAB\\admin kerberos {forwarded}"


def seen(bench: Bench, asked: spnego.ContextReq) -> str:
    """What the host sees of a client that asks for this."""
    _, text = token("hv01.lab.test", context_req=asked)
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(bench.server.pki.ca_file)
        url = bench.url(https=True)
        headers = {"Authorization": f"Negotiate {text}", "Content-Type": "application/soap+xml;charset=UTF-8"}
        created = session.post(url, headers=headers, data=envelope("Create", SHELL))
        shell = created.text.partition("<rsp:ShellId>")[2].partition("<")[0]
        line = "<rsp:CommandLine><rsp:Command>whoami</rsp:Command></rsp:CommandLine>"
        session.post(url, headers={"Content-Type": headers["Content-Type"]}, data=envelope("Command", line, shell))
    caller = bench.launcher.started[-1].caller
    return f"{caller.user} {caller.logon} {caller.forwarded}"


def test_sensitive_account_is_never_forwarded(kerberos: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = take_ticket("sensitive@LAB.TEST", SENSITIVE.password, tmp_path / "sensitive")
    monkeypatch.setenv("KRB5CCNAME", cache)
    asked = spnego.ContextReq.default | spnego.ContextReq.delegate
    assert seen(kerberos, asked) == f"{SENSITIVE.user} kerberos False"


def test_pywinrm_delegates(kerberos: Bench) -> None:
    needs("pykerberos")
    client = kerberos.client("kerberos", "admin@LAB.TEST", "", kerberos_delegation=True)
    assert whoami(client) == "LAB\\admin kerberos True"
    client = kerberos.client("kerberos", "admin@LAB.TEST", "", service="WSMAN", https=True)
    assert whoami(client) == "LAB\\admin kerberos False"


def test_credssp_with_kerberos_inside(kerberos: Bench) -> None:
    port = kerberos.server.hosts["HV01"].http.port
    with WSMan(
        "127.0.0.1", port=port, username="admin@LAB.TEST", password=ADMIN.password, auth="credssp", ssl=False,
        credssp_auth_mechanism="kerberos", no_proxy=True,
    ) as connection, WinRS(connection) as shell:  # fmt: skip
        process = Process(shell, "whoami")
        process.invoke()
    assert process.stdout == b"LAB\\admin credssp True\r\n"


def test_account_without_rights(kerberos: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("pykerberos")
    monkeypatch.setenv("KRB5CCNAME", take_ticket("guest@LAB.TEST", GUEST.password, tmp_path / "guest"))
    with pytest.raises(WSManFaultError) as caught:
        kerberos.client("kerberos", "guest@LAB.TEST", "").open_shell()
    assert caught.value.wsman_fault_code == 5


def test_changed_password_is_refused_by_the_kdc(kerberos: Bench, kdc: Kdc, tmp_path: Path) -> None:
    krb5 = pytest.importorskip("krb5")
    kerberos.server.change_password(ADMIN.user, 'another "one" ÄÖ')
    before = kdc.log()["failed"]
    with pytest.raises(krb5.Krb5Error) as caught:
        take_ticket("admin@LAB.TEST", ADMIN.password, tmp_path / "new")
    assert caught.value.err_code in (-1765328353, -1765328360)
    assert kdc.log()["failed"] == before + 1
    take_ticket("admin@LAB.TEST", 'another "one" ÄÖ', tmp_path / "new")
    assert post(kerberos, f"Negotiate {token()[1]}").status_code == 200  # the ticket that is out stays good


@pytest.mark.parametrize(
    ("level", "bound", "accepted"),
    [
        ("none", "not", True),
        ("none", "wrong", True),
        ("relaxed", "not", True),
        ("relaxed", "wrong", False),
        ("relaxed", "right", True),
        ("strict", "not", False),
        ("strict", "wrong", False),
        ("strict", "right", True),
    ],
)
@pytest.mark.parametrize("protocol", ["kerberos", "ntlm"])
def test_channel_binding(
    kdc: Kdc, start: Callable[..., Bench], protocol: str, level: str, bound: str, accepted: bool
) -> None:
    """2 "channel binding": CbtHardeningLevel, by Kerberos and by NTLM."""
    bench = start(HostSetup(TWO_HOSTS[0].name, variants=Variants(cbt=level)), kdc=kdc)
    user = "admin@LAB.TEST" if protocol == "kerberos" else ADMIN.user
    with WSMan(
        "127.0.0.1",
        port=bench.server.hosts["HV01"].https.port,
        username=user,
        password=ADMIN.password,
        auth=protocol,
        cert_validation=str(bench.server.pki.ca_file),
        no_proxy=True,
        negotiate_send_cbt=bound != "not",
    ) as connection:
        shell = WinRS(connection)
        with pytest.MonkeyPatch.context() as patch:
            if bound == "wrong":
                patch.setattr("pypsrp.negotiate.HTTPNegotiateAuth._get_cbt_data", lambda response: b"wrong")
            if accepted:
                shell.open()
                shell.close()
            else:
                with pytest.raises(AuthenticationError):
                    shell.open()


def test_strict_host_refuses_pywinrm_without_binding(kdc: Kdc, start: Callable[..., Bench]) -> None:
    needs("pykerberos")
    bench = start(HostSetup(TWO_HOSTS[0].name, variants=Variants(cbt="strict")), kdc=kdc)
    for transport, user, password in (("ntlm", ADMIN.user, ADMIN.password), ("kerberos", "admin@LAB.TEST", "")):
        assert whoami(bench.client(transport, user, password, https=True)).startswith("LAB\\admin")
        with pytest.raises(InvalidCredentialsError):
            bench.client(transport, user, password, https=True, send_cbt=False).open_shell()

"""Logons over real sockets with pywinrm: who gets in, under which spelling, and what a refusal costs."""

from __future__ import annotations

import pytest
from lab_winrm.wirebench import ADMIN, GUEST, LOCAL_1, LOCAL_2, Bench
from requests_credssp.exceptions import NTStatusException
from winrm.exceptions import InvalidCredentialsError, WinRMTransportError, WSManFaultError
from winrm.protocol import Protocol


def whoami(client: Protocol) -> str:
    """Run the program that tells the caller."""
    shell = client.open_shell()
    command = client.run_command(shell, "whoami")
    output: str = client.get_command_output(shell, command)[0].decode().strip()
    client.close_shell(shell, close_session=False)
    return output


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
@pytest.mark.parametrize(("transport", "forwarded"), [("ntlm", False), ("credssp", True)])
def test_domain_account_logs_on(bench: Bench, transport: str, forwarded: bool, https: bool) -> None:
    """2 "forwarded by CredSSP": user and password come along, which NTLM does not do."""
    client = bench.client(transport, https=https)
    assert whoami(client) == f"LAB\\admin {transport} {forwarded}"
    assert bench.logons() == (1, 0)


def test_sealed_inside_tls(bench: Bench) -> None:
    assert whoami(bench.client(https=True, message_encryption="always")) == "LAB\\admin ntlm False"


@pytest.mark.parametrize(
    ("spelling", "password", "account"),
    [
        ("lab\\ADMIN", ADMIN.password, ADMIN.user),
        ("admin@lab.test", ADMIN.password, ADMIN.user),
        ("admin@LAB", ADMIN.password, ADMIN.user),
        ("admin", ADMIN.password, ADMIN.user),
        ("Administrator", LOCAL_1.password, LOCAL_1.user),
        (".\\Administrator", LOCAL_1.password, LOCAL_1.user),
        ("HV01\\administrator", LOCAL_1.password, LOCAL_1.user),
    ],
)
@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
def test_spellings_of_a_user(bench: Bench, transport: str, spelling: str, password: str, account: str) -> None:
    """2 "spellings": all are one account, which owns the shell."""
    assert whoami(bench.client(transport, spelling, password)).startswith(account + " ")


def test_local_accounts_of_two_hosts_have_passwords_of_their_own(bench: Bench) -> None:
    """2 "one user, two hosts"."""
    clients = [
        bench.client(user="Administrator", password=person.password, host=host)
        for host, person in (("HV01", LOCAL_1), ("HV02", LOCAL_2))
    ]
    assert [whoami(client).split()[0] for client in clients] == [LOCAL_1.user, LOCAL_2.user]
    with pytest.raises(InvalidCredentialsError):
        bench.client(user="Administrator", password=LOCAL_2.password).open_shell()


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_wrong_password_costs_one_failed_logon_ntlm(bench: Bench, https: bool) -> None:
    with pytest.raises(InvalidCredentialsError):
        bench.client(password="wrong", https=https).open_shell()
    assert bench.logons() == (0, 1)


@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
def test_wrong_password_costs_one_failed_logon_credssp(bench: Bench, https: bool) -> None:
    with pytest.raises(NTStatusException):
        bench.client("credssp", password="wrong", https=https).open_shell()
    assert bench.logons() == (0, 1)


@pytest.mark.parametrize("transport", ["ntlm", "credssp"])
def test_unknown_user_is_refused_and_counted_under_its_name(bench: Bench, transport: str) -> None:
    with pytest.raises((InvalidCredentialsError, NTStatusException)):
        bench.client(transport, user="LAB\\nobody").open_shell()
    assert bench.logons("LAB\\nobody") == (0, 1)


def test_changed_password_counts_from_the_next_logon(bench: Bench) -> None:
    """2 "changed password": the connection that had logged on goes on."""
    before = bench.client()
    shell = before.open_shell()
    bench.server.directory.change_password("lab\\admin", "new")
    before.close_shell(shell)  # its connection had logged on
    with pytest.raises(InvalidCredentialsError):
        bench.client().open_shell()
    assert whoami(bench.client(password="new")) == "LAB\\admin ntlm False"
    with pytest.raises(KeyError):
        bench.server.directory.change_password("LAB\\nobody", "x")


def test_account_without_rights_logs_on_and_gets_fault_5(bench: Bench) -> None:
    with pytest.raises(WSManFaultError) as caught:
        bench.client(user=GUEST.user, password=GUEST.password).open_shell()
    assert (caught.value.wsman_fault_code, caught.value.fault_subcode) == (5, "w:AccessDenied")
    assert bench.logons(GUEST.user) == (1, 0)


def test_unsealed_message_over_http_gets_500_without_a_body(bench: Bench) -> None:
    with pytest.raises(WinRMTransportError) as caught:
        bench.client(message_encryption="never").open_shell()
    assert (caught.value.code, caught.value.response_text) == (500, "")
    assert bench.requests("Create") == 0


def test_basic_is_for_local_accounts_over_https(bench: Bench) -> None:
    """2 "Basic"."""
    assert whoami(bench.client("basic", LOCAL_1.user, LOCAL_1.password, https=True)) == f"{LOCAL_1.user} basic False"
    refused = [
        bench.client("basic", LOCAL_1.user, "wrong", https=True),
        bench.client("basic", ADMIN.user, ADMIN.password, https=True),
        bench.client("basic", LOCAL_1.user, LOCAL_1.password, message_encryption="never"),
    ]
    for client in refused:
        with pytest.raises(InvalidCredentialsError):
            client.open_shell()


def test_messages_sealed_for_a_lost_connection_get_400(bench: Bench) -> None:
    client = bench.client()
    shell = client.open_shell()
    assert bench.server.hosts["HV01"].cut() == 1
    bench.until(lambda: bench.log()["open_connections"] == 0)
    with pytest.raises(WinRMTransportError) as caught:
        client.run_command(shell, "more")
    assert caught.value.code == 400
    client.transport.close_session()
    client.close_shell(client.open_shell(), close_session=False)
    client.close_shell(shell)
    assert bench.log()["open_shells"] == 0

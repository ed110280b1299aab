"""Which hosts share a credential, and which need one."""

import pytest

from hvdesk.settings.schema import HostEntry, LogonMethod


def host(number: str, user: str | None, logon: LogonMethod = "credssp") -> HostEntry:
    return HostEntry(id=number, name=number, address=number, user=user, logon=logon)


@pytest.mark.parametrize("user", ["LAB\\admin", "admin@lab.test"])
def test_hosts_share_the_credential_of_a_domain_account(user: str) -> None:
    assert host("1", user).credential_id == host("2", user.upper()).credential_id


@pytest.mark.parametrize("user", ["Administrator", ".\\Administrator"])
def test_an_account_of_the_host_itself_is_not_shared(user: str) -> None:
    assert host("1", user).credential_id != host("2", user).credential_id


def test_the_signed_in_user_is_one_credential_without_a_password() -> None:
    first, second = host("1", None, "current-user"), host("2", None, "current-user")
    assert first.credential_id == second.credential_id
    assert not first.needs_password


def test_kerberos_needs_a_password_only_for_a_named_user() -> None:
    assert not host("1", None, "kerberos").needs_password
    assert host("1", "admin@lab.test", "kerberos").needs_password

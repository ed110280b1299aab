"""`hvdesk hosts` and `hvdesk vms` against real WinRM on loopback: listing, adding, testing, removing, and bad input."""

import json
import re
import socket
from pathlib import Path

import pytest
from labhelp import Lab
from terminal import Done, Terminal


def https(lab: Lab, host: str, *more: str) -> list[str]:
    """Options that reach a host of the lab over https as somebody who is not in its list."""
    return ["--address", "127.0.0.1", "--port", str(lab.host(host).https_port), "--https", *more]


def admin(lab: Lab) -> list[str]:
    return ["--user", lab.default_account().user, "--password-stdin", "--session-only"]


def code_of(done: Done) -> str:
    return str(done.last["error"]["code"])


def test_the_labs_hosts_are_listed_and_answer(looking: Terminal) -> None:
    done = looking.run("hosts", "--json")
    assert done.code == 0
    rows = {row["name"]: row for row in done.rows}
    assert {"HV01", "HV02", "HV03", "HV04"} <= set(rows)
    keys = "name id address port https logon user remember state computer domain os version cluster error"
    assert all(list(row) == keys.split() for row in done.rows)
    assert rows["HV01"]["state"] == "connected"
    assert (rows["HV01"]["computer"], rows["HV01"]["domain"]) == ("HV01", "lab.test")
    assert rows["HV03"]["version"] == "10.0.17763"
    table = looking.run("hosts")
    assert table.code == 0
    assert re.search(r"^HV01 +127\.0\.0\.1 ", table.out, re.MULTILINE)


def test_a_host_that_does_not_answer_is_a_row_with_its_reason(terminal: Terminal, lab: Lab) -> None:
    lab.command({"cmd": "fault", "host": "HV02", "point": "connect", "action": "refuse", "times": 100})
    done = terminal.run("hosts", "--json")
    rows = {row["name"]: row for row in done.rows}
    assert done.code == 0
    assert rows["HV01"]["state"] == "connected"
    assert rows["HV02"]["state"] == "error"
    assert rows["HV02"]["error"]["next"]
    vms = terminal.run("vms", "--json")
    assert vms.code == 3
    assert {row["host"] for row in vms.rows} >= {"HV01", "HV03"}
    assert "HV02" in vms.err


def test_vms_of_one_host(looking: Terminal) -> None:
    rows = looking.run("vms", "--host", "hv01", "--json").rows
    web = next(row for row in rows if row["name"] == "web-01")
    assert web["host"] == "HV01"
    keys = "host name id state status operational cpu_percent memory_bytes uptime_seconds version clustered"
    assert list(web) == keys.split()
    assert web["state"] == "Running"
    assert {row["host"] for row in rows} == {"HV01"}


def test_hostile_names_cannot_play_with_the_terminal(looking: Terminal) -> None:
    table = looking.run("vms", "--host", "HV01").out
    assert "\u202e" not in table
    assert "<U+202E>" in table
    assert "tick ` and<U+000A>newline" in table
    rows = looking.run("vms", "--host", "HV01", "--json")
    assert rows.out.isascii()
    assert any("\n" in row["name"] for row in rows.rows)
    assert any("\u202e" in row["name"] for row in rows.rows)


def test_a_host_is_added_listed_tested_and_removed(looking: Terminal, shared_lab: Lab) -> None:
    assert looking.run("hosts", "remove", "HV02").code == 0
    assert "HV02" not in looking.run("hosts").out
    words = https(shared_lab, "HV02", "--ca", shared_lab.ca_file, *admin(shared_lab))
    added = looking.run("hosts", "add", "second", *words, "--json", stdin=shared_lab.default_account().password + "\n")
    assert added.code == 0, added.err
    assert (added.last["event"], added.last["name"], added.last["computer"]) == ("done", "second", "HV02")
    tested = looking.run("hosts", "test", "second", "--json")
    assert (tested.code, tested.last["computer"]) == (0, "HV02")
    assert looking.run("hosts", "remove", "SECOND").code == 0
    assert looking.run("hosts", "remove", "second", "--json").code == 2


def test_the_same_machine_is_refused_under_any_name(looking: Terminal, shared_lab: Lab) -> None:
    words = https(shared_lab, "HV02", "--ca", shared_lab.ca_file, *admin(shared_lab))
    done = looking.run("hosts", "add", "other", *words, "--json", stdin=shared_lab.default_account().password + "\n")
    assert (done.code, code_of(done)) == (1, "host.same_machine")
    assert "HV02" in done.last["error"]["what"]
    assert "other" not in looking.run("hosts").out


def test_a_name_that_is_taken_is_refused_before_anything_is_sent(looking: Terminal, shared_lab: Lab) -> None:
    done = looking.run("hosts", "add", "hv01", "--address", "192.0.2.1", *admin(shared_lab), "--json", stdin="x\n")
    assert (done.code, code_of(done)) == (1, "host.name_taken")


def test_a_host_need_not_be_listed(looking: Terminal, shared_lab: Lab) -> None:
    words = ["--user", shared_lab.default_account().user, "--password-stdin", "--pin", "0" * 64]
    stranger = looking.run("vms", "--host", "new", *https(shared_lab, "HV03", *words), "--json", stdin="wrong\n")
    assert stranger.code == 3
    account = shared_lab.default_account()
    words = ["--user", account.user, "--password-stdin", "--ca", shared_lab.ca_file]
    found = looking.run(
        "vms", "--host", "new", *https(shared_lab, "HV03", *words), "--json", stdin=account.password + "\n"
    )
    assert found.code == 0, found.err
    assert {row["host"] for row in found.rows} == {"new"}
    assert "new" not in looking.run("hosts").out


@pytest.mark.parametrize("words", [["hosts", "test"], ["vms", "--host"], ["hosts", "remove"]])
def test_an_unknown_host_is_wrong_usage(looking: Terminal, words: list[str]) -> None:
    done = looking.run(*words, "HV99", "--json")
    assert (done.code, code_of(done)) == (2, "host.not_listed")
    assert "HV99" in looking.run(*words, "HV99").err


def test_a_wrong_password_costs_one_failed_logon_however_many_hosts_share_it(terminal: Terminal, lab: Lab) -> None:
    account = lab.default_account()
    lab.command({"cmd": "password", "user": account.user, "password": "changed-meanwhile"})
    done = terminal.run("hosts", "--json")
    codes = sorted(row["error"]["code"] for row in done.rows)
    assert codes.count("logon.refused") == 1
    assert set(codes) == {"logon.refused", "logon.stopped"}
    failed = sum(_failed_logons(lab, host["name"]) for host in lab.state["hosts"])
    assert failed == 1
    lab.command({"cmd": "password", "user": account.user, "password": account.password})
    assert {row["state"] for row in terminal.run("hosts", "--json").rows} == {"connected"}


def _failed_logons(lab: Lab, host: str) -> int:
    return sum(counts["failed"] for counts in lab.log(host)["logons"].values())


def test_a_wrong_password_is_said_and_not_kept(terminal: Terminal, lab: Lab) -> None:
    terminal.run("hosts", "remove", "HV02")
    words = https(lab, "HV02", "--ca", lab.ca_file, "--user", "LAB\\halfadmin", "--password-stdin", "--session-only")
    done = terminal.run("hosts", "add", "HV02", *words, "--json", stdin="wr0ng-secret\n")
    assert (done.code, code_of(done)) == (3, "logon.refused")
    assert "HV02" not in terminal.run("hosts").out
    for path in terminal.data.rglob("*"):
        assert path.is_dir() or b"wr0ng-secret" not in path.read_bytes()


def test_a_password_that_is_no_text_is_said_before_anything_is_sent(terminal: Terminal, lab: Lab) -> None:
    words = https(lab, "HV02", "--ca", lab.ca_file, "--user", "LAB\\halfadmin", "--password-stdin", "--session-only")
    done = terminal.run("hosts", "add", "Two", *words, "--json", stdin="p\udce4ss\n", errors="surrogateescape")
    assert (done.code, code_of(done)) == (2, "input.password_encoding")
    assert lab.log("HV02")["logons"] == {}


def test_an_account_without_rights_is_told_apart_from_a_wrong_password(looking: Terminal, shared_lab: Lab) -> None:
    account = shared_lab.account("no-rights")
    done = looking.run("hosts", "test", "HV01", "--user", account.user, "--json")
    assert (done.code, code_of(done)) == (3, "host.access_denied")


def test_a_refused_port(looking: Terminal, shared_lab: Lab) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
        done = looking.run("hosts", "test", "HV01", "--port", port, "--json")
    assert (done.code, code_of(done)) == (3, "host.refused")
    assert port in done.last["error"]["what"]


def test_an_untrusted_certificate(terminal: Terminal, lab: Lab) -> None:
    words = https(lab, "HV01", "--user", lab.default_account().user)
    done = terminal.run("hosts", "test", "HV01", *words, "--json")
    assert (done.code, code_of(done)) == (3, "tls.untrusted")
    trusted = terminal.run("hosts", "test", "HV01", *words, "--ca", lab.ca_file, "--json")
    assert trusted.code == 0, trusted.err
    assert _failed_logons(lab, "HV01") == 0


def test_a_name_that_nobody_bears(looking: Terminal) -> None:
    done = looking.run("hosts", "test", "HV01", "--address", "no-such-host.invalid", "--json")
    assert (done.code, code_of(done)) == (3, "host.name_unknown")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--port", "0"], "input.port"),
        (["--port", "70000"], "input.port"),
        (["--port", "x"], "input.port"),
        (["--address", "bad name"], "input.host"),
        (["--https", "--pin", "123"], "input.pin"),
        (["--https", "--ca", "/no/such/file.pem"], "input.file"),
        (["--pin", "0" * 64], "input.trust"),
    ],
)
def test_wrong_values_are_wrong_usage(looking: Terminal, words: list[str], code: str) -> None:
    done = looking.run("hosts", "test", "HV01", *words, "--json")
    assert (done.code, code_of(done)) == (2, code)


def test_without_a_safe_keyring_nothing_is_kept_and_the_way_out_is_said(looking: Terminal, shared_lab: Lab) -> None:
    done = looking.run("hosts", "test", "HV01", "--user", "LAB\\somebody", "--json")
    assert (done.code, code_of(done)) == (3, "logon.no_credential")


def test_a_host_that_became_another_machine_is_shown(looking: Terminal) -> None:
    looking.run("hosts", "remove", "HV02")
    settings = looking.data / "settings.json"
    raw = json.loads(settings.read_text())
    next(host for host in raw["hosts"] if host["name"] == "HV03")["identity"] = ["hv33", "lab.test"]
    settings.write_text(json.dumps(raw))
    done = looking.run("hosts", "test", "HV03", "--json")
    assert (done.code, code_of(done)) == (3, "host.identity_changed")
    rows = {row["name"]: row for row in looking.run("hosts", "--json").rows}
    assert rows["HV03"]["error"]["code"] == "host.identity_changed"


def test_broken_settings_are_said_and_left_alone(looking: Terminal) -> None:
    looking.data.mkdir()
    settings = Path(looking.data, "settings.json")
    settings.write_text("{")
    done = looking.run("hosts", "--json")
    assert (done.code, code_of(done)) == (1, "settings.broken")
    assert settings.read_text() == "{"

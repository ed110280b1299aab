"""`hvdesk move` end to end: over real WinRM to the lab's hosts, with what the world says afterwards."""

from typing import Any

import pytest
from labhelp import Lab
from terminal import Done, Terminal

FOLDER = "D:\\VMs"


def world(lab: Lab, **command: Any) -> dict[str, Any]:
    return lab.command({"cmd": "world", **command})


def shown(lab: Lab) -> dict[str, Any]:
    return lab.command({"cmd": "show"})


def names_on(lab: Lab, host: str) -> list[str]:
    return [vm["name"] for vm in shown(lab)["hosts"][host]["vms"]]


def executed(lab: Lab, cmdlet: str) -> int:
    return sum(1 for call in shown(lab)["calls"] if call["cmdlet"] == cmdlet)


def nothing_left(lab: Lab) -> bool:
    return not any(host["planned"] for host in shown(lab)["hosts"].values())


def move(terminal: Terminal, vm: str, *more: str, source: str = "HV01", to: str = "HV02", path: str = FOLDER) -> Done:
    return terminal.run("move", "--from", source, "--to", to, "--path", path, "--json", *more, "--", vm)


def refused(done: Done, code: str) -> bool:
    """Exit 4, the code as the last object's error, and the same in words a reader understands."""
    error = done.last["error"]
    return (done.code, done.last["event"], error["code"]) == (4, "failed", code) and bool(error["next"])


@pytest.fixture
def fast(lab: Lab) -> Lab:
    """A world in which migrations take a second."""
    lab.command({"cmd": "clock", "speed": 20})
    return lab


def test_a_running_vm_moves_and_both_hosts_confirm_it(terminal: Terminal, fast: Lab) -> None:
    done = move(terminal, "web-01")
    assert done.code == 0, done.err
    assert (done.last["event"], done.last["vm"]) == ("done", "web-01")
    assert (done.last["source"], done.last["destination"], done.last["error"]) == ("HV01", "HV02", None)
    assert list(done.last) == ["event", "vm", "id", "source", "destination", "job", "error"]
    progress = [event for event in done.events if event["event"] == "progress"]
    keys = "event job vm id state phase percent storage_done_bytes storage_total_bytes note"
    assert all(list(event) == keys.split() for event in progress)
    assert {"queued", "moving", "done"} <= {event["state"] for event in progress}
    assert "web-01" in names_on(fast, "HV02")
    assert "web-01" not in names_on(fast, "HV01")
    assert executed(fast, "Move-VM") == 1
    assert nothing_left(fast)
    jobs = terminal.run("jobs", "--json").rows
    assert [(job["vm_name"], job["state"]) for job in jobs] == [("web-01", "done")]


def test_without_json_the_result_is_on_standard_output_and_progress_elsewhere(terminal: Terminal, fast: Lab) -> None:
    done = terminal.run("move", "app-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER)
    assert (done.code, done.out) == (0, "app-01 was moved from HV01 to HV02.\n")
    assert "moving" in done.err


def test_check_and_script_start_nothing(looking: Terminal, shared_lab: Lab) -> None:
    checked = move(looking, "web-01", "--check")
    assert (checked.code, checked.last["event"]) == (0, "check")
    assert checked.last["script"].startswith("Move-VM ")
    script = looking.run("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--show-script")
    assert script.code == 0
    assert script.out == checked.last["script"]
    assert "It was not started." in script.err
    assert executed(shared_lab, "Move-VM") == 0
    assert nothing_left(shared_lab)
    assert looking.run("jobs", "--json").rows == []


def test_a_warning_stops_until_its_code_is_accepted(terminal: Terminal, fast: Lab) -> None:
    stopped = move(terminal, "replica-primary")
    assert refused(stopped, "vm.replica")
    assert "--accept vm.replica" in stopped.err
    assert refused(move(terminal, "replica-primary", "--accept", "vm.other"), "vm.replica")
    assert executed(fast, "Move-VM") == 0
    assert move(terminal, "replica-primary", "--accept", "vm.replica").code == 0


def test_nothing_accepts_a_blocker(looking: Terminal, shared_lab: Lab) -> None:
    assert refused(move(looking, "san-passthrough", "--accept", "vm.pass_through"), "vm.pass_through")
    assert executed(shared_lab, "Move-VM") == 0


def test_a_vm_that_is_not_there(looking: Terminal, shared_lab: Lab) -> None:
    assert refused(move(looking, "no-such-vm"), "vm.not_found")


def test_two_vms_of_one_name_are_told_apart_by_their_ids(looking: Terminal, shared_lab: Lab) -> None:
    done = move(looking, "twin")
    assert refused(done, "vm.ambiguous")
    ids = [row["id"] for row in looking.run("vms", "--host", "HV01", "--json").rows if row["name"] == "twin"]
    assert len(ids) == 2
    assert all(vm_id in done.last["error"]["what"] for vm_id in ids)
    assert move(looking, ids[1].upper(), "--check").code == 0


def test_a_vm_that_is_deleted_during_the_check_ends_in_a_clear_failure(terminal: Terminal, fast: Lab) -> None:
    gone = {"cmd": "world", "do": "delete", "host": "HV01", "vm": "web-01"}
    world(fast, do="when", event="compare-ended", then=gone)
    done = move(terminal, "web-01")
    assert done.code in (1, 4)
    assert done.last["event"] == "failed"
    assert done.last["error"]["what"]


@pytest.mark.parametrize(
    ("path", "code", "exit_code"),
    [
        ("D:\\Nowhere", "folder.missing", 4),
        ("Q:\\VMs", "folder.device", 4),
        ("VMs", "input.folder", 2),
        ("D:\\a|b", "input.folder_character", 2),
        ("D:\\CON", "input.folder_device", 2),
        ("D:\\VMs.", "input.folder_trailing", 2),
    ],
)
def test_a_folder_that_cannot_be(looking: Terminal, shared_lab: Lab, path: str, code: str, exit_code: int) -> None:
    done = move(looking, "web-01", path=path)
    assert (done.code, done.last["error"]["code"]) == (exit_code, code)
    assert executed(shared_lab, "Move-VM") == 0


def test_not_enough_space(terminal: Terminal, lab: Lab) -> None:
    world(lab, do="free", host="HV02", volume="D:\\", gb=10)
    assert refused(move(terminal, "web-01"), "folder.no_space")


def test_the_same_computer_under_another_name(looking: Terminal, shared_lab: Lab) -> None:
    again = ["--to-address", "127.0.0.1", "--to-port", str(shared_lab.host("HV01").https_port), "--to-https"]
    again += ["--to-ca", shared_lab.ca_file, "--to-user", shared_lab.default_account().user]
    assert refused(move(looking, "web-01", *again, to="the-other-one"), "pair.same_host")


@pytest.mark.parametrize("host", ["HV01", "HV02"])
def test_live_migration_disabled_on_either_side(terminal: Terminal, lab: Lab, host: str) -> None:
    world(lab, do="settings", host=host, enabled=False)
    assert refused(move(terminal, "web-01"), "pair.migration_disabled")


def test_no_credential_for_the_second_hop(looking: Terminal, shared_lab: Lab) -> None:
    done = move(looking, "file-01", "--from-logon", "ntlm", source="HV03", to="HV01")
    assert refused(done, "hop.no_credential")


def test_a_host_that_is_full_is_waited_for(terminal: Terminal, lab: Lab) -> None:
    world(lab, do="settings", host="HV01", max_vm_migrations=1)
    others = {"cmd": "world", "do": "migrate", "host": "HV01", "vm": "db-01", "destination": "HV02", "folder": FOLDER}
    world(lab, do="when", event="compare-ended", then=others)
    running = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json")
    running.until(lambda event: event.get("note") == "slots.wait")
    assert executed(lab, "Move-VM") == 0
    rows = terminal.run("jobs", "--json").rows
    assert ("db-01", "moving", False) in [(job["vm_name"], job["state"], job["ours"]) for job in rows]
    lab.command({"cmd": "clock", "speed": 50})
    assert running.wait().last["event"] == "done"
    assert executed(lab, "Move-VM") == 1


def test_names_made_to_break_quoting_move_as_any_other(terminal: Terminal, fast: Lab) -> None:
    names = ["-dash", 'it\'s "quoted" `tick` $(Remove-VM *)', "line\nbreak", "\u202egnp.exe", "\U0001f680 сервер"]
    for name in names:
        world(fast, do="add", host="HV01", vm={"name": name, "state": "Off", "memory_gb": 1})
    for name in names:
        done = move(terminal, name)
        assert (done.code, done.last["vm"]) == (0, name), done.err
    assert set(names) <= set(names_on(fast, "HV02"))
    table = terminal.run("jobs").out
    assert "\u202e" not in table
    assert "line<U+000A>break" in table


def test_a_destination_that_refuses_the_password(looking: Terminal, shared_lab: Lab) -> None:
    described = ["--to-address", "127.0.0.1", "--to-port", str(shared_lab.host("HV02").https_port), "--to-https"]
    described += ["--to-ca", shared_lab.ca_file, "--to-user", "LAB\\halfadmin", "--to-password-stdin"]
    words = ["move", "web-01", "--from", "HV01", "--to", "new", "--path", FOLDER, *described, "--json"]
    done = looking.run(*words, stdin="wrong\n")
    assert (done.code, done.last["error"]["code"], done.last["error"]["host"]) == (3, "logon.refused", "new")


def test_control_c_cancels_and_the_vm_is_where_it_was(terminal: Terminal, lab: Lab) -> None:
    running = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json")
    running.until(lambda event: event.get("phase") == "storage")
    running.interrupt()
    done = running.wait()
    assert (done.code, done.last["event"]) == (130, "cancelled"), done.err
    assert "cancel" in done.err.lower()
    assert "web-01" in names_on(lab, "HV01")
    assert "web-01" not in names_on(lab, "HV02")
    assert nothing_left(lab)


def test_control_c_during_the_check_starts_nothing(terminal: Terminal, lab: Lab) -> None:
    lab.command({"cmd": "clock", "hold": True})  # Compare-VM takes its time on the world's clock
    running = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json")
    lab.until(lambda: executed(lab, "Compare-VM") == 1, 30)
    running.interrupt()
    lab.command({"cmd": "clock", "hold": False})
    done = running.wait()
    assert (done.code, done.last["event"]) == (130, "cancelled")
    assert executed(lab, "Move-VM") == 0
    assert nothing_left(lab)


@pytest.mark.parametrize(("dies", "end", "where"), [(False, "done", "HV02"), (True, "failed", "HV01")])
def test_after_kill_9_the_move_is_found_followed_and_verified(
    terminal: Terminal, lab: Lab, dies: bool, end: str, where: str
) -> None:
    lab.command({"cmd": "switch", "name": "move_dies_with_shell", "value": dies})
    running = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json")
    running.until(lambda event: event.get("phase") == "storage")
    running.kill()
    found = terminal.start("jobs", "--watch", "--json")
    seen = found.until(lambda event: event["event"] == "progress" and event["percent"] is not None)
    assert (seen["vm"], seen["state"]) == ("web-01", "moving")
    lab.command({"cmd": "expire", "host": "HV01"})  # the shell of the killed program, long before it would by itself
    lab.command({"cmd": "clock", "speed": 20})
    assert found.wait().last["event"] == end
    assert [host for host in ("HV01", "HV02") if "web-01" in names_on(lab, host)] == [where]
    (verified,) = terminal.run("jobs", "--json").rows
    assert (verified["state"], verified["source"], verified["destination"]) == (end, "HV01", "HV02")
    assert executed(lab, "Move-VM") == 1
    assert nothing_left(lab)


def test_the_move_needs_no_qt(terminal: Terminal, fast: Lab) -> None:
    assert (
        terminal.without("PySide6")
        .run("move", "app-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER)
        .out.startswith("app-01 was moved")
    )


def test_no_file_of_the_program_holds_the_password(terminal: Terminal, fast: Lab) -> None:
    move(terminal, "app-01")
    secrets = [account["password"].encode() for account in fast.state["accounts"]]
    files = [path for path in terminal.data.rglob("*") if path.is_file()]
    assert {"settings.json", "journal.sqlite", "hvdesk.log"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path


def test_a_move_whose_hosts_are_away_is_left_as_unknown_and_found_again(terminal: Terminal, lab: Lab) -> None:
    running = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json")
    running.until(lambda event: event.get("phase") == "storage")
    for host in ("HV01", "HV02"):
        lab.command({"cmd": "fault", "host": host, "point": "connect", "action": "refuse", "times": 10_000})
        lab.command({"cmd": "cut", "host": host})
    running.until(lambda event: event.get("state") == "unknown")
    running.interrupt()
    running.hear("Ctrl+C again")
    running.interrupt()
    left = running.wait()
    assert (left.code, left.last["event"]) == (5, "unknown")
    assert "hvdesk jobs" in left.err
    lab.command({"cmd": "clear"})
    lab.command({"cmd": "clock", "speed": 20})
    followed = terminal.run("jobs", "--watch", "--json")
    assert (followed.code, followed.last["event"]) == (0, "done")
    assert executed(lab, "Move-VM") == 1
    assert "web-01" in names_on(lab, "HV02")


def test_a_host_that_goes_on_in_spite_of_the_wish_to_cancel_is_said(terminal: Terminal, lab: Lab) -> None:
    lab.command({"cmd": "switch", "name": "cancel_needs_kill", "value": True})
    running = terminal.start("move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json")
    running.until(lambda event: event.get("phase") == "storage")
    running.interrupt()
    running.until(lambda event: event.get("state") == "cancelling")
    lab.command({"cmd": "clock", "speed": 20})
    done = running.wait()
    assert (done.code, done.last["event"]) == (0, "done")
    assert "Asked to cancel" in done.err


def test_watching_ends_with_the_move_of_another_admin(terminal: Terminal, lab: Lab) -> None:
    hold = {"cmd": "world", "do": "when", "event": "phase:storage-1", "then": {"cmd": "clock", "hold": True}}
    lab.command(hold)
    other = {"do": "migrate", "host": "HV01", "vm": "db-01", "destination": "HV02", "folder": "D:\\Export"}
    lab.command({"cmd": "world", **other})
    watching = terminal.start("jobs", "--watch", "--json")
    watching.until(lambda event: (event["event"], event["vm"]) == ("progress", "db-01"))
    lab.until(lambda: bool(lab.command({"cmd": "show"})["clock"]["held"]))
    lab.command({"cmd": "clock", "hold": False, "speed": 20})
    done = watching.wait()
    assert (done.code, done.last["event"], done.last["vm"]) == (0, "done", "db-01")

"""Core on real WinRM to a lab: the list of hosts, passwords, two programs side by side, and how it ends."""

import os
import queue
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyrings import ALLOWED_IN_TESTS, MemoryKeyring
from labhelp import Lab
from terminal import Terminal

from hvdesk.app.build import opened
from hvdesk.app.core import Core
from hvdesk.credentials.vault import Vault
from hvdesk.domain.errors import HvError
from hvdesk.domain.model import HostFacts
from hvdesk.domain.move import JobState, JobView
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.secret import Secret
from hvdesk.settings.schema import HostEntry

SECONDS = 60.0
FOLDER = "D:\\VMs"


def wait(start: Callable[[Callable[[Outcome[Any]], None]], None]) -> Any:
    """Start something with a callback and give its result, or raise its error."""
    answers: queue.Queue[Outcome[Any]] = queue.Queue()
    start(answers.put)
    return answers.get(timeout=SECONDS).get()


def code_of(start: Callable[[Callable[[Outcome[Any]], None]], None]) -> str:
    with pytest.raises(HvError) as error:
        wait(start)
    return error.value.code


@pytest.fixture
def cores() -> Iterator[ExitStack]:
    """Cores entered here are quit at the end of the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """A keyring of the system that the product trusts."""
    before, backend = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(backend)
    monkeypatch.setattr("hvdesk.app.build.Vault", lambda: Vault(ALLOWED_IN_TESTS))
    yield backend
    keyring.set_keyring(before)


def core_on(lab: Lab, data: Path, cores: ExitStack) -> Core:
    return cores.enter_context(opened(str(lab.state_file), data, 10))


@pytest.fixture
def core(nothing_left: None, lab: Lab, tmp_path: Path, cores: ExitStack) -> Core:
    return core_on(lab, tmp_path, cores)


def second_host(lab: Lab, **changes: Any) -> HostEntry:
    """HV02 over https, as a user would describe it."""
    entry = HostEntry(id="new", name="second", address="127.0.0.1", port=lab.host("HV02").https_port, https=True)
    return replace(entry, ca_file=lab.ca_file, user=lab.default_account().user, **changes)


def test_a_lab_of_our_own_ends_with_the_program(nothing_left: None) -> None:
    with opened("", None, 10) as core:
        host = core.host("hv01")
        facts: HostFacts = wait(lambda done: core.ask(host.id, lambda asked: asked.facts(), done))
        assert (facts.name, core.in_lab) == ("HV01", True)


def test_a_host_is_listed_once_it_has_answered(core: Core, lab: Lab) -> None:
    wait(lambda done: core.remove_host(core.host("HV02").id, done))
    password = Secret(lab.default_account().password)
    facts = wait(lambda done: core.add_host(second_host(lab), password, False, done))
    assert facts.name == "HV02"
    assert core.host("second").identity == ("hv02", "lab.test")
    assert not core.host("second").remember


def test_nothing_is_kept_of_a_host_that_is_refused(core: Core, lab: Lab) -> None:
    before = core.hosts()
    password = Secret(lab.default_account().password)
    entry = second_host(lab)
    assert code_of(lambda done: core.add_host(entry, password, False, done)) == "host.same_machine"
    assert code_of(lambda done: core.add_host(replace(entry, name="HV03"), password, False, done)) == "host.name_taken"
    assert code_of(lambda done: core.add_host(replace(entry, port=0), password, False, done)) == "input.port"
    wait(lambda done: core.remove_host(core.host("HV02").id, done))
    assert code_of(lambda done: core.add_host(entry, Secret("wrong"), False, done)) == "logon.refused"
    assert code_of(lambda done: core.add_host(entry, password, True, done)) == "credential.no_vault"
    assert [host.name for host in core.hosts()] == [host.name for host in before if host.name != "HV02"]


def test_a_wrong_password_that_was_only_tried_does_not_stop_the_good_one(core: Core) -> None:
    host = core.host("HV01")
    assert code_of(lambda done: core.set_password(host.id, Secret("wrong"), False, done)) == "logon.refused"
    assert wait(lambda done: core.ask(host.id, lambda asked: asked.facts(), done)).name == "HV01"


def test_a_new_password_opens_the_gate_for_all_hosts_that_share_it(core: Core, lab: Lab) -> None:
    lab.command({"cmd": "password", "user": lab.default_account().user, "password": "n3w-password"})
    first, second = core.host("HV01"), core.host("HV02")
    assert code_of(lambda done: core.ask(first.id, lambda asked: asked.facts(), done)) == "logon.refused"
    assert code_of(lambda done: core.ask(second.id, lambda asked: asked.facts(), done)) == "logon.stopped"
    wait(lambda done: core.set_password(first.id, Secret("n3w-password"), False, done))
    assert wait(lambda done: core.ask(second.id, lambda asked: asked.facts(), done)).name == "HV02"


def test_a_remembered_password_lies_in_the_keyring_until_its_last_host_goes(
    system: MemoryKeyring, core: Core, lab: Lab, tmp_path: Path
) -> None:
    account = lab.default_account()
    for host in ("HV02", "HV03"):
        wait(lambda done, name=host: core.remove_host(core.host(name).id, done))
    entry = second_host(lab)
    wait(lambda done: core.add_host(entry, Secret(account.password), True, done))
    assert list(system.passwords.values()) == [account.password]
    assert account.password.encode() not in (tmp_path / "settings.json").read_bytes()
    wait(lambda done: core.set_password(core.host("second").id, Secret(account.password), False, done))
    assert system.passwords == {}
    wait(lambda done: core.set_password(core.host("second").id, Secret(account.password), True, done))
    for host in core.hosts():
        wait(lambda done, gone=host: core.remove_host(gone.id, done))
    assert system.passwords == {}


def test_a_locked_keyring_is_said(system: MemoryKeyring, core: Core, lab: Lab) -> None:
    wait(lambda done: core.remove_host(core.host("HV02").id, done))
    system.trouble = keyring.errors.KeyringLocked("locked")
    password = Secret(lab.default_account().password)
    assert code_of(lambda done: core.add_host(second_host(lab), password, True, done)) == "credential.locked"
    assert "second" not in [host.name for host in core.hosts()]


@pytest.mark.parametrize("there", [True, False])
def test_whether_there_is_a_safe_keyring(there: bool, request: pytest.FixtureRequest) -> None:
    if there:
        request.getfixturevalue("system")
    core: Core = request.getfixturevalue("core")
    lab: Lab = request.getfixturevalue("lab")
    assert core.vault_status() in ("checking", "safe", "none")
    lab.until(lambda: core.vault_status() != "checking")
    assert core.vault_status() == ("safe" if there else "none")


def test_a_changed_identity_is_shown_until_it_is_accepted(core: Core, lab: Lab) -> None:
    host = core.host("HV03")
    core.use_host(replace(host, identity=("hv33", "lab.test")), None)
    assert code_of(lambda done: core.ask(host.id, lambda asked: asked.facts(), done)) == "host.identity_changed"
    assert code_of(lambda done: core.test_host(host.id, done)) == "host.identity_changed"
    wait(lambda done: core.accept_identity(host.id, done))
    assert core.host("HV03").identity == ("hv03", "lab.test")
    assert wait(lambda done: core.ask(host.id, lambda asked: asked.facts(), done)).name == "HV03"


def test_a_host_that_another_program_adds_is_told(core: Core, lab: Lab, tmp_path: Path) -> None:
    told: queue.Queue[None] = queue.Queue()
    undo = core.subscribe_hosts(lambda: told.put(None))
    assert Terminal(lab, tmp_path).run("hosts", "remove", "HV04").code == 0
    told.get(timeout=SECONDS)
    assert "HV04" not in [host.name for host in core.hosts()]
    undo()


def test_preferences_are_kept(core: Core, lab: Lab, tmp_path: Path, cores: ExitStack) -> None:
    core.change_preferences(lambda old: replace(old, refresh_seconds=30))
    assert core_on(lab, tmp_path, cores).preferences().refresh_seconds == 30


class Watcher:
    """The views that a core tells of."""

    def __init__(self, core: Core) -> None:
        self._views: queue.Queue[JobView] = queue.Queue()
        core.moves.subscribe(self._views.put)

    def until(self, condition: Callable[[JobView], bool]) -> JobView:
        while not condition(view := self._views.get(timeout=SECONDS)):
            pass
        return view


def test_a_move_of_the_terminal_is_shown_but_not_driven_by_the_open_program(
    core: Core, lab: Lab, tmp_path: Path
) -> None:
    watcher = Watcher(core)
    words = ["move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json"]
    running = Terminal(lab, tmp_path).start(*words)
    seen = watcher.until(lambda view: view.state is JobState.MOVING and view.percent is not None)
    assert not seen.ours
    with pytest.raises(HvError) as refused:
        core.moves.cancel(seen.id)
    assert refused.value.code == "job.not_ours"
    assert code_of(lambda done: core.remove_host(core.host("HV01").id, done)) == "host.in_use"
    lab.command({"cmd": "clock", "speed": 50})
    assert running.wait().last["event"] == "done"
    assert watcher.until(lambda view: view.state.over).state is JobState.DONE
    calls = lab.command({"cmd": "show"})["calls"]
    assert [call["cmdlet"] for call in calls].count("Move-VM") == 1


def test_quitting_leaves_a_move_of_another_program_alone(nothing_left: None, lab: Lab, tmp_path: Path) -> None:
    words = ["move", "web-01", "--from", "HV01", "--to", "HV02", "--path", FOLDER, "--json"]
    with opened(str(lab.state_file), tmp_path, 10) as core:
        running = Terminal(lab, tmp_path).start(*words)
        Watcher(core).until(lambda view: view.state is JobState.MOVING)
        core.quit("cancel", 10)
    lab.command({"cmd": "clock", "speed": 50})
    assert running.wait().last["event"] == "done"


def test_a_second_quit_does_nothing_and_what_comes_later_is_refused(core: Core) -> None:
    core.quit("leave", 10)
    core.quit("cancel", 10)
    host = core.host("HV01")
    assert code_of(lambda done: core.ask(host.id, lambda asked: asked.facts(), done)) == "program.closing"
    assert code_of(lambda done: core.test_host(host.id, done)) == "program.closing"


def test_no_state_file_and_no_folder_are_clear_errors(tmp_path: Path, lab: Lab) -> None:
    (tmp_path / "file").write_text("{}")
    for wrong, folder, code in (
        (str(tmp_path / "none.json"), tmp_path, "lab.no_state"),
        ("no-such-scenario", tmp_path, "lab.not_started"),
        (str(lab.state_file), tmp_path / "file", "program.folder"),
    ):
        with pytest.raises(HvError) as error, opened(wrong, folder, 10):
            pass
        assert error.value.code == code


def test_the_state_files_own_folder_is_used_unless_another_is_given(lab: Lab, tmp_path: Path) -> None:
    state = tmp_path / "lab.json"
    state.write_bytes(lab.state_file.read_bytes())
    with opened(str(state), None, 10):
        assert {"drivers", "hvdesk.log", "settings.json"} <= set(os.listdir(f"{state}.data"))


def test_a_defect_that_ends_the_program_is_in_the_crash_file(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened(str(lab.state_file), tmp_path, 10):
        _ = 1 // 0
    assert "ZeroDivisionError" in (tmp_path / "crash.txt").read_text()
    with pytest.raises(HvError), opened(str(lab.state_file), tmp_path, 10) as core:
        core.host("nobody")
    assert "HvError" not in (tmp_path / "crash.txt").read_text()

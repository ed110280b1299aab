"""The settings file through its store: what is kept, what two programs do to each other, what a broken file gets."""

import dataclasses
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hvdesk.domain.errors import HvError
from hvdesk.settings.schema import HostEntry, Settings
from hvdesk.settings.store import SettingsStore
from hvdesk.settings.watch import SettingsWatch


def entry(name: str) -> HostEntry:
    return HostEntry(id=f"id-{name}", name=name, address=f"{name}.lab.test", user="LAB\\admin", identity=(name, "lab"))


def adding(name: str):
    return lambda settings: dataclasses.replace(settings, hosts=(*settings.hosts, entry(name)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_no_file_means_the_defaults_and_makes_none(path: Path) -> None:
    assert SettingsStore(path).snapshot() == Settings()
    assert not path.exists()


def test_what_was_changed_is_read_by_the_next_program(path: Path) -> None:
    SettingsStore(path).change(adding("hv01"))
    assert SettingsStore(path).snapshot().hosts == (entry("hv01"),)


def test_a_change_is_applied_to_what_another_program_wrote_meanwhile(path: Path) -> None:
    first, second = SettingsStore(path), SettingsStore(path)
    first.snapshot()
    second.change(adding("hv02"))
    first.change(adding("hv01"))
    assert [host.name for host in second.change(lambda same: same).hosts] == ["hv02", "hv01"]


def test_many_programs_at_once_lose_no_change(path: Path) -> None:
    code = (
        "import dataclasses,sys;from pathlib import Path;from hvdesk.settings.schema import HostEntry;"
        "from hvdesk.settings.store import SettingsStore;s=SettingsStore(Path(sys.argv[1]));\n"
        "for n in range(10):\n"
        "  e=HostEntry(id=f'{sys.argv[2]}-{n}',name='x',address='x');\n"
        "  s.change(lambda old: dataclasses.replace(old,hosts=(*old.hosts,e)))"
    )
    programs = [subprocess.Popen([sys.executable, "-c", code, str(path), str(number)]) for number in range(4)]
    assert [program.wait(60) for program in programs] == [0, 0, 0, 0]
    assert len({host.id for host in SettingsStore(path).snapshot().hosts}) == 40


def test_keys_of_a_newer_program_are_kept(path: Path) -> None:
    store = SettingsStore(path)
    store.change(adding("hv01"))
    raw = json.loads(path.read_bytes())
    raw["colour"] = "blue"
    raw["preferences"]["zoom"] = 2
    raw["hosts"][0]["rack"] = 7
    path.write_text(json.dumps(raw))

    SettingsStore(path).change(adding("hv02"))

    written = json.loads(path.read_bytes())
    assert (written["colour"], written["preferences"]["zoom"], written["hosts"][0]["rack"]) == ("blue", 2, 7)
    assert "rack" not in written["hosts"][1]


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b'{"hosts": 1}', b'{"hosts":[{"id":"a","name":"a","address":"a","port":70000}]}', b"\xff\xfe", b""],
)
def test_a_broken_file_is_an_error_and_is_never_overwritten(path: Path, content: bytes) -> None:
    good = SettingsStore(path)
    good.change(adding("hv01"))
    good.change(adding("hv02"))
    path.write_bytes(content)

    with pytest.raises(HvError) as read:
        SettingsStore(path).snapshot()
    with pytest.raises(HvError) as written:
        SettingsStore(path).change(adding("hv03"))

    assert (read.value.code, written.value.code) == ("settings.broken", "settings.broken")
    assert str(path) in read.value.report().what
    assert path.read_bytes() == content
    backup = Path(str(read.value.facts["backup"]))
    assert [host["name"] for host in json.loads(backup.read_bytes())["hosts"]] == ["hv01"]


def test_a_file_of_a_newer_schema_is_left_alone(path: Path) -> None:
    path.write_text('{"version": 99}')
    with pytest.raises(HvError) as error:
        SettingsStore(path).change(adding("hv01"))
    assert error.value.code == "settings.newer"
    assert path.read_text() == '{"version": 99}'


def test_a_change_that_raises_changes_nothing(path: Path) -> None:
    store = SettingsStore(path)
    store.change(adding("hv01"))
    before = path.read_bytes()

    def refuse(settings: Settings) -> Settings:
        raise HvError("host.same_machine")

    with pytest.raises(HvError):
        store.change(refuse)
    assert path.read_bytes() == before
    store.change(adding("hv02"))
    assert len(store.snapshot().hosts) == 2


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "missing" / "settings.json")
    with pytest.raises(HvError) as error:
        store.change(adding("hv01"))
    assert error.value.code == "settings.unwritable"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_user_may_read_the_file(path: Path) -> None:
    SettingsStore(path).change(adding("hv01"))
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("who", ["ours", "theirs"])
def test_a_change_is_told_whoever_made_it(path: Path, who: str) -> None:
    stores = {"ours": SettingsStore(path), "theirs": SettingsStore(path)}
    told = threading.Event()
    watch = SettingsWatch(stores["ours"], told.set, seconds=0.01)
    try:
        stores[who].change(adding("hv01"))
        assert told.wait(10)
        assert stores["ours"].snapshot().hosts == (entry("hv01"),)
    finally:
        watch.close()


def test_a_file_broken_meanwhile_leaves_the_settings_known_so_far(path: Path) -> None:
    ours, theirs = SettingsStore(path), SettingsStore(path)
    ours.change(adding("hv01"))
    path.write_text("{")
    with pytest.raises(HvError):
        ours.reload_if_changed()
    assert ours.snapshot().hosts == (entry("hv01"),)
    path.unlink()
    theirs.change(adding("hv02"))
    ours.reload_if_changed()
    assert ours.snapshot().hosts == (entry("hv02"),)

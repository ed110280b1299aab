"""The scenario as the agent's reading operations show it; hostile names come through unharmed."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_world.worldhelp import Agent, Failed, command, vm_id

from hvdesk.lab.scenario import ScenarioError, load
from hvdesk.lab.world.world import World

GIB = 2**30
HOSTILE = [
    "$(Remove-VM *)'\"",
    "tick ` and\nnewline; exit",
    "خادم \u202eemag\u202c الويب",
    "🚀 \U0001d4b1\u2133 сервер 服务器",
]


def test_host_facts(world: World) -> None:
    facts = {name: Agent(world, name).ask("host_facts") for name in ("HV01", "HV02", "HV03", "HV04")}
    assert [(f["name"], f["fqdn"], f["os_version"]) for f in facts.values()] == [
        ("HV01", "hv01.lab.test", "10.0.20348"),
        ("HV02", "hv02.lab.test", "10.0.20348"),
        ("HV03", "hv03.lab.test", "10.0.17763"),
        ("HV04", "hv04.lab.test", "10.0.20348"),
    ]
    assert [f["migration"]["authentication"] for f in facts.values()] == ["Kerberos", "Kerberos", "CredSSP", "CredSSP"]
    assert [f["migration"]["enabled"] for f in facts.values()] == [True, True, True, False]
    assert "10.0" in facts["HV01"]["vm_versions"]
    assert "10.0" not in facts["HV03"]["vm_versions"]
    data = facts["HV01"]["volumes"][1]
    assert data["root"] == "D:\\"
    assert 0 < data["free_bytes"] < data["size_bytes"] == 6144 * GIB


def test_settings_changed_by_somebody_are_seen(world: World) -> None:
    command(world, "world", do="settings", host="hv02.lab.test", enabled=False, max_vm_migrations=5)
    migration = Agent(world, "HV02").ask("host_facts")["migration"]
    assert (migration["enabled"], migration["max_vm_migrations"]) == (False, 5)


def test_vm_list(world: World) -> None:
    vms = Agent(world, "HV01").ask("list_vms")["vms"]
    names = [vm["name"] for vm in vms]
    assert set(HOSTILE) <= set(names)
    assert names.count("twin") == 2
    assert len({vm["id"] for vm in vms}) == len(vms)
    assert {vm["state"] for vm in vms} == {"Running", "Off", "Saved", "Paused"}
    assert all(vm["id"] == vm["id"].lower() for vm in vms)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_move(quick: World, name: str) -> None:
    wanted = vm_id(quick, name)
    Agent(quick, "HV01").transfer("Move-VM", wanted, folder="D:\\VMs\\it's $(x) `a` 🚀")
    moved = Agent(quick, "HV02").ask("vm_details", vm_id=wanted)
    assert moved["summary"]["name"] == name
    assert moved["config_path"] == "D:\\VMs\\it's $(x) `a` 🚀"


def test_details(world: World) -> None:
    agent = Agent(world, "HV01")
    db = agent.ask("vm_details", vm_id=vm_id(world, "db-01").upper())
    (disk,) = db["disks"]
    assert (disk["controller"], disk["format"], len(disk["parents"])) == ("SCSI 0:0", "VHDX", 2)
    assert (disk["size_bytes"], disk["file_bytes"]) == (100 * GIB, 52 * GIB)
    first, second = db["checkpoints"]
    assert (first["parent_id"], second["parent_id"]) == (None, first["id"])
    raw = agent.ask("vm_details", vm_id=vm_id(world, "san-passthrough"))["disks"][1]
    assert (raw["physical"], raw["size_bytes"], raw["file_bytes"], raw["format"]) == (True, None, None, None)
    iso = agent.ask("vm_details", vm_id=vm_id(world, "install-iso"))["dvds"]
    assert [(drive["media"], drive["path"]) for drive in iso] == [("ISO", "D:\\ISO\\en-us_windows_server_2022.iso")]
    saved = agent.ask("vm_details", vm_id=vm_id(world, "test-saved"))
    assert saved["system_bytes"] > 4 * GIB
    replica = agent.ask("vm_details", vm_id=vm_id(world, "replica-primary"))
    assert (replica["replication_state"], replica["replication_mode"]) == ("Replicating", "Primary")


def test_a_vm_that_is_not_here(world: World) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    agent = Agent(world, "HV01")
    with pytest.raises(Failed, match=r"HvDesk\.VmNotFound"):
        agent.ask("vm_details", vm_id=missing)
    assert agent.presence(missing) == {
        "vm_id": missing,
        "present": False,
        "state": None,
        "operational": [],
        "planned": False,
        "planned_in_use": False,
    }


def test_folders(world: World) -> None:
    agent = Agent(world, "HV02")
    assert agent.ask("list_folder", path="")["folders"] == ["C:\\", "D:\\", "E:\\"]
    listing = agent.ask("list_folder", path="d:\\vms\\")
    assert (listing["path"], listing["folders"]) == ("d:\\vms\\", ["build-agent", "print-01"])
    assert listing["free_bytes"] < listing["size_bytes"] == 2048 * GIB
    made = agent.call("New-Item", ("Path", "text", "D:\\VMs\\new\\deep"), ("ItemType", "text", "Directory"))
    assert made == {"path": "D:\\VMs\\new\\deep"}
    assert agent.ask("list_folder", path="D:\\VMs\\NEW")["folders"] == ["deep"]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("D:\\nope", "HvDesk.FolderNotFound"),
        ("D:\\a*b", "HvDesk.FolderNotFound"),
        ("Q:\\x", "HvDesk.DriveNotFound"),
        ("D:/VMs", "HvDesk.DriveNotFound"),
        ("VMs", "HvDesk.DriveNotFound"),
        ("\\\\files\\share", "HvDesk.FolderNotFound"),
    ],
)
def test_folders_that_are_not_there(world: World, path: str, error: str) -> None:
    with pytest.raises(Failed) as failure:
        Agent(world, "HV02").ask("list_folder", path=path)
    assert failure.value.name == error


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("D:\\VMs", "DirectoryExist"),
        ("D:\\vms\\PRINT-01\\", "DirectoryExist"),
        ("Q:\\new", "DriveNotFound"),
        ("D:\\new?", "CreateDirectoryArgumentError"),
    ],
)
def test_folders_that_cannot_be_made(world: World, path: str, error: str) -> None:
    with pytest.raises(Failed) as failure:
        Agent(world, "HV02").call("New-Item", ("Path", "text", path), ("ItemType", "text", "Directory"))
    assert failure.value.error["id"] == f"{error},Microsoft.PowerShell.Commands.NewItemCommand"


def test_a_misspelt_scenario_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('name = "x"\ndomain = "d"\nnetbios = "D"\naccounts = []\nhost = []\ndefault_account = "x"\n')
    with pytest.raises(ScenarioError, match="host"):
        load(str(file))
    file.write_text('name = "x"\ndomain = "d"\nnetbios = "D"\naccounts = []\nhosts = []\ndefault_account = "x"\n')
    with pytest.raises(ScenarioError, match="no account x"):
        load(str(file))
    with pytest.raises(ScenarioError, match="no scenario 'nope'"):
        load("nope")


def test_passwords_are_made_up_and_never_shown() -> None:
    first, second = World(load("standard")), World(load("standard"))
    assert [account.user for account in first.accounts][:3] == ["LAB\\admin", "LAB\\norights", "LAB\\halfadmin"]
    assert all(a.password != b.password for a, b in zip(first.accounts, second.accounts, strict=True))
    assert not any(account.password in repr(account) for account in first.accounts)
    assert first.accounts[0].admin_on == set(first.hosts)
    assert first.accounts[2].admin_on == {"HV01"}

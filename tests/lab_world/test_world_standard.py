"""The standard scenario holds what administrators meet, and each of it behaves as its Windows does."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_world.worldhelp import CREDSSP, Agent, Failed, command, vm_id

from hvdesk.lab.programs import Caller
from hvdesk.lab.scenario import ScenarioError, load
from hvdesk.lab.world.world import World


def facts(world: World, host: str) -> dict[str, object]:
    answer: dict[str, object] = Agent(world, host).ask("host_facts")
    return answer


def test_hosts_of_every_kind(world: World) -> None:
    every = {name: facts(world, name) for name in world.hosts}
    releases = {str(one["os_version"]) for one in every.values()}
    assert releases == {"6.2.9200", "6.3.9600", "10.0.17763", "10.0.20348", "10.0.26100"}
    assert [name for name, one in every.items() if one["cpu_manufacturer"] == "AuthenticAMD"] == ["HV05"]
    assert [name for name, one in every.items() if one["credential_guard"]] == ["HV25"]
    assert [name for name, one in every.items() if one["domain"] is None] == ["WG01"]
    assert [name for name, one in every.items() if one["cluster"] == "CL01"] == ["CL01-N1", "CL01-N2"]


def test_old_windows_lacks_what_came_later(world: World) -> None:
    old, newer = facts(world, "HV12"), facts(world, "HV12R2")
    assert [(one["vm_versions"], one["credential_guard"]) for one in (old, newer)] == [([], None)] * 2
    assert [one["migration"]["performance"] for one in (old, newer)] == [None, "Compression"]  # type: ignore[index]
    details = Agent(world, "HV12").ask("vm_details", vm_id=vm_id(world, "old-crm"))
    assert (details["summary"]["version"], details["tpm"], details["shielded"]) == ("", None, None)


def test_vms_of_every_kind(world: World) -> None:
    with world.locked():
        every = [machine for host in world.hosts.values() for machine in host.machines.values()]
    assert {machine.state for machine in every} >= {"Running", "Off", "Saved", "Paused"}
    disks = [disk for machine in every for disk in machine.disks]
    assert any(disk.physical for disk in disks)
    assert any(file.unmanaged for disk in disks for file in disk.chain), "a differencing disk"
    assert any(len(machine.disks) > 1 for machine in every)
    assert any(machine.checkpoints for machine in every)
    assert any(path for machine in every for path in machine.dvds)
    assert any(machine.clustered for machine in every)
    assert any("BackingUpVirtualMachine" in machine.operational for machine in every)
    assert any(machine.spec.replication_state == "Replicating" for machine in every)
    assert any(machine.spec.guardian and machine.spec.tpm for machine in every)


def test_old_vms_move_to_the_newer_old_windows_and_not_to_the_new(quick: World) -> None:
    crm = vm_id(quick, "old-crm")
    with pytest.raises(Failed, match="configuration version"):
        Agent(quick, "HV12").transfer("Move-VM", crm, "hv03.lab.test", "E:\\Hyper-V\\crm")
    Agent(quick, "HV12").transfer("Move-VM", crm, "hv12r2.lab.test", "D:\\VMs\\crm")
    assert Agent(quick, "HV12R2").presence(crm)["present"]


def test_a_cluster_s_volumes_are_the_same_on_both_nodes(world: World) -> None:
    first, second = Agent(world, "CL01-N1"), Agent(world, "CL01-N2")
    first.call("New-Item", ("Path", "text", "C:\\ClusterStorage\\Volume1\\New"), ("ItemType", "text", "Directory"))
    assert "New" in second.ask("list_folder", path="C:\\ClusterStorage\\Volume1\\")["folders"]
    assert second.ask("list_folder", path="C:\\ClusterStorage")["folders"] == ["Volume1", "Volume2"]
    command(world, "world", do="free", host="CL01-N2", volume="C:\\ClusterStorage\\Volume2", gb=7)
    listed = {volume["root"]: volume["free_bytes"] for volume in first.ask("host_facts")["volumes"]}
    assert listed["C:\\ClusterStorage\\Volume2\\"] == 7 * 2**30
    assert "C:\\ClusterStorage\\Volume2\\" in first.ask("list_folder", path="")["folders"]
    assert "New" not in Agent(world, "HV01").ask("list_folder", path="C:\\")["folders"]


def test_credential_guard_keeps_credssp_in(quick: World) -> None:
    with pytest.raises(Failed) as failure:
        Agent(quick, "HV25", CREDSSP).transfer("Move-VM", vm_id(quick, "new-app"), "hv01.lab.test")
    assert failure.value.codes == ["0x8009030E"]


@pytest.mark.parametrize(
    ("source", "name", "destination"), [("WG01", "kiosk", "hv01.lab.test"), ("HV01", "web-01", "WG01")]
)
def test_a_workgroup_host_has_no_way_to_the_others(quick: World, source: str, name: str, destination: str) -> None:
    caller = Caller(user="LAB\\admin", admin=True, forwarded=True, logon="credssp")
    with pytest.raises(Failed) as failure:
        Agent(quick, source, caller).transfer("Move-VM", vm_id(quick, name), destination)
    assert failure.value.codes == ["0x8009030E"]


def test_a_host_without_the_role(world: World) -> None:
    command(world, "world", do="host", host="HV04", hyperv=False)
    agent = Agent(world, "HV04")
    for op, args in (("host_facts", {}), ("list_vms", {}), ("presence", {"vm_id": "x"}), ("migration_jobs", {})):
        with pytest.raises(Failed, match=r"HvDesk\.NoHyperV"):
            agent.ask(op, **args)
    assert agent.ask("ping")["computer"] == "HV04"
    assert agent.ask("list_folder", path="C:\\")["folders"]
    agent.call("New-Item", ("Path", "text", "C:\\new"), ("ItemType", "text", "Directory"))
    command(world, "world", do="heal")
    assert agent.ask("list_vms")["vms"]


@pytest.mark.parametrize("wrong", ['cluster = "CL02"', 'health = { user_rights = "all" }', "health = { port = 1 }"])
def test_a_host_that_makes_no_sense_is_refused(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        'name = "x"\ndomain = "d"\nnetbios = "D"\ndefault_account = "D\\\\a"\n'
        'accounts = [{ user = "D\\\\a", kind = "k" }]\n[[hosts]]\nname = "H"\nos_caption = "W"\n'
        f'os_version = "10.0.20348"\npowershell = "5.1"\nvm_versions = []\nvolumes = []\nswitches = []\n{wrong}\n'
    )
    with pytest.raises(ScenarioError):
        load(str(file))

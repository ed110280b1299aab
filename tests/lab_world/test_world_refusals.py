"""What makes Compare-VM and Move-VM fail or report, with Windows' ids and codes; and who may go on to another host."""

from __future__ import annotations

import msgspec
import pytest
from lab_world.worldhelp import CREDSSP, FOLDER, HALF, NTLM, Agent, Failed, advance, command, stop_at, vm_id

from hvdesk.lab.programs import Caller
from hvdesk.lab.world.world import World

CMDLETS = ("Compare-VM", "Move-VM")


def refused(agent: Agent, cmdlet: str, name: str, destination: str = "hv02.lab.test", folder: str = FOLDER) -> Failed:
    with pytest.raises(Failed) as failure:
        agent.transfer(cmdlet, vm_id(agent.world, name), destination, folder)
    return failure.value


@pytest.mark.parametrize("cmdlet", CMDLETS)
@pytest.mark.parametrize(
    ("name", "destination", "folder", "error_id", "codes"),
    [
        ("web-01", "hv09.lab.test", FOLDER, "InvalidParameter", []),
        ("web-01", "HV01", FOLDER, "InvalidParameter", []),
        ("web-01", "hv04.lab.test", "C:\\VMs", "OperationFailed", ["0x8007274D"]),
        ("web-01", "hv02.lab.test", "X:\\VMs", "OperationFailed", ["0x80070003"]),
        ("web-01", "hv03.lab.test", "E:\\Hyper-V", "OperationFailed", []),
        ("san-passthrough", "hv02.lab.test", FOLDER, "OperationFailed", []),
        ("backup-running", "hv02.lab.test", FOLDER, "ObjectInUse", []),
    ],
    ids=["unknown", "same", "disabled there", "no drive", "version", "physical disk", "backup"],
)
def test_refused_at_once(
    quick: World, cmdlet: str, name: str, destination: str, folder: str, error_id: str, codes: list[str]
) -> None:
    failure = refused(Agent(quick, "HV01"), cmdlet, name, destination, folder)
    assert (failure.name, failure.codes) == (error_id, codes)
    assert failure.error["id"].endswith(",Microsoft.HyperV.PowerShell.Commands." + cmdlet.replace("-", ""))
    shown = command(quick, "show")
    assert all(not host["planned"] and not host["jobs"] for host in shown["hosts"].values())
    assert shown["counts"] == {"HV01": {cmdlet: 1}}


@pytest.mark.parametrize("cmdlet", CMDLETS)
def test_live_migration_disabled_on_the_source(quick: World, cmdlet: str) -> None:
    failure = refused(Agent(quick, "HV04"), cmdlet, "branch-dc")
    assert "Enable-VMMigration" in failure.error["message"]


def test_a_file_in_the_way(quick: World) -> None:
    path = f"{FOLDER}\\virtual hard disks\\WEB-01.vhdx"
    command(quick, "world", do="file", host="HV02", path=path, gb=1)
    assert refused(Agent(quick, "HV01"), "Move-VM", "web-01").codes == ["0x80070050"]
    with quick.locked():
        assert quick.hosts["HV02"].storage.length(path) == 2**30


@pytest.mark.parametrize(
    ("source", "destination", "caller", "codes"),
    [
        ("HV01", "HV02", CREDSSP, None),
        ("HV01", "HV02", NTLM, None),
        ("HV02", "HV01", NTLM, None),
        ("HV03", "HV01", CREDSSP, None),
        ("HV03", "HV01", NTLM, ["0x8009030E"]),
        ("HV01", "HV02", HALF, ["0x80070005"]),
    ],
)
def test_second_hop(quick: World, source: str, destination: str, caller: Caller, codes: list[str] | None) -> None:
    name = {"HV01": "web-01", "HV02": "print-01", "HV03": "file-01"}[source]
    agent = Agent(quick, source, caller)
    if codes is None:
        assert agent.transfer("Move-VM", vm_id(quick, name), destination)["vm_type"] == "RealizedVirtualMachine"
        return
    failure = refused(agent, "Move-VM", name, destination)
    assert failure.codes == codes
    assert failure.error["category"] == ("PermissionDenied" if caller is HALF else "NotSpecified")
    assert "failed at migration source" in failure.error["message"].splitlines()[0]


def test_to_the_host_without_delegation(quick: World) -> None:
    legacy = {"name": "old", "version": "9.0", "disks": [{"size_gb": 1, "chain": [{"file": "old.vhdx", "gb": 1}]}]}
    old = command(quick, "world", do="add", host="HV01", vm=legacy)["id"]
    with pytest.raises(Failed) as failure:
        Agent(quick, "HV01", NTLM).transfer("Move-VM", old, "HV03", "E:\\Hyper-V\\old")
    assert failure.value.codes == ["0x8009030E"]
    Agent(quick, "HV01").transfer("Move-VM", old, "HV03", "E:\\Hyper-V\\old")


def test_delegation_needs_kerberos_on_both_hosts_and_the_directory(quick: World) -> None:
    agent = Agent(quick, "HV01", NTLM)
    command(quick, "world", do="settings", host="HV02", authentication="CredSSP")
    assert refused(agent, "Move-VM", "web-01").codes == ["0x8009030E"]
    command(quick, "world", do="settings", host="HV02", authentication="Kerberos")
    command(quick, "world", do="delegate", source="HV01", destination="HV02", listed=False)
    assert refused(agent, "Move-VM", "web-01").codes == ["0x8009030E"]
    command(quick, "world", do="delegate", source="HV01", destination="HV02")
    agent.transfer("Move-VM", vm_id(quick, "web-01"))


def changed(world: World, host: str, **values: object) -> None:
    """What the standard scenario does not have and no command changes."""
    with world.locked():
        world.hosts[host].spec = msgspec.structs.replace(world.hosts[host].spec, **values)


def test_credential_guard_on_the_source_keeps_credssp_from_going_on(quick: World) -> None:
    changed(quick, "HV03", credential_guard=True)
    assert refused(Agent(quick, "HV03"), "Move-VM", "file-01", "HV01").codes == ["0x8009030E"]
    command(quick, "world", do="settings", host="HV03", authentication="Kerberos")
    command(quick, "world", do="delegate", source="HV03", destination="HV01")
    Agent(quick, "HV03").transfer("Move-VM", vm_id(quick, "file-01"), "HV01")


def test_another_cpu_maker_takes_only_vms_that_are_off(quick: World) -> None:
    changed(quick, "HV02", cpu_manufacturer="AuthenticAMD")
    agent = Agent(quick, "HV01")
    for name in ("web-01", "test-saved", "test-paused"):
        assert "hardware" in refused(agent, "Move-VM", name).error["message"]
    agent.transfer("Move-VM", vm_id(quick, "app-01"))


@pytest.mark.parametrize(
    ("name", "causes"),
    [
        ("web-01", []),
        ("dmz-proxy", [(33012, "VMNetworkAdapter")]),
        ("old-checkpoint-dmz", [(33012, "VMNetworkAdapter")]),
        ("install-iso", [(40010, "DvdDrive")]),
    ],
)
def test_report_of_compare_vm(quick: World, name: str, causes: list[tuple[int, str]]) -> None:
    report = Agent(quick, "HV01").transfer("Compare-VM", vm_id(quick, name))["report"]
    entries = [(entry["message_id"], entry["source_type"]) for entry in report["incompatibilities"]]
    assert entries == ([(21502, "VirtualMachine"), *causes] if causes else [])
    assert report["destination"] == "HV02"


def test_move_vm_gives_the_report_instead_of_moving(quick: World) -> None:
    agent = Agent(quick, "HV01")
    report = agent.transfer("Move-VM", vm_id(quick, "dmz-proxy"))["report"]
    assert 33012 in [entry["message_id"] for entry in report["incompatibilities"]]
    assert agent.presence(vm_id(quick, "dmz-proxy"))["present"]
    command(quick, "world", do="vswitch", host="HV02", name="DMZ")
    assert "vm_id" in agent.transfer("Move-VM", vm_id(quick, "dmz-proxy"))


def test_no_slot_left(world: World) -> None:
    agent = Agent(world, "HV01")
    names = ("web-01", "app-01")
    moves = [agent.start_move(vm_id(world, name), folder=f"D:\\VMs\\{name}") for name in names]
    failure = refused(agent, "Move-VM", "db-01")
    assert "limit '2' was reached" in failure.error["message"]
    assert "21501" in failure.error["message"]
    advance(world, 1000)
    for move in moves:
        move.result()
    command(world, "world", do="settings", host="HV02", max_vm_migrations=1)
    move = agent.start_move(vm_id(world, "db-01"))
    assert "host 'HV02'" in refused(agent, "Move-VM", "test-saved").error["message"]
    stop_at(world, "move-ended")
    move.result()


def test_a_vm_that_is_already_migrating(world: World) -> None:
    agent = Agent(world, "HV01")
    moving = agent.start_move(vm_id(world, "web-01"))
    assert refused(agent, "Move-VM", "web-01").name == "ObjectInUse"
    advance(world, 1000)
    moving.result()

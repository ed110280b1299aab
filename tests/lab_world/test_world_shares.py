"""The file server's shares: a session needs a credential that came with the logon, a host rights of its own."""

from __future__ import annotations

import pytest
from lab_world.worldhelp import CREDSSP, NTLM, Agent, Failed, command, vm_id

from hvdesk.lab.programs import Caller
from hvdesk.lab.world.world import World

SENSITIVE = Caller(user="LAB\\tier0", admin=True, forwarded=True, logon="credssp")
SHARE = "\\\\FS01\\VMs"


@pytest.mark.parametrize("path", [SHARE, "\\\\fs01\\vms\\", "\\\\FS01.lab.test\\VMs"])
def test_a_folder_on_a_share_is_listed(world: World, path: str) -> None:
    listing = Agent(world, "HV02").ask("list_folder", path=path)
    assert listing == {"path": path, "folders": ["smb-01", "Templates"], "free_bytes": None, "size_bytes": None}


@pytest.mark.parametrize("path", ["\\\\FS01\\Nope", "\\\\FS01", "\\\\FS09\\VMs", SHARE + "\\nope"])
def test_a_folder_that_is_not_there(world: World, path: str) -> None:
    with pytest.raises(Failed, match=r"HvDesk\.FolderNotFound"):
        Agent(world, "HV02").ask("list_folder", path=path)


@pytest.mark.parametrize(
    ("caller", "path", "opens"),
    [
        (CREDSSP, SHARE, True),
        (NTLM, SHARE, False),
        (CREDSSP, "\\\\FS01\\Finance", False),
        (SENSITIVE, "\\\\FS01\\Finance", True),
    ],
    ids=["credential", "no credential", "no rights", "rights"],
)
def test_who_gets_in(world: World, caller: Caller, path: str, opens: bool) -> None:
    agent = Agent(world, "HV01", caller)
    parameters = (("Path", "text", path + "\\made"), ("ItemType", "text", "Directory"))
    if opens:
        assert agent.ask("list_folder", path=path)["path"] == path
        assert agent.call("New-Item", *parameters) == {"path": path + "\\made"}
        return
    with pytest.raises(Failed) as failure:
        agent.ask("list_folder", path=path)
    assert (failure.value.name, failure.value.error["category"]) == (
        "ItemExistsUnauthorizedAccessError",
        "PermissionDenied",
    )
    with pytest.raises(Failed, match="CreateDirectoryUnauthorizedAccessError"):
        agent.call("New-Item", *parameters)


def test_what_cannot_be_read_is_not_known(world: World) -> None:
    disk = "\\\\FS01\\VMs\\smb-01\\Virtual Hard Disks\\smb-01.vhdx"
    for caller, known in ((CREDSSP, True), (NTLM, False)):
        agent = Agent(world, "HV05", caller)
        (shown,) = agent.ask("vm_details", vm_id=vm_id(world, "smb-01"))["disks"]
        assert (shown["path"], shown["file_bytes"] is not None) == (disk, known)
        (length,) = agent.ask("file_lengths", paths=[disk])["files"]
        assert (length["length"] is not None) is known


def test_a_vm_moves_to_a_share_that_the_destination_may_use(quick: World) -> None:
    agent, web = Agent(quick, "HV01"), vm_id(quick, "web-01")
    for cmdlet in ("Compare-VM", "Move-VM"):
        with pytest.raises(Failed) as failure:
            agent.transfer(cmdlet, web, folder="\\\\FS01\\ISO\\web-01")
        assert failure.value.codes == ["0x80070005"]
    agent.transfer("Move-VM", web, folder=SHARE + "\\web-01")
    disks = Agent(quick, "HV02").ask("vm_details", vm_id=web)["disks"]
    assert [disk["path"].startswith(SHARE) and disk["file_bytes"] for disk in disks] == [24 * 2**30, 12 * 2**30]


def test_a_vm_moves_away_from_a_share(quick: World) -> None:
    command(quick, "world", do="state", host="HV05", vm="smb-01", state="Off")  # the other host is not of AMD
    agent = Agent(quick, "HV05")
    agent.transfer("Move-VM", vm_id(quick, "smb-01"), "hv01.lab.test")
    (gone,) = agent.ask("file_lengths", paths=[SHARE + "\\smb-01\\Virtual Hard Disks\\smb-01.vhdx"])["files"]
    assert gone["length"] is None
    assert agent.ask("list_folder", path=SHARE)["folders"] == ["smb-01", "Templates"]

"""Catalogue: what Hyper-V says of the way between the hosts and of what the destination refuses (link, target).

Each is the meaning of codes in Hyper-V's own messages, whether a check or a move met them.
"""

from __future__ import annotations

from hvdesk.domain.texts import Texts

PAIR: dict[str, Texts] = {
    "link.cluster_network": Texts(
        "No network of the cluster is available for live migration",
        "The cluster has no network between {source} and {destination} that it may use for this.",
        "In Failover Cluster Manager look at the cluster's networks and at Live Migration Settings.",
    ),
    "link.forbidden": Texts(
        "The connection was forbidden on one of the hosts",
        "A program or rule on {source} or {destination} does not let Hyper-V open the connection for the migration.",
        "Look for security software on both hosts that stands between; exempt the ports 6600 and 3343.",
    ),
    "link.name": Texts(
        "The destination did not prove its name",
        "{source} reached something that is not {destination} by the name it asked for.",
        "Check the destination's name in DNS and its service principal names (setspn -L), and that the first live "
        "migration network leads to it.",
    ),
    "link.refused": Texts(
        "The destination does not listen for live migrations",
        "{destination} is there, but its Hyper-V takes no connection on port 6600.",
        "Check on {destination} that live migrations are enabled and that the service Hyper-V Virtual Machine "
        "Management runs; if broken group policy made it stop listening, gpupdate /force and a restart of it help.",
    ),
    "link.reset": Texts(
        "The connection to the destination was cut",
        "The connection from {source} to {destination} was closed while data was sent.",
        "Look at the event logs of both hosts, and at network devices between them that end connections.",
    ),
    "link.rpc": Texts(
        "The other host could not be asked",
        "A remote procedure call from one host to the other found nobody.",
        "Check the network between the hosts, and that the firewall lets in remote management (port 135 and those it "
        "hands out).",
    ),
    "link.smb": Texts(
        "The disks could not be copied: no way to the destination's share",
        "{source} copies the virtual disks to {destination} by SMB, and found no network path.",
        "Open port 445 on {destination} (File and Printer Sharing) for {source}, and check name resolution.",
    ),
    "link.timeout": Texts(
        "The destination did not answer the live migration",
        "{source} got no answer from {destination} on port 6600.",
        "Open port 6600 in the firewall of {destination}, and check that the networks for live migration lead there.",
    ),
    "link.winrm": Texts(
        "The source host cannot manage the destination",
        "{source} could not reach Windows Remote Management on {destination}.",
        "Check from {source}: Test-WSMan {destination}. Port 5985 must be open between the hosts, without a proxy.",
    ),
    "target.cluster_state": Texts(
        "The cluster is busy with this role",
        "The cluster group of {vm} is not in a state in which it can be moved.",
        "Wait until the cluster has finished, then check again.",
    ),
    "target.creator": Texts(
        "An account of the virtual machine is unknown on the destination",
        "{destination} could not find an account that {vm} refers to, perhaps the local or deleted one that made it.",
        "Install the latest updates on the hosts, or move the machine while it is off.",
    ),
    "target.device": Texts(
        "The destination does not support a device of the virtual machine",
        "{destination} reports that a request is not supported; often it is about a graphics processor that {vm} uses.",
        "Move the machine while it is off, or remove the device first.",
    ),
    "target.file_exists": Texts(
        "A file is in the way",
        "{destination} has a file already where one of {vm} should be copied to. Hyper-V does not overwrite files.",
        "Choose another folder, or remove the file if nobody needs it.",
    ),
    "target.file_server": Texts(
        "The file server broke off",
        "While files of {vm} were copied, the server that holds them reported an error.",
        "Look at the file server's log, update its software, and check again.",
    ),
    "target.full": Texts(
        "The destination's volume is full",
        "There was not enough space on {destination} for the files of {vm}.",
        "Free space or choose another volume, then check again.",
    ),
    "target.image": Texts(
        "The destination cannot open an attached image",
        "{destination} could not open a disc image or disk that is attached to {vm}.",
        "Eject the image, or give the computer account of {destination} the right to read it.",
    ),
    "target.keys": Texts(
        "The destination could not take over the virtual machine's protection",
        "{destination} refused a value or a certificate. A virtual machine with a trusted platform module needs the "
        "certificates that protect its keys there.",
        "Copy the certificates of the store Shielded VM Local Certificates, with their private keys, to {destination}.",
    ),
    "target.memory": Texts(
        "The destination has not enough memory",
        "{destination} could not set aside the memory that {vm} needs.",
        "Free memory on {destination}, or shut {vm} down and give it less.",
    ),
    "target.owner": Texts(
        "The node may not own this role",
        "{destination} is not among the possible owners of the cluster role of {vm}.",
        "Add the node to the possible owners of the virtual machine and of its configuration.",
    ),
    "target.path": Texts(
        "A folder or drive is missing on the destination",
        "{destination} could not find a path that {vm} needs there.",
        "Choose a folder on a drive of the destination; in a cluster all nodes need the same drive letters.",
    ),
    "target.policy": Texts(
        "A policy on the destination keeps virtual machines from starting",
        "Group policy on {destination} has taken rights from NT VIRTUAL MACHINE\\Virtual Machines.",
        "Give that group the rights to log on as a service and to create symbolic links, then run gpupdate /force.",
    ),
    "target.same_id": Texts(
        "The destination has this virtual machine already",
        "{destination} holds {vm}, or a trial registration of it.",
        "Look for it on {destination}; if no migration or import is running, remove the trial registration.",
    ),
    "target.saved_state": Texts(
        "The destination cannot read the saved state",
        "The saved state of {vm} was made on another processor.",
        "Start {vm} and shut it down, then move it. Without that, its saved state would have to be deleted.",
    ),
    "target.smb_option": Texts(
        "Live migration by SMB did not come about",
        "{source} and {destination} could not set up the SMB connection for the memory.",
        "Set the performance option to Compression; on Server 2019 a computer name in the registry that is not in "
        "upper case is a known cause.",
    ),
    "target.timeout": Texts(
        "The hosts waited too long",
        "An operation between {source} and {destination} was not finished in time.",
        "Check storage and load of both hosts, then check again.",
    ),
}

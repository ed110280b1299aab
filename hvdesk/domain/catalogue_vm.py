"""Catalogue: what about a virtual machine stands in the way of a move (vm)."""

from __future__ import annotations

from hvdesk.domain.texts import Texts

VM: dict[str, Texts] = {
    "vm.ambiguous": Texts(
        "Several virtual machines have this name",
        "{host} has more than one virtual machine named {name}: {ids}.",
        "Give the id instead of the name.",
    ),
    "vm.backup": Texts(
        "A backup is running",
        "{vm} is being backed up; Hyper-V does not move it meanwhile.",
        "Wait until the backup is over.",
    ),
    "vm.busy": Texts(
        "This virtual machine is being moved already",
        "hvdesk has a move of {vm} that is not over.",
        "Wait until it is over, or cancel it. Where the program that began it is gone, the window or `hvdesk jobs` "
        "finds it again and tells what became of it.",
    ),
    "vm.checkpoint_cpu": Texts(
        "Checkpoints may belong to another processor",
        "{vm} has checkpoints, and {source} and {destination} have different processors.",
        "If Hyper-V refuses the move, delete the checkpoints that hold memory.",
    ),
    "vm.clustered": Texts(
        "The virtual machine belongs to a cluster",
        "{vm} is a cluster role; Hyper-V refuses to move it out of the cluster like this.",
        "Moving cluster roles is not in this version yet. Use Failover Cluster Manager.",
    ),
    "vm.critical": Texts(
        "The virtual machine is in a critical state",
        "{vm} is in state {state}: its storage cannot be reached.",
        "Bring its storage back first.",
    ),
    "vm.dvd_host": Texts(
        "A DVD drive of the host is connected",
        "{vm} uses a DVD drive of the source host.",
        "Disconnect the drive in the virtual machine's settings.",
    ),
    "vm.in_operation": Texts(
        "Hyper-V is working on the virtual machine",
        "{vm} reports {status}.",
        "Wait until it is over, then check again.",
    ),
    "vm.iso": Texts(
        "A disc image is inserted that the destination does not have",
        "{vm} has {path} in a DVD drive, and {host} has no such file.",
        "Eject the image.",
    ),
    "vm.migrating": Texts(
        "The virtual machine is being migrated already",
        "A migration of {vm} that hvdesk did not start is under way.",
        "Wait until it is over.",
    ),
    "vm.not_found": Texts(
        "The virtual machine is not there",
        "There is no virtual machine {vm} on {host}.",
        "Refresh the list; it may have been moved, renamed or deleted.",
    ),
    "vm.on_destination": Texts(
        "The destination has this virtual machine already",
        "{host} has a virtual machine with the same id as {vm}.",
        "Look at both hosts: one of the two is a copy.",
    ),
    "vm.pass_through": Texts(
        "A physical disk is connected",
        "{vm} uses a disk of the host directly ({controller}); only files move.",
        "Disconnect the disk first.",
    ),
    "vm.planned": Texts(
        "The destination holds a trial registration of this virtual machine",
        "{host} has a planned virtual machine with the id of {vm} that hvdesk did not make.",
        "If no migration or import is running, remove it on the destination.",
    ),
    "vm.replica": Texts(
        "The virtual machine is replicated",
        "{vm} takes part in Hyper-V Replica ({mode}, {state}). Its replication may have to be set up again.",
        "Accept this, or remove the replication first.",
    ),
    "vm.saved_cpu": Texts(
        "The saved state belongs to another processor",
        "{vm} is saved; on a different processor its saved state may not be readable.",
        "Start the virtual machine and shut it down, then move it.",
    ),
    "vm.shared_disk": Texts(
        "A disk is shared with other virtual machines",
        "{vm} uses {path} together with others; such a disk cannot move with it.",
        "Disconnect the disk first.",
    ),
    "vm.sr_iov": Texts(
        "SR-IOV is in use",
        "Adapter {adapter} of {vm} uses SR-IOV. Where the destination does not offer it, the adapter works without.",
        "Nothing, unless the virtual machine needs the speed.",
    ),
    "vm.switch": Texts(
        "A virtual switch is missing on the destination",
        "{vm} is connected to {switch}, and {host} has no switch of that name.",
        "Make a switch of that name on the destination, or disconnect the adapter.",
    ),
    "vm.switch_checkpoint": Texts(
        "A checkpoint names a switch that the destination does not have",
        "Checkpoint {checkpoint} of {vm} is connected to {switch}, which {host} does not have.",
        "The checkpoint will have no network when it is applied. Make a switch of that name to avoid it.",
    ),
    "vm.tpm": Texts(
        "The virtual machine has a trusted platform module",
        "{vm} starts on {host} only if the certificates that protect its keys are there.",
        "Copy the certificates of the store Shielded VM Local Certificates, with their keys, to the destination first.",
    ),
    "vm.version": Texts(
        "The destination does not run this configuration version",
        "{vm} has configuration version {version}; {host} runs {versions}.",
        "Move to a host that runs this version. A version can be raised while the machine is off, never lowered.",
    ),
}

"""Catalogue: what a check finds between two hosts and about the destination's storage (compare, folder, hop, pair)."""

from __future__ import annotations

from hvdesk.domain.texts import Texts

PLACEMENT: dict[str, Texts] = {
    "compare.failed": Texts(
        "Hyper-V could not compare the hosts",
        "The comparison of {vm} with {destination} ended with an error.",
        "Read what the host said below, correct it, and check again.",
    ),
    "compare.incompatible": Texts(
        "The hosts say that this move is not possible",
        "Hyper-V compared {vm} with {host} and found that it cannot run there.",
        "Correct what the host names below, then check again.",
    ),
    "compare.left_planned": Texts(
        "A trial registration is still on the destination",
        "The check registered {vm} on {host} for a trial, and that registration could not be removed yet.",
        "hvdesk removes it when it can. The virtual machine itself is not touched.",
    ),
    "folder.denied": Texts(
        "The folder cannot be looked into",
        "{host} was denied access to {path}. A share needs a logon that passes on a credential, and rights for its "
        "user.",
        "Log on to {host} by CredSSP to see into it. Hyper-V itself uses the computer accounts of the hosts, which "
        "need rights on the share.",
    ),
    "folder.device": Texts(
        "The drive does not exist",
        "{host} has no drive or share for {path}.",
        "Choose a folder on a drive of the destination.",
    ),
    "folder.exists": Texts(
        "The folder is there already",
        "{path} exists on {host}.",
        "Use it, or choose another name.",
    ),
    "folder.files_there": Texts(
        "Files of the same name are in the folder",
        "{host} has {path} already. Hyper-V does not overwrite files.",
        "Choose another folder, or remove the files if nobody needs them.",
    ),
    "folder.missing": Texts(
        "The folder does not exist",
        "There is no folder {path} on {host}.",
        "Choose a folder that exists, or make this one with New Folder.",
    ),
    "folder.no_space": Texts(
        "There is not enough free space",
        "The virtual machine needs {needed:size}, and the volume of {path} on {host} has {free:size} free.",
        "Choose a folder on another volume, or free space.",
    ),
    "folder.space_tight": Texts(
        "Little space will be left",
        "After the move the volume of {path} on {host} has {left:size} free.",
        "Choose a folder on another volume if the virtual disks will grow.",
    ),
    "folder.space_unknown": Texts(
        "Free space could not be compared",
        "Either the size of the virtual machine or the free space at {path} on {host} could not be read.",
        "Make sure that there is room before you go on.",
    ),
    "hop.credential_guard": Texts(
        "Credential Guard stops CredSSP live migrations",
        "{host} runs Credential Guard and is set to authenticate live migrations by CredSSP, which cannot work.",
        "Set the authentication protocol to Kerberos on both hosts and allow constrained delegation in the directory.",
    ),
    "hop.credential_guard_likely": Texts(
        "Credential Guard may stop this live migration",
        "{host} authenticates live migrations by CredSSP and could not say whether Credential Guard runs, which its "
        "version of Windows has on by default. With it CredSSP cannot work.",
        "Set the authentication protocol to Kerberos on both hosts and allow constrained delegation in the directory.",
    ),
    "hop.delegation": Texts(
        "Constrained delegation is needed",
        "Live migrations from {host} are authenticated by Kerberos, and the logon there passes on no password. The "
        "directory must allow {host} to delegate to {destination}.",
        "Nothing to do if the comparison by Hyper-V, which is part of this check, went through.",
    ),
    "hop.logon_denied": Texts(
        "The destination denied the logon",
        "{destination} did not accept the logon that {host} made for this account.",
        "Check that the account is not marked as sensitive, is not in Protected Users, and has a valid password.",
    ),
    "hop.no_credential": Texts(
        "The source host has no credential for the destination",
        "Live migrations from {host} are authenticated by CredSSP, but the logon there passes on no password, so "
        "{host} cannot log on to {destination}.",
        "Log on to {host} by CredSSP, or set the authentication protocol to Kerberos and allow constrained delegation "
        "in the directory.",
    ),
    "hop.refused": Texts(
        "The source host could not log on to the destination",
        "{host} had no credential that the destination accepts.",
        "Log on to {host} by CredSSP, or allow constrained delegation from it to the destination (cifs and Microsoft "
        "Virtual System Migration Service, any authentication protocol).",
    ),
    "hop.rights": Texts(
        "Access was denied",
        "Hyper-V was denied access, either to {destination} or to a folder or share.",
        "Use an account that is in Administrators or Hyper-V Administrators on both hosts. A share needs rights for "
        "the computer accounts of both hosts.",
    ),
    "pair.authentication_differs": Texts(
        "The hosts authenticate live migrations differently",
        "{source} uses {source_type}, {destination} uses {destination_type}.",
        "Set the same authentication protocol on both hosts.",
    ),
    "pair.clock": Texts(
        "The hosts' clocks differ",
        "The clocks of {source} and {destination} are {minutes} minutes apart. Kerberos works only within 5 minutes.",
        "Correct the time on the hosts.",
    ),
    "pair.cpu_model": Texts(
        "The hosts have different processors",
        "{source} has {source_cpu}, {destination} has {destination_cpu}.",
        "If Hyper-V refuses the move, turn on processor compatibility while the virtual machine is off.",
    ),
    "pair.cpu_vendor": Texts(
        "The processors are of different makers",
        "A running or saved virtual machine cannot move from {source_vendor} to {destination_vendor}.",
        "Shut the virtual machine down; it can move while it is off.",
    ),
    "pair.domain": Texts(
        "The hosts are in different domains",
        "{source} is in {source_domain}, {destination} in {destination_domain}. Live migration needs one domain, or "
        "domains that trust each other.",
        "Go on if the domains trust each other.",
    ),
    "pair.memory": Texts(
        "Memory may be short on the destination",
        "The virtual machine uses {needed:size} of memory, and {host} has {free:size} free.",
        "Free memory on the destination, or give the virtual machine less.",
    ),
    "pair.migration_disabled": Texts(
        "Live migration is not enabled",
        "{host} does not take part in live migrations.",
        "Enable live migrations in the Hyper-V settings of the host.",
    ),
    "pair.same_host": Texts(
        "Source and destination are the same computer",
        "{destination} is the computer that the virtual machine is on.",
        "Choose another destination.",
    ),
    "pair.workgroup": Texts(
        "A workgroup host cannot take part",
        "{host} is not a member of a domain. Live migration between stand-alone hosts needs one.",
        "Join the host to a domain, or export and import the virtual machine.",
    ),
}

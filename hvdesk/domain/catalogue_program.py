"""Catalogue: hvdesk itself on this computer (credential, host list, input, journal, lab, program, settings)."""

from __future__ import annotations

from hvdesk.domain.texts import Texts

PROGRAM: dict[str, Texts] = {
    "credential.failed": Texts(
        "The keyring did not work",
        "The system's keyring failed, so the password was neither read nor kept.",
        "Read what the keyring said below; the password can be used for this session only.",
    ),
    "credential.locked": Texts(
        "The keyring is locked",
        "The system's keyring was not unlocked, so the password in it cannot be used.",
        "Unlock the keyring and try again, or enter the password for this session only.",
    ),
    "credential.no_vault": Texts(
        "There is no safe place for the password",
        "This computer has no keyring in which hvdesk could store a password safely.",
        "Keep the password for this session only, or set up a keyring.",
    ),
    "credential.too_long": Texts(
        "The password is too long for the keyring",
        "The keyring of Windows holds passwords of up to {limit} characters.",
        "Keep the password for this session only.",
    ),
    "host.identity_changed": Texts(
        "Another computer answers at this address",
        "{host} used to be {expected}; now {found} answers there.",
        "If the host was replaced on purpose, accept the new identity; otherwise check the address.",
    ),
    "host.in_use": Texts(
        "The host is needed by a running move",
        "{host} takes part in a move that is not over.",
        "Wait until the move is over, or cancel it, then remove the host.",
    ),
    "host.name_taken": Texts(
        "There is a host of this name already",
        "A host named {name} is in the list.",
        "Give the host another name.",
    ),
    "host.not_listed": Texts(
        "Unknown host",
        "There is no host named {name} in the list.",
        "Check the spelling, or add the host first.",
    ),
    "host.same_machine": Texts(
        "This computer is in the list already",
        "{address} is the same computer as {name}.",
        "Use the entry that is there.",
    ),
    "input.file": Texts(
        "This file cannot be read",
        "{path} is not there or may not be read.",
        "Give the path of a PEM file.",
    ),
    "input.folder": Texts(
        "This is not a full folder path",
        "{path} is not a folder as Windows writes it.",
        "Give a full path such as D:\\VMs or \\\\server\\share\\VMs.",
    ),
    "input.folder_character": Texts(
        "The path has a character that Windows does not allow",
        "{path} has {character} in it.",
        'Use a path without < > : " / | ? * and without control characters.',
    ),
    "input.folder_device": Texts(
        "This name is reserved by Windows",
        "{name} in {path} is the name of a device and cannot be a folder.",
        "Use another folder.",
    ),
    "input.folder_too_long": Texts(
        "The path is too long",
        "{path} leaves no room for the virtual machine's files within Windows' limit of 260 characters.",
        "Use a shorter path.",
    ),
    "input.folder_trailing": Texts(
        "Windows would change this folder name",
        "{name} in {path} ends in a dot or a blank, which Windows cuts off.",
        "Remove the dot or blank at the end.",
    ),
    "input.host": Texts(
        "This is not a host name or address",
        "{address} is neither a computer name nor an IP address.",
        "Give a name such as hv01.example.com or an IP address.",
    ),
    "input.no_destination": Texts(
        "Where to is missing",
        "Without --to a virtual machine moves to another node of its cluster, which is not in this version yet.",
        "Name the destination host with --to.",
    ),
    "input.no_storage": Texts(
        "Where the files go is missing",
        "Between two hosts without a common cluster the machine's files move too.",
        "Give the folder on the destination with --path.",
    ),
    "input.password_encoding": Texts(
        "The password could not be read",
        "The password for {host} on standard input is not UTF-8 text.",
        "Send it as UTF-8, or leave --password-stdin out and type it.",
    ),
    "input.pin": Texts(
        "This is not the fingerprint of a certificate",
        "{pin} is not a SHA-256 fingerprint.",
        "Give 64 hexadecimal digits, with or without colons.",
    ),
    "input.port": Texts(
        "This is not a port",
        "{port} is not a number from 1 to 65535.",
        "Give the port of the host's WinRM listener, usually 5985 or 5986.",
    ),
    "input.trust": Texts(
        "Only an https connection has a certificate",
        "{option} was given for an http connection, which shows no certificate.",
        "Use https, or leave it out.",
    ),
    "input.vm_name": Texts(
        "No virtual machine was named",
        "The name of the virtual machine is empty.",
        "Give the name or the id of a virtual machine.",
    ),
    "journal.newer": Texts(
        "The journal is from a newer version",
        "{path} was written by a newer version of hvdesk.",
        "Use that version, or another data folder.",
    ),
    "journal.unusable": Texts(
        "The journal of moves cannot be used",
        "{path} cannot be read or written. Without it no move is started, for a move must be found again after a "
        "crash.",
        "Check the rights and the free space of the folder. If the file is damaged, move it away.",
    ),
    "lab.no_state": Texts(
        "No running lab was found",
        "{path} is not the state file of a lab.",
        "Start one with: hvdesk lab --state {path}",
    ),
    "lab.not_started": Texts(
        "The lab did not start",
        "The simulated hosts ended before they were ready.",
        "Read what the lab said below.",
    ),
    "program.closing": Texts(
        "hvdesk is closing",
        "The program is being closed, so this was not done.",
        "Start hvdesk again.",
    ),
    "program.defect": Texts(
        "Something went wrong inside hvdesk",
        "An error that hvdesk was not made for stopped this ({detail}).",
        "Look at how things stand on the host, and report the error together with the log.",
    ),
    "program.folder": Texts(
        "The data folder cannot be used",
        "{path} cannot be made or written.",
        "Check its rights and the free space, or give another folder with --data-dir.",
    ),
    "program.not_yet": Texts(
        "Not in this version yet",
        "{what} is not in this version yet.",
        "Leave it out.",
    ),
    "settings.broken": Texts(
        "The settings cannot be understood",
        "{path} is damaged. It was not changed.",
        "Correct the file, put its last good version ({backup}) in its place, or move it away to begin with empty "
        "settings.",
    ),
    "settings.locked": Texts(
        "The settings are in use",
        "Another program has held {path} for too long.",
        "Try again; close other windows of hvdesk if it stays so.",
    ),
    "settings.newer": Texts(
        "The settings are from a newer version",
        "{path} was written by a newer version of hvdesk.",
        "Use that version, or another data folder.",
    ),
    "settings.unreadable": Texts(
        "The settings cannot be read",
        "{path} cannot be read.",
        "Check the rights of the file and its folder.",
    ),
    "settings.unwritable": Texts(
        "The settings cannot be saved",
        "{path} cannot be written.",
        "Check the rights and the free space of the folder.",
    ),
}

"""Catalogue: what becomes of a check and of a move (cancel, check, job, move, slots)."""

from __future__ import annotations

from hvdesk.domain.texts import Texts

MOVE: dict[str, Texts] = {
    "cancel.asked": Texts(
        "The host was asked to cancel",
        "{host} accepted the wish to cancel; it may take a while.",
        "Nothing.",
    ),
    "cancel.harder": Texts(
        "The host still goes on",
        "{host} was asked to cancel {seconds} seconds ago and still goes on.",
        "You can cancel in the harder way, which ends the migration on the host at once.",
    ),
    "cancel.late": Texts(
        "The wish to cancel came too late",
        "The move was over before it could be cancelled.",
        "Nothing.",
    ),
    "cancel.not_yet": Texts(
        "The harder way is not due yet",
        "A move is ended the hard way only when the host went on for {seconds} seconds after it was asked to cancel.",
        "Cancel in the ordinary way first, and wait.",
    ),
    "cancel.refused": Texts(
        "The host refused to cancel",
        "{host} does not cancel the move now; the move goes on.",
        "Wait until the move is over.",
    ),
    "check.abandoned": Texts(
        "The check was cancelled",
        "The check was cancelled before it was finished.",
        "Check again.",
    ),
    "check.refused": Texts(
        "The check does not allow this move",
        "The check of the move found: {codes}.",
        "Correct what it found; a warning can be accepted.",
    ),
    "check.unfinished": Texts(
        "The check is not finished",
        "A move starts only after a finished check of exactly its choices.",
        "Wait for the check.",
    ),
    "check.used": Texts(
        "This check has been used",
        "A move was started with this check already, or it was given up.",
        "Check again.",
    ),
    "job.not_found": Texts(
        "There is no such job",
        "No job {id} is known here.",
        "Refresh the list of jobs.",
    ),
    "job.not_ours": Texts(
        "Another program drives this move",
        "The move of {vm} was started by another program, which alone can cancel it.",
        "Use the program that started it.",
    ),
    "job.over": Texts(
        "The move is over",
        "The move of {vm} is over; there is nothing to cancel.",
        "Nothing.",
    ),
    "move.cancelled": Texts(
        "The move was cancelled",
        "The host ended the migration as it was asked to.",
        "See to what is left, then check again.",
    ),
    "move.cancelled_before": Texts(
        "The move was cancelled before it began",
        "Nothing was sent to the hosts.",
        "Nothing.",
    ),
    "move.cancelled_there": Texts(
        "Somebody cancelled the move on the host",
        "The migration of {vm} was cancelled on {source}, not by hvdesk.",
        "Find out who did it, then check again.",
    ),
    "move.duplicated": Texts(
        "The virtual machine is on both hosts",
        "The move ended, and {vm} is on {source} as well as on {destination}.",
        "Do not start either before you know which one is the right one; look at the event logs of both hosts.",
    ),
    "move.ended": Texts(
        "The move ended without moving the virtual machine",
        "No migration is under way any more.",
        "Look at the log Hyper-V-VMMS-Admin on both hosts for the cause, then check again.",
    ),
    "move.failed": Texts(
        "The move failed",
        "The migration ended with an error.",
        "Read what the host said below, correct it, and check again.",
    ),
    "move.host_changed": Texts(
        "Another computer answers for a host of this move",
        "{host} was {expected} when the move was started and is {found} now, so its state says nothing about {vm}.",
        "Correct the address of the host.",
    ),
    "move.incompatible": Texts(
        "The hosts found that this move is not possible",
        "Hyper-V found {vm} incompatible with {destination} when the move began.",
        "Correct what the host names below, then check again.",
    ),
    "move.left_files": Texts(
        "Files are left on the destination",
        "These files are left on {host}: {files}.",
        "Delete them when no migration of the virtual machine runs.",
    ),
    "move.left_not_known": Texts(
        "Files may be left on the destination",
        "Whether files of the virtual machine are left on {host} could not be read.",
        "Look into the folder on the destination.",
    ),
    "move.never_started": Texts(
        "The move was never started",
        "hvdesk ended before it asked {source} to move {vm}. The virtual machine is as it was.",
        "Start the move again.",
    ),
    "move.stayed": Texts(
        "The virtual machine has not moved",
        "{vm} is still on {source}.",
        "Nothing.",
    ),
    "move.unreachable": Texts(
        "How the move stands is not known",
        "{host} cannot be reached. The move goes on there without hvdesk.",
        "hvdesk keeps asking and tells the outcome as soon as the host answers.",
    ),
    "move.unsent": Texts(
        "The move was not started",
        "Nothing was sent to the hosts.",
        "Check again.",
    ),
    "move.vanished": Texts(
        "The virtual machine is on neither host",
        "The move ended, and {vm} is neither on {source} nor on {destination}.",
        "Somebody may have deleted or moved it. Look at the event logs of both hosts.",
    ),
    "slots.none": Texts(
        "The host allows no live migrations at a time",
        "{host} is set to 0 simultaneous live migrations.",
        "Raise the number in the Hyper-V settings of the host.",
    ),
    "slots.refused": Texts(
        "Another migration took the last slot",
        "{source} did not begin to move {vm}: it or {destination} takes part in as many migrations as it allows.",
        "Move it again when one of them is over, or raise the number in the Hyper-V settings of the host.",
    ),
    "slots.wait": Texts(
        "The move waits for its turn",
        "{host} runs as many migrations as it allows ({limit}).",
        "Nothing; it starts when one of them is over.",
    ),
}

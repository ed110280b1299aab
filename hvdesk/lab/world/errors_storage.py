"""Errors of files, disks and shares."""

from __future__ import annotations

from hvdesk.lab.world.failure import Known

_COPY = "Migration of storage did not succeed. Failed to copy file to '{path}': "

STORAGE: dict[str, Known] = {
    "physical-disk": Known(
        "source", ("The storage '{disk}' is a physical disk attached to the virtual machine and cannot be moved.",)
    ),
    "shared-disk": Known(
        "source", ("The storage '{disk}' is shared between virtual machines and cannot be moved with one of them.",)
    ),
    "0x80070003": Known(
        "destination", ("Could not create folder '{path}': The system cannot find the path specified. (0x80070003).",)
    ),
    "20413": Known(
        "destination",
        (
            "The Virtual Machine Management Service could not register the configuration of the virtual machine "
            "'{vm}': The system cannot find the path specified. (0x80070003). (20413)",
        ),
    ),
    "share-denied": Known(
        "destination", ("Could not create folder '{path}': General access denied error (0x80070005).",)
    ),
    "0x80070050": Known(
        "destination", ("Failed to copy file from '{file}' to '{path}': The file exists. (0x80070050).",)
    ),
    "0x80070070": Known("source", (_COPY + "There is not enough space on the disk. (0x80070070).",)),
    "0x8007003B": Known("source", (_COPY + "An unexpected network error occurred. (0x8007003B).",), native=59),
    "0x80048054": Known(
        "source", (_COPY + "The file server ended the operation on the file unexpectedly. (0x80048054).",)
    ),
    "0xC03A0014": Known(
        "destination",
        (
            "'{vm}' could not open the attachment '{path}': A virtual disk support provider for the specified file was "
            "not found. (0xC03A0014).",
        ),
    ),
    "0x80042001": Known(
        "source",
        (
            "The Virtual Machine Management Service failed to set up the SMB connection to '{destination}'. "
            "(0x80042001)",
            "The data is invalid. (0x8007000D).",
        ),
    ),
}
"""A name is the code in the text, an event's number, or words. Facts: path, file, disk."""

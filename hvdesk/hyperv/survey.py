"""Asks both hosts, each over its own session, for all that the rules of a check judge."""

from __future__ import annotations

from hvdesk.domain.errors import HvError
from hvdesk.domain.model import FolderListing, HostFacts
from hvdesk.domain.move import MoveRequest
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.situation import Side, Situation, files_to_ask
from hvdesk.hyperv.connector import Connector
from hvdesk.hyperv.messages import MigrationJobs

_FOLDER_CODES = "folder."


def survey(connector: Connector, request: MoveRequest) -> Situation:
    """Only reads. Blocks; raises HvError when a host cannot be reached or the VM is not on the source."""
    source, destination, vm_id, folder = (request.source, request.destination, request.vm_id, request.storage.folder)
    details = connector.asked(source, lambda host: host.details(vm_id))
    source_facts = connector.asked(source, lambda host: host.facts())
    source_jobs = connector.asked(source, lambda host: host.migration_jobs())
    listing = connector.asked(destination, lambda host: host.list_folder(folder))
    facts = connector.asked(destination, lambda host: host.facts())
    jobs = connector.asked(destination, lambda host: host.migration_jobs())
    presence = connector.asked(destination, lambda host: host.presence(vm_id))
    vm = details.get()
    found = _folder(listing.outcome())  # the first question to that host: why it cannot be asked is said by its answer
    wanted = files_to_ask(vm, folder)
    lengths = connector.asked(destination, lambda host: host.file_lengths(wanted))
    return Situation(
        request=request,
        source=_side(connector.label(source), source_facts.get(), source_jobs.get()),
        destination=_side(connector.label(destination), facts.get(), jobs.get()),
        vm=vm,
        on_destination=presence.get(),
        folder=found,
        files_there=frozenset(file.path for file in lengths.get() if file.length is not None),
        credential_forwarded=connector.forwards_credential(source),
    )


def _side(label: str, facts: HostFacts, migrations: MigrationJobs) -> Side:
    return Side(label=label, facts=facts, jobs=migrations.jobs, active=migrations.active_vm_migrations)


def _folder(outcome: Outcome[FolderListing]) -> FolderListing | HvError:
    """What the host says about the folder is a finding; any other error is one of the check."""
    error = outcome.error
    return error if error is not None and error.code.startswith(_FOLDER_CODES) else outcome.get()

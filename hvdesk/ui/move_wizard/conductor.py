"""Leads through the wizard: holds the draft, asks the hosts, runs the check, and alone can start the move."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from hvdesk.app.core import Core
from hvdesk.domain import flow, validate
from hvdesk.domain.errors import ErrorReport, HvError
from hvdesk.domain.flow import MoveDraft, Page
from hvdesk.domain.model import HostFacts, VmDetails, Volume
from hvdesk.domain.move import CheckReport
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.prepare import PreparedMove
from hvdesk.settings.schema import HostEntry
from hvdesk.ui.bridge import Bridge
from hvdesk.ui.computers import find_host, same_machine, split_port
from hvdesk.ui.host_book import HostBook
from hvdesk.ui.questions import host_facts, new_folder, vm_details

log = logging.getLogger(__name__)


class Conductor(QObject):
    """Attributes: `draft`, `page`, `busy` (what is waited for), `error` (of the page shown), `details` of the VM,
    `volumes` of the destination.

    Signals: `changed` when any of them differs, `unlisted` with a typed name that no listed host bears, `started`
    with the id of the job. A page is valid, busy or in error; while it is busy nothing can be chosen.

    Whatever arrives for an earlier attempt, or after `abandon`, is ignored.
    """

    changed = Signal()
    unlisted = Signal(object)
    started = Signal(object)

    def __init__(
        self, core: Core, bridge: Bridge, hosts: HostBook, draft: MoveDraft, page: Page, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.core = core
        self.bridge = bridge
        self.hosts = hosts
        self.draft = draft
        self.page = page
        self.busy: str | None = None
        self.error: ErrorReport | None = None
        self.details: VmDetails | None = None
        self.volumes: tuple[Volume, ...] = ()
        self._finishing = False
        self._prepared: PreparedMove | None = None
        self._attempt = object()
        core.ask(draft.source, partial(vm_details, draft.vm_id), bridge.to(self, self._take_details))

    @property
    def destination(self) -> HostEntry | None:
        """The connected destination."""
        return self.hosts.entry(self.draft.destination) if self.draft.destination else None

    def choose(self, draft: MoveDraft) -> None:
        """The user chose something on the page shown; a check of other choices is given up."""
        if draft == self.draft:
            return
        if draft.report is not None and not flow.check_holds(draft):
            self._give_up_check()
            draft = flow.with_report(draft, None)
        self.draft = draft
        self.error = None
        self.changed.emit()

    def next(self) -> None:
        """Next: to the following page, once what this page needs from a host is there."""
        self._finishing = False
        self._advance()

    def previous(self) -> None:
        """Previous."""
        if page := flow.previous_page(self.draft, self.page):
            self._show(page)

    def go_to(self, page: Page) -> None:
        """A page chosen in the list on the left, if all before it are complete."""
        if page is not self.page and self.busy is None and flow.reachable(self.draft, page):
            self._show(page)

    def finish(self) -> None:
        """Finish on any page: run what check is missing, and start only if nothing in it is open."""
        self._finishing = True
        self._advance()

    def check_again(self) -> None:
        """Run the check anew."""
        self._finishing = False
        self._run_check()

    def make_folder(self) -> None:
        """Make the folder on the destination at once, as its button says; then check again. It stays after Cancel."""
        if self.draft.destination is None or self.busy is not None:
            return
        folder = self.draft.folder
        log.info("making a folder on the destination, as the user ordered: %s", folder)
        self._wait(f"Making {folder}...")
        made = self.bridge.to(self, partial(self._folder_made, self._attempt))
        self.core.ask(self.draft.destination, partial(new_folder, folder), made)

    def destination_connected(self, host_id: str) -> None:
        """The host that `unlisted` named is in the list now."""
        self._reach(self.hosts.entry(host_id))

    def job_over(self, error: ErrorReport | None) -> None:
        """The move ended without success: it can be started again, after another check."""
        self.draft = flow.with_report(self.draft, None)
        self.error = error
        self.changed.emit()

    def abandon(self) -> None:
        """Cancel: nothing of ours stays on the hosts, and no answer counts any more."""
        self._give_up_check()

    def _advance(self) -> None:
        if self.draft.destination is None and (self._finishing or self.page is Page.DESTINATION):
            self._reach(find_host(self.hosts.hosts(), self.draft.destination_name))
        elif not self._settle_folder():
            self._finishing = False
            self.changed.emit()
        elif not self._finishing:
            self._show(flow.next_page(self.draft, self.page) or self.page)
        elif flow.may_start(self.draft):
            self._start()
        elif flow.check_holds(self.draft):
            self._finishing = False
            self._show(Page.CHECK)
        else:
            self._show(Page.CHECK)

    def _show(self, page: Page) -> None:
        self.draft = flow.entered(self.draft, page)
        self.page = page
        self.error = None
        if page is Page.CHECK and not flow.check_holds(self.draft):
            self._run_check()
        else:
            self.changed.emit()

    def _settle_folder(self) -> bool:
        """Bring the folder into its usual form; False, with the error set, for one that Windows would refuse."""
        if Page.FOLDER not in flow.pages(self.draft) or not self.draft.folder.strip():
            return True
        try:
            folder = validate.folder(self.draft.folder)
        except HvError as error:
            self.page, self.error = Page.FOLDER, error.report()
            return False
        if folder != self.draft.folder:
            self.choose(replace(self.draft, folder=folder))
        return True

    def _reach(self, entry: HostEntry | None) -> None:
        """Ask the destination who it is, then go on."""
        typed = self.draft.destination_name
        if entry is None:
            try:
                validate.host_address(split_port(typed.strip(), "")[0])
            except HvError as error:
                self._fail(error)
            else:
                self.unlisted.emit(typed.strip())
            return
        self._wait(f"Connecting to {entry.name}...")
        reached = self.bridge.to(self, partial(self._reached, self._attempt, entry))
        self.core.ask(entry.id, host_facts, reached)

    def _reached(self, attempt: object, entry: HostEntry, outcome: Outcome[HostFacts]) -> None:
        if attempt is not self._attempt:
            return
        self.busy = None
        if outcome.error is not None:
            self._fail(outcome.error)
        elif entry.id == self.draft.source or same_machine(self.hosts.state(self.draft.source).facts, outcome.get()):
            source = self.hosts.entry(self.draft.source)
            names = {"source": source.name if source else "", "destination": self.draft.destination_name.strip()}
            self._fail(HvError("pair.same_host", host=entry.name, facts=names))
        else:
            self.draft = replace(self.draft, destination=entry.id)
            self.volumes = outcome.get().volumes
            self._advance()

    def _run_check(self) -> None:
        self._give_up_check()
        self.draft = flow.with_report(self.draft, None)
        self._wait("Checking the move on both hosts...")
        checked = self.bridge.to(self, partial(self._checked, self._attempt))
        try:
            self._prepared = self.core.moves.prepare(flow.request(self.draft), checked)
        except HvError as error:
            self.busy = None
            self._fail(error)

    def _checked(self, attempt: object, outcome: Outcome[CheckReport]) -> None:
        if attempt is not self._attempt:
            return
        self.busy = None
        if outcome.error is not None:
            self._fail(outcome.error)
            return
        self.draft = flow.with_report(self.draft, outcome.get())
        if self._finishing:
            self._advance()
        else:
            self.changed.emit()

    def _folder_made(self, attempt: object, outcome: Outcome[str]) -> None:
        if attempt is not self._attempt:
            return
        self.busy = None
        if outcome.error is not None:
            self._fail(outcome.error)
        else:
            self.check_again()

    def _start(self) -> None:
        prepared, self._prepared, self._finishing = self._prepared, None, False
        if prepared is None or not flow.may_start(self.draft):
            raise AssertionError("a move starts only after a finished check of exactly its choices")
        try:
            job_id = prepared.start(flow.accepted_codes(self.draft))
        except HvError as error:
            prepared.abandon()
            self.draft = flow.with_report(self.draft, None)
            self._fail(error)
            return
        self.page = Page.SUMMARY
        self.error = None
        self.changed.emit()
        self.started.emit(job_id)

    def _wait(self, words: str) -> None:
        self._attempt = object()
        self.busy, self.error = words, None
        self.changed.emit()

    def _fail(self, error: HvError) -> None:
        self._finishing = False
        self.error = error.report()
        self.changed.emit()

    def _give_up_check(self) -> None:
        self._attempt = object()
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            prepared.abandon()

    def _take_details(self, outcome: Outcome[VmDetails]) -> None:
        """Only shown; without it the size is a dash, and the check says what is wrong with the VM."""
        if outcome.error is None:
            self.details = outcome.get()
            self.changed.emit()

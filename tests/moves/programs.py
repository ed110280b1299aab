"""Programs of hvdesk against a lab, without a front end: each has lanes, a journal and moves of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labhelp import Lab

from hvdesk.domain.errors import HvError
from hvdesk.domain.move import CheckReport, JobState, JobView, MoveRequest, SingleLocation
from hvdesk.domain.outcome import Outcome
from hvdesk.domain.secret import Secret
from hvdesk.hyperv.connector import Connector, HostAccess
from hvdesk.hyperv.moves import MoveService
from hvdesk.hyperv.prepare import PreparedMove
from hvdesk.hyperv.tools import Patience
from hvdesk.jobs.drivers import Drivers
from hvdesk.jobs.entries import Entry
from hvdesk.jobs.journal import Journal
from hvdesk.jobs.runner import Runner
from hvdesk.remoting.endpoint import Endpoint, Timing
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon, Method

SECONDS = 40.0
"""For anything that should happen at all."""

HURRIED = Timing(connect=2, operation=1, margin=1, idle=60, away=0.3, start=20, farewell=2, pause=0.05)
IMPATIENT = Patience(look=0.05, harder=0.3, planned=5.0, planned_look=0.05, earlier=0.5, unseen=8, contradiction=8)


class Program:
    """One run of hvdesk on a data folder. `lab` is what the lab's state file says, `logon` how it logs on to every
    host; a host named in `aliases` is reached at the address of another."""

    def __init__(
        self,
        lab: Mapping[str, Any],
        folder: Path,
        *,
        logon: Method = "credssp",
        user: str | None = None,
        patience: Patience = IMPATIENT,
        timing: Timing = HURRIED,
        idle_seconds: float = SECONDS,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._hosts = {host["name"]: host for host in lab["hosts"]}
        self._hosts |= {alias: self._hosts[name] for alias, name in (aliases or {}).items()}
        account = next(one for one in lab["accounts"] if one["user"] == (user or lab["default_account"]))
        self._logon = Logon(method=logon, user=account["user"], password=Secret(account["password"]))
        self._gate = LogonGate()
        self._timing = timing
        self._changed = threading.Condition()
        self._views: list[JobView] = []
        self.journal = Journal(folder / "journal.sqlite")
        self.drivers = Drivers(folder / "drivers")
        self.connector = Connector(self._access, self._label, idle_seconds=idle_seconds)
        self.moves = MoveService(self.connector, Runner(), self.journal, self.drivers, patience=patience)
        self.moves.subscribe(self._take)

    def close(self, policy: Any = "leave", seconds: float = 20.0) -> None:
        """End the program; everything must end in time."""
        ended = self.moves.close(policy, seconds) and self.connector.close(seconds)
        self.journal.close()
        self.drivers.close()
        assert ended

    def request(
        self, vm: Machine, folder: str = "D:\\VMs", *, source: str = "HV01", destination: str = "HV02"
    ) -> MoveRequest:
        """A wish to move a VM."""
        storage = SingleLocation(folder=folder)
        return MoveRequest(vm_id=vm.id, vm_name=vm.name, source=source, destination=destination, storage=storage)

    def prepare(self, request: MoveRequest) -> tuple[PreparedMove, Outcome[CheckReport]]:
        """Check a move and wait for the report or the error."""
        reports: queue.Queue[Outcome[CheckReport]] = queue.Queue()
        prepared = self.moves.prepare(request, reports.put)
        return prepared, reports.get(timeout=SECONDS)

    def check(self, request: MoveRequest) -> CheckReport:
        """The report of a check that is given up again, of which nothing may be left in the journal."""
        prepared, outcome = self.prepare(request)
        prepared.abandon()
        assert prepared.gone.wait(SECONDS)
        return outcome.get()

    def start(self, request: MoveRequest, accepted: Sequence[str] = ()) -> str:
        """Check a move and start it; the id of its job."""
        prepared, outcome = self.prepare(request)
        codes = [(finding.code, finding.host_words) for finding in outcome.get().blockers]
        assert not codes, codes
        return prepared.start(frozenset(accepted))

    def views(self, job_id: str) -> list[JobView]:
        """All views of a job so far."""
        with self._changed:
            return [view for view in self._views if view.id == job_id]

    def until(self, job_id: str, condition: Callable[[JobView], bool]) -> JobView:
        """Wait for a view of the job that fits; fails when none comes in time."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: next((v for v in self._views if v.id == job_id and condition(v)), None), SECONDS
            )
            assert found, [(v.state, v.phase, v.percent, v.note, v.error) for v in self._views if v.id == job_id][-5:]
            return found

    def over(self, job_id: str) -> JobView:
        """Wait for the end of the job."""
        return self.until(job_id, lambda view: view.state.over)

    def reaches(self, job_id: str, state: JobState) -> JobView:
        """Wait until the job was in this state."""
        return self.until(job_id, lambda view: view.state is state)

    def entry(self, job_id: str) -> Entry:
        """The job in the journal."""
        entry = self.journal.get(job_id)
        assert entry is not None
        return entry

    def _take(self, view: JobView) -> None:
        with self._changed:
            self._views.append(view)
            self._changed.notify_all()

    def _label(self, host_id: str) -> str:
        if host_id not in self._hosts:
            raise HvError("host.not_listed", facts={"name": host_id})
        return host_id

    def _access(self, host_id: str) -> HostAccess:
        host = self._hosts[self._label(host_id)]
        endpoint = Endpoint(label=host_id, address=host["address"], port=host["http_port"])
        return HostAccess(endpoint=endpoint, logon=self._logon, gate=self._gate, timing=self._timing)


@dataclass(frozen=True)
class Machine:
    """A VM of the world."""

    id: str
    name: str


class World:
    """What the lab's world holds, read and changed past hvdesk. One lab serves many tests: each begins with the world's
    settings as they were, and brings its own VMs."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._first = self.show()
        self._machines: list[Machine] = []

    def begin(self) -> None:
        """Take back what the test before changed; the clock runs sixty times as fast as it would."""
        self.lab.command({"cmd": "clear"})
        self.clock(hold=False, speed=60)
        for name, value in self._first["switches"].items():
            self.switch(name, value)
        for name, host in self._first["hosts"].items():
            self.do(do="settings", host=name, **host["migration"])
            for volume, free in host["volumes"].items():
                self.do(do="free", host=name, volume=volume, gb=free / 2**30)

    def end(self) -> None:
        """Remove the test's VMs from wherever they are, while none of them can arrive elsewhere."""
        self.clock(hold=True)
        now = self.show()
        assert now["trigger_errors"] == self._first["trigger_errors"]
        for machine in self._machines:
            for name, host in now["hosts"].items():
                if any(vm["id"] == machine.id for vm in host["vms"]):
                    self.do(do="delete", host=name, vm=machine.id)
        self._machines.clear()
        self.clock(hold=False)

    def vm(
        self, name: str = "web", host: str = "HV01", *, disks: Sequence[float | dict[str, Any]] = (24, 12), **more: Any
    ) -> Machine:
        """A new VM. A disk is a number of GB that a dynamic one holds, or a scenario's disk; `more` are keys of a
        scenario's VM."""
        made = [
            {"size_gb": disk * 2 + 1, "chain": [{"file": f"{name}-{number}.vhdx", "gb": disk}]}
            if isinstance(disk, int | float)
            else disk
            for number, disk in enumerate(disks)
        ]
        table = {"name": name, "disks": made, "adapters": [{"switch": "Corp"}], "memory_gb": 4, **more}
        machine = Machine(self.do(do="add", host=host, vm=table)["id"], name)
        self._machines.append(machine)
        return machine

    def do(self, **what: Any) -> dict[str, Any]:
        """Let somebody else do something."""
        return self.lab.command({"cmd": "world", **what})

    def switch(self, name: str, value: bool) -> None:
        """Set a fact about Windows."""
        self.lab.command({"cmd": "switch", "name": name, "value": value})

    def clock(self, **what: Any) -> None:
        """Hold, release, advance or speed up the world's clock."""
        self.lab.command({"cmd": "clock", **what})

    def hold_at(self, event: str) -> None:
        """Let the clock stop at the moment of the next such event."""
        self.do(do="when", event=event, then={"cmd": "clock", "hold": True})

    def foreign(self, vm: Machine, phase: str = "storage-1") -> None:
        """Somebody else migrates a VM from HV01 to HV02; it stands still at the beginning of this phase."""
        self.hold_at(f"phase:{phase}")
        self.do(do="migrate", host="HV01", vm=vm.id, destination="HV02", folder="D:\\Export")
        self.lab.until(lambda: self.job(vm)["phase"] == phase, SECONDS)

    def show(self) -> dict[str, Any]:
        """Everything."""
        return self.lab.command({"cmd": "show"})

    def hosts_of(self, vm: Machine) -> list[str]:
        """The hosts that have the real VM."""
        hosts = self.show()["hosts"]
        return [name for name, host in hosts.items() if any(one["id"] == vm.id for one in host["vms"])]

    def planned(self, vm: Machine, host: str = "HV02") -> list[str]:
        """Owners of the planned VMs of this id there."""
        return [one["owner"] for one in self.show()["hosts"][host]["planned"] if one["vm_id"] == vm.id]

    def count(self, cmdlet: str, vm: Machine) -> int:
        """How often a changing cmdlet was executed for this VM, on all hosts."""
        return sum((call["cmdlet"], call["target"]) == (cmdlet, vm.id) for call in self.show()["calls"])

    def requests(self, verb: str, host: str = "HV02") -> int:
        """How many requests of this verb came to a host. Each look at it takes a Send."""
        return int(self.lab.log(host)["requests"].get(verb, 0))

    def job(self, vm: Machine, host: str = "HV01") -> dict[str, Any]:
        """The latest migration job of this VM on a host."""
        return next(job for job in reversed(self.show()["hosts"][host]["jobs"]) if job["vm_id"] == vm.id)


@contextmanager
def running(lab: Mapping[str, Any], folder: Path, **options: Any) -> Iterator[Program]:
    """A program for a block."""
    program = Program(lab, folder, **options)
    try:
        yield program
    finally:
        program.close()

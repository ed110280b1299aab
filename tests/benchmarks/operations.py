"""Requests and milliseconds per operation on the lab: pywinrm's run_ps, pypsrp, and hvdesk, side by side.

The lab starts its simulated PowerShell in no time, so the start of a real powershell.exe, which run_ps and pypsrp pay
for each operation and hvdesk once a session, comes on top of what is shown.
"""

from __future__ import annotations

import statistics
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from labhelp import Lab, running_lab
from rich.console import Console
from rich.table import Table

from hvdesk.domain.secret import Secret
from hvdesk.hyperv.channel import AgentChannel
from hvdesk.hyperv.host import HyperVHost
from hvdesk.remoting.endpoint import Endpoint
from hvdesk.remoting.gate import LogonGate
from hvdesk.remoting.logon import Logon

HOST = "HV01"
DELAYS = (0, 20)
ROUNDS = 40
COUNTED = 5
MOST_REQUESTS = 2.0
LEAST_RATIO = 4.0


@dataclass(frozen=True)
class Target:
    """Where to measure and as whom."""

    address: str
    port: int
    user: str
    password: str


@dataclass(frozen=True)
class Measured:
    """What one operation costs: HTTP requests (mean) and milliseconds (median)."""

    requests: float
    milliseconds: float


Client = Callable[[Target], AbstractContextManager[Callable[[], object]]]


@contextmanager
def run_ps(target: Target) -> Iterator[Callable[[], object]]:
    """pywinrm's Session: logs on, opens a shell and starts PowerShell for each script."""
    import winrm

    url = f"http://{target.address}:{target.port}/wsman"
    session = winrm.Session(
        url, (target.user, target.password), transport="ntlm", message_encryption="always", proxy=None
    )

    def operation() -> None:
        answer = session.run_ps("hostname")
        assert answer.status_code == 0, answer.std_err

    yield operation


@contextmanager
def pypsrp(target: Target) -> Iterator[Callable[[], object]]:
    """pypsrp's WinRS with the connection and logon kept: a shell and a process for each script."""
    from pypsrp.shell import Process, WinRS
    from pypsrp.wsman import WSMan

    with WSMan(
        target.address,
        port=target.port,
        ssl=False,
        username=target.user,
        password=target.password,
        auth="ntlm",
        encryption="always",
        no_proxy=True,
    ) as wsman:

        def operation() -> None:
            with WinRS(wsman) as shell:
                process = Process(shell, "powershell.exe", ["-NoProfile", "-Command", "hostname"])
                process.invoke()
                process.signal("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate")
                assert process.rc == 0, process.stderr

        yield operation


@contextmanager
def hvdesk(target: Target) -> Iterator[Callable[[], object]]:
    """One shell and one PowerShell for all operations."""
    endpoint = Endpoint(label=HOST, address=target.address, port=target.port)
    logon = Logon(method="ntlm", user=target.user, password=Secret(target.password))
    host = HyperVHost(AgentChannel.open(endpoint, logon, LogonGate()), HOST)
    try:
        yield host.ping
    finally:
        host.close()


CLIENTS: Mapping[str, Client] = {"pywinrm run_ps": run_ps, "pypsrp WinRS": pypsrp, "hvdesk": hvdesk}


def measure(lab: Lab, target: Target) -> dict[str, Measured]:
    """Run every client's operation some times, after one that is not counted (logon, imports).

    In turn, so that whatever else the machine does meets them all alike.
    """
    with ExitStack() as stack:
        operations = {name: stack.enter_context(client(target)) for name, client in CLIENTS.items()}
        counts = {name: requests_of(lab, operation) for name, operation in operations.items()}
        times: dict[str, list[float]] = {name: [] for name in operations}
        for _ in range(ROUNDS):
            for name, operation in operations.items():
                begin = time.perf_counter()
                operation()
                times[name].append((time.perf_counter() - begin) * 1000)
    return {name: Measured(counts[name], statistics.median(times[name])) for name in operations}


def requests_of(lab: Lab, operation: Callable[[], object]) -> float:
    """HTTP requests for one operation, as the host counts them, once the client has logged on."""
    operation()
    before = requests(lab)
    for _ in range(COUNTED):
        operation()
    return (requests(lab) - before) / COUNTED


def requests(lab: Lab) -> int:
    """HTTP requests that the host has seen, once nothing is under way: hvdesk's next Receive is asked for early."""
    seen = -1
    turn = threading.Event()
    while seen != (seen := int(lab.log(HOST)["http_requests"])):
        turn.wait(0.1)
    return seen


def table(delay: int, rows: Mapping[str, Measured]) -> Table:
    """The comparison at one delay; ratios against run_ps."""
    shown = Table(title=f"one operation, {delay} ms delay, NTLM over http, sealed")
    for column in ("", "requests", "ms", "times faster than run_ps"):
        shown.add_column(column, justify="right" if column else "left")
    base = rows["pywinrm run_ps"]
    for name, row in rows.items():
        ratio = base.milliseconds / row.milliseconds
        shown.add_row(name, f"{row.requests:.1f}", f"{row.milliseconds:.1f}", f"{ratio:.1f}")
    return shown


def kept(rows: Mapping[str, Measured]) -> bool:
    """Whether hvdesk keeps its promise: at most two requests, at least four times faster than run_ps."""
    ours = rows["hvdesk"]
    return ours.requests <= MOST_REQUESTS and rows["pywinrm run_ps"].milliseconds >= LEAST_RATIO * ours.milliseconds


def run(console: Console) -> bool:
    """Measure and print; False when the promise does not hold."""
    good = True
    with warnings.catch_warnings(), running_lab() as lab:
        warnings.simplefilter("ignore")  # pywinrm's own; nothing is judged by them here
        host, account = lab.host(HOST), lab.account("domain-admin")
        target = Target(host.address, host.http_port, account.user, account.password)
        for delay in DELAYS:
            lab.command({"cmd": "rtt", "ms": delay})
            rows = measure(lab, target)
            console.print(table(delay, rows))
            good &= kept(rows)
    console.print(f"limit: at most {MOST_REQUESTS:g} requests, at least {LEAST_RATIO:g} times faster than run_ps")
    return good

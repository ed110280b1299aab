"""A lab to work on: one started as a child process, or one that runs already and wrote its state file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import msgspec

from hvdesk.domain.errors import HvError
from hvdesk.domain.secret import Secret
from hvdesk.settings.schema import HostEntry, LogonMethod

_START_SECONDS = 60.0
_END_SECONDS = 10.0
_HOST_IDS = uuid5(NAMESPACE_DNS, "lab.hvdesk")

if sys.platform == "win32":
    _CREATION_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _CREATION_FLAGS = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabHost:
    """One simulated host, as the state file names it."""

    name: str
    fqdn: str
    address: str
    http_port: int


class LabAccount(msgspec.Struct, frozen=True):
    """An account of the simulated directory; as a Struct it is never printed with its password."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"LabAccount({self.user!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabState:
    """What a lab says of itself; keys of the state file."""

    scenario: str
    hosts: tuple[LabHost, ...]
    accounts: tuple[LabAccount, ...]
    default_account: str
    logon: LogonMethod

    def entries(self) -> tuple[HostEntry, ...]:
        """The lab's hosts as entries; their ids stay the same from one start of the lab to the next."""
        return tuple(
            HostEntry(
                id=str(uuid5(_HOST_IDS, host.fqdn)),
                name=host.name,
                address=host.address,
                port=host.http_port,
                logon=self.logon,
                user=self.default_account,
                identity=_identity(host.fqdn),
            )
            for host in self.hosts
        )

    def passwords(self) -> dict[str, Secret]:
        """The password of every account."""
        return {account.user: Secret(account.password) for account in self.accounts}


def _identity(fqdn: str) -> tuple[str, str]:
    name, _, domain = fqdn.casefold().partition(".")
    return name, domain


def read_state(path: Path) -> LabState:
    """Read a state file; raises HvError `lab.no_state`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=LabState)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        # Not the decoder's words: they may quote the file, which holds passwords.
        words = str(error) if isinstance(error, OSError) else ""
        raise HvError("lab.no_state", facts={"path": path}, host_words=words) from None


class LabChild:
    """A lab of our own, ended with the program: its standard input is a pipe from us, whose end ends it."""

    def __init__(self, scenario: str) -> None:
        """Start it and wait until it is ready; raises HvError `lab.not_started`. `scenario` "": the standard one."""
        self._folder = Path(tempfile.mkdtemp(prefix="hvdesk-lab-"))
        self.data = self._folder / "data"
        state, log = self._folder / "state.json", self._folder / "lab.log"
        words = [*_program(), "lab", "--state", str(state)] + (["--scenario", scenario] if scenario else [])
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                # Ctrl+C in the terminal is for us: it cancels a move, and must not end the hosts it runs on.
                start_new_session=True,
                creationflags=_CREATION_FLAGS,
            )
        try:
            self._wait_for(state, log)
            self.state = read_state(state)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the lab, kill it when it does not end, and remove its folder. Any thread."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)  # Windows: the log of this very run may be open still

    def _wait_for(self, state: Path, log: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        turn = threading.Event()
        while not state.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                words = log.read_text(errors="replace")[-2000:]
                raise HvError("lab.not_started", host_words=words.strip())
            turn.wait(0.02)


def _program() -> list[str]:
    """How this program is started again; a frozen one is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "hvdesk"]

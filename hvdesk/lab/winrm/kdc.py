"""The lab's own Kerberos: an MIT KDC for its realm in a temporary folder on a loopback port, where one is installed.

Nothing of the machine's Kerberos is read or written: the variables in `Kdc.environment` point krb5 at the folder.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))  # not in every user's PATH
_TOOLS = ("kdb5_util", "kadmin.local", "krb5kdc", "setpriv")
_SERVICES = ("HTTP", "WSMAN", "host")  # on Windows the computer's HOST/ stands for all of them

SHARED_NAMES = ("localhost", "127.0.0.1")
"""The names under which a lab's hosts are reached; all of them take tickets for these."""
_START_SECONDS = 10.0
_PORTS_TO_TRY = 5


class KdcError(Exception):
    """The KDC cannot be set up or does not start; the text says why."""


@dataclass(frozen=True, slots=True)
class Service:
    """A host's names in the directory. `trusted`: for delegation, which its tickets then tell the client."""

    name: str
    fqdn: str
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """`DOMAIN\\user` in the realm. `sensitive`: cannot be delegated, so that no ticket of theirs is forwardable."""

    account: str
    password: str = field(repr=False)
    sensitive: bool = False

    @property
    def name(self) -> str:
        """The principal's name, without its realm. MIT's names, other than Windows', are case-sensitive."""
        return self.account.rpartition("\\")[2]


def missing() -> tuple[str, ...]:
    """What this machine lacks for a KDC: programs and Python packages; empty when all is there."""
    if sys.platform == "win32":
        return ("an MIT KDC",)
    tools = [tool for tool in _TOOLS if _tool(tool) is None]
    return (*tools, *(module for module in ("gssapi", "krb5") if importlib.util.find_spec(module) is None))


class Kdc:
    """A running KDC. Thread-safe; it ends with this process, however that ends, and before with `stop`."""

    def __init__(self, folder: Path, realm: str, services: Iterable[Service], people: Iterable[Person]) -> None:
        """Make the realm and start its KDC, which lives no longer than the calling thread. Raises KdcError."""
        self.realm = realm
        self._people = {person.account.upper(): person for person in people}
        self.config = folder / "krb5.conf"
        self._folder = folder
        self._keytab = folder / "hosts.keytab"
        self._log = folder / "kdc.log"
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700)
        self._configure(0)
        master = secrets.token_urlsafe(24)
        self._run("kdb5_util", "-r", realm, "create", "-s", words=f"{master}\n{master}\n")
        self._admin([*_service_lines(services, self._keytab), *map(_person_line, self._people.values())])
        self._process = self._start()

    def environment(self) -> Mapping[str, str]:
        """The variables that let this process accept tickets of the realm, and nothing else of the machine's."""
        return {
            **self._variables(),
            "KRB5_KTNAME": f"FILE:{self._keytab}",
            "KRB5CCNAME": "MEMORY:lab",
            "KRB5RCACHENAME": "none:",
        }

    def change_password(self, account: str, password: str) -> None:
        """Set the password of `DOMAIN\\user`, if of this realm. Tickets that are out stay good, as on Windows."""
        person = self._people.get(account.upper())
        if person is not None:
            self._admin([f"change_password -pw {_quoted(password)} {_quoted(person.name)}"])

    def principal(self, account: str) -> str | None:
        """The principal of `DOMAIN\\user`; None for somebody who is not in the realm."""
        person = self._people.get(account.upper())
        return f"{person.name}@{self.realm}" if person is not None else None

    def trust(self, service: Service) -> None:
        """Set whether a host is trusted for delegation; counts for tickets given from now on."""
        flag = "+ok_as_delegate" if service.trusted else "-ok_as_delegate"
        self._admin([f"modify_principal {flag} {_quoted(name)}" for name in _principals(service)])

    def log(self) -> Mapping[str, int]:
        """Tickets given, and passwords refused, as its own log tells."""
        text = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        lines = text.splitlines()
        return {
            "tickets": sum("TGS_REQ" in line and " ISSUE: " in line for line in lines),
            "failed": sum("PREAUTH_FAILED" in line for line in lines),
        }

    def stop(self) -> None:
        """End the KDC."""
        self._process.terminate()
        self._process.wait()

    def _configure(self, port: int) -> None:
        """Write both configuration files anew."""
        self.config.write_text(_CLIENT.format(realm=self.realm, port=port), encoding="utf-8")
        server = _SERVER.format(realm=self.realm, port=port, folder=self._folder, log=self._log)
        (self._folder / "kdc.conf").write_text(server, encoding="utf-8")

    def _start(self) -> subprocess.Popen[bytes]:
        setpriv, program = _tool("setpriv"), _tool("krb5kdc")
        assert setpriv is not None, "asked for by missing()"
        assert program is not None, "asked for by missing()"
        for _ in range(_PORTS_TO_TRY):
            port = _free_port()
            self._configure(port)
            process = subprocess.Popen(
                # A lab that is killed takes its KDC along.
                [setpriv, "--pdeathsig", "KILL", program, "-n", "-r", self.realm],
                env={**os.environ, **self._variables()},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if _answers(process, port):
                return process
            process.kill()
            process.wait()
        raise KdcError(f"krb5kdc does not start; see {self._log}")

    def _admin(self, lines: list[str]) -> None:
        """Carry out kadmin's commands, given on its standard input: passwords have no place among arguments."""
        with self._lock:
            self._run("kadmin.local", "-r", self.realm, words="".join(f"{line}\n" for line in lines))

    def _run(self, tool: str, *arguments: str, words: str) -> None:
        program = _tool(tool)
        assert program is not None, "asked for by missing()"
        done = subprocess.run(
            [program, *arguments],
            input=words,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **self._variables(), "LC_ALL": "C.UTF-8"},
        )
        # kadmin.local ends with 0 whatever its commands did; what went wrong it says on stderr.
        problems = [line for line in done.stderr.splitlines() if not line.startswith(_HARMLESS)]
        if done.returncode or (problems and tool == "kadmin.local"):
            raise KdcError(f"{tool}: {' '.join(problems) or f'exit code {done.returncode}'}")

    def _variables(self) -> Mapping[str, str]:
        return {"KRB5_CONFIG": str(self.config), "KRB5_KDC_PROFILE": str(self._folder / "kdc.conf")}


_HARMLESS = ("No policy specified", "Authenticating as principal", "WARNING: no policy specified")
_CLIENT = """\
[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 forwardable = true
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
"""
_SERVER = """\
[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  acl_file = {folder}/kadm5.acl
  supported_enctypes = aes256-cts-hmac-sha1-96:normal
 }}
[logging]
 kdc = FILE:{log}
"""


def _service_lines(services: Iterable[Service], keytab: Path) -> list[str]:
    principals = {f"{one}/{name}": False for one in _SERVICES for name in SHARED_NAMES}
    for service in services:
        principals |= dict.fromkeys(_principals(service), service.trusted)
    added = [
        f"add_principal -randkey {'+ok_as_delegate ' * trusted}{_quoted(name)}" for name, trusted in principals.items()
    ]
    return [*added, f"ktadd -norandkey -k {_quoted(str(keytab))} {' '.join(map(_quoted, principals))}"]


def _principals(service: Service) -> list[str]:
    """A host's own principals: those of the names that all share are trusted for nothing."""
    return [f"{one}/{name}" for one in _SERVICES for name in (service.fqdn.lower(), service.name.lower())]


def _person_line(person: Person) -> str:
    # As in Active Directory: without preauthentication the KDC would never learn of a wrong password.
    flags = "+requires_preauth " + "-allow_forwardable " * person.sensitive
    return f"add_principal {flags}-pw {_quoted(person.password)} {_quoted(person.name)}"


def _quoted(word: str) -> str:
    """A word for kadmin's own reader of lines, which knows no other escape than the doubled quote."""
    if "\n" in word or "\0" in word:
        raise KdcError("kadmin takes no line break")
    return '"' + word.replace('"', '""') + '"'


def _tool(name: str) -> str | None:
    return shutil.which(name, path=_PATH)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the KDC listens; false when it ended instead, because another program took the port."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return True
    return False

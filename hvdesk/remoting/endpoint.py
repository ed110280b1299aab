"""Where a host's WinRM listens, and how long to wait for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One listener. Over https its certificate is verified: against `ca_file`, else the system's store, or by `pin`.

    `pin` is the SHA-256 of the certificate in hex; it then stands for the whole verification. `label` is what the user
    calls the host: errors bear it. `service_name` is the host's name in the directory, for its Kerberos tickets, when
    `address` is not that name.
    """

    label: str
    address: str
    port: int
    https: bool = False
    ca_file: str | None = None
    pin: str | None = None
    service_name: str | None = None

    @property
    def url(self) -> str:
        """The address of the WS-Management service."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.https else 'http'}://{host}:{self.port}/wsman"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds. The defaults are for real hosts; tests on loopback are less patient."""

    connect: float = 10
    operation: int = 20
    """How long the host may hold one request (OperationTimeout; whole seconds, pywinrm sends no fractions)."""
    margin: float = 10
    """How much longer we wait for an answer: by then a Receive lost on the way is over at the host too."""
    silence: float = 60
    """After this much silence the sender logs on anew: http.sys drops idle connections, and with them the seal."""
    idle: int = 180
    """The shell's IdleTimeOut: how long an orphaned shell stays, and so how long recovering one makes sense."""
    away: float = 15
    """How long a short operation waits for a host to come back; one without a time-out waits as long as `idle`."""
    start: float = 120
    """From the start of powershell.exe until it takes input; a busy host needs its time."""
    farewell: float = 5
    """For the connection and for the answer when a shell is deleted; a host that is away must not hold us up."""
    pause: float = 0.5
    """Before the second attempt to reach the host again; doubled from one to the next, up to ten times as much."""

    @property
    def read(self) -> float:
        """Until an answer must have come."""
        return self.operation + self.margin

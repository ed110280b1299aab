"""What a typed computer name means: which listed host, and which port if one was typed with it."""

from __future__ import annotations

from collections.abc import Iterable

from hvdesk.domain.model import HostFacts
from hvdesk.settings.schema import HostEntry


def find_host(hosts: Iterable[HostEntry], typed: str) -> HostEntry | None:
    """The entry whose label, address, computer name or full DNS name is `typed`, in any case; the label wins."""
    wanted = typed.strip().casefold()
    entries = list(hosts)
    for entry in entries:
        if entry.name.casefold() == wanted:
            return entry
    return next((entry for entry in entries if wanted in _other_names(entry)), None)


def same_machine(source: HostFacts | None, destination: HostFacts) -> bool:
    """True when both are one machine, whatever they are called and however they were reached."""
    return source is not None and source.identity == destination.identity


def split_port(computer: str, port: str) -> tuple[str, str]:
    """(`hv01`, `5986`) of `hv01:5986`; `port` where none was typed. An IPv6 address is not taken apart."""
    name, colon, digits = computer.rpartition(":")
    if colon and digits.isdecimal() and ":" not in name.strip("[]"):
        return name, digits
    return computer, port


def _other_names(entry: HostEntry) -> set[str]:
    names = {f"{entry.address.casefold()}:{entry.port}"}
    if not entry.address.startswith("127."):  # the hosts of a lab all have one address
        names.add(entry.address.casefold())
    if entry.identity is not None:
        computer, domain = entry.identity
        names |= {computer, f"{computer}.{domain}"} if domain else {computer}
    return names

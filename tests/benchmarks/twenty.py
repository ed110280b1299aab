"""A lab of twenty hosts that share one credential, and hvdesk on it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from labhelp import Lab, running_lab

from hvdesk.app.core import Core
from hvdesk.domain.outcome import Outcome
from hvdesk.hyperv.connector import Pending
from hvdesk.hyperv.host import HyperVHost

T = TypeVar("T")

HOSTS = 20
VMS_PER_HOST = 10
DISK_GB = 24

_HEAD = """
name = "twenty"
domain = "lab.test"
netbios = "LAB"
default_account = "LAB\\\\admin"

[engine]
storage_gb_per_second = 1.0

[[accounts]]
user = "LAB\\\\admin"
kind = "domain-admin"
admin_on = ["*"]
"""
_HOST = """
[[hosts]]
name = "{host}"
os_caption = "Microsoft Windows Server 2022 Datacenter"
os_version = "10.0.20348"
powershell = "5.1.20348.1"
vm_versions = ["8.0", "9.0", "10.0"]
switches = [{{ name = "Corp" }}]
vm_path = "D:\\\\VMs"
vhd_path = "D:\\\\VMs"
volumes = [
    {{ root = "C:\\\\", size_gb = 200, other_gb = 60 }},
    {{ root = "D:\\\\", size_gb = 6144, folders = ["VMs", "Moved"] }},
]
"""
_VM = """
[[hosts.vms]]
name = "{vm}"
disks = [{{ size_gb = 60, chain = [{{ file = "{vm}.vhdx", gb = {gb} }}] }}]
adapters = [{{ switch = "Corp" }}]
"""


def scenario() -> str:
    """The scenario as TOML: every host alike, `VMS_PER_HOST` running machines of `DISK_GB` on each."""
    parts = [_HEAD]
    for host in range(1, HOSTS + 1):
        parts.append(_HOST.format(host=f"N{host:02}"))
        parts += [_VM.format(vm=f"vm-{host:02}-{vm:02}", gb=DISK_GB) for vm in range(1, VMS_PER_HOST + 1)]
    return "".join(parts)


@contextmanager
def twenty_hosts() -> Iterator[Lab]:
    """The lab, for a block."""
    with tempfile.TemporaryDirectory(prefix="hvdesk-bench-") as folder:
        path = Path(folder, "twenty.toml")
        path.write_text(scenario(), encoding="utf-8")
        with running_lab(str(path)) as lab:
            yield lab


def ask_all(core: Core, host_ids: Sequence[str], question: Callable[[HyperVHost], T]) -> list[Outcome[T]]:
    """Ask hosts at the same moment, and wait for all answers; they are connected to first where need be."""
    waiting: list[Pending[T]] = []
    for host_id in host_ids:
        pending: Pending[T] = Pending()
        core.ask(host_id, question, pending.deliver)
        waiting.append(pending)
    return [pending.outcome() for pending in waiting]

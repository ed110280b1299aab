"""Answer lines of the agent, errors among them, and its own error ids."""

from __future__ import annotations

import json
import re
from typing import Any

from hvdesk.lab.world.cmdlets import Shell
from hvdesk.lab.world.failure import COR_E_EXCEPTION, WindowsError

COR_E_NOTSUPPORTED, COR_E_SYSTEM = -2146233067, -2146233087
MARK = "@hvdesk "
_CODE = re.compile(r"0x[0-9A-Fa-f]{8}(?![0-9A-Fa-f])")


def line(body: dict[str, Any]) -> bytes:
    """A marked line as PowerShell writes it on Windows: ASCII, ended by CR LF."""
    return (MARK + json.dumps(body, ensure_ascii=True, separators=(",", ":"))).encode("ascii") + b"\r\n"


def failure(error: WindowsError, cmdlet_class: str = "") -> dict[str, Any]:
    """The error object of an answer; `cmdlet_class` ends the FullyQualifiedErrorId."""
    message = error.message
    codes = dict.fromkeys("0x" + code[2:].upper() for code in _CODE.findall(message))
    return {
        "id": f"{error.error_id},{cmdlet_class}" if cmdlet_class else error.error_id,
        "category": error.category,
        "types": [kind for kind, _ in error.chain],
        "hresult": error.hresult,
        "native": error.native,
        "codes": list(codes),
        "message": message,
        "position": "At line:1 char:1",
    }


def own(name: str, message: str, category: str = "ObjectNotFound") -> WindowsError:
    """An error of the agent itself: `HvDesk.<name>`."""
    return WindowsError(
        f"HvDesk.{name}",
        (message,),
        category=category,
        types=("System.Management.Automation.RuntimeException",),
        hresult=COR_E_SYSTEM,
    )


def cim_error(code: str, category: str, message: str) -> WindowsError:
    """An error of the two cmdlets of CIM; its id is the HRESULT of WMI."""
    kind = "Microsoft.Management.Infrastructure.CimException"
    return WindowsError(f"HRESULT {code}", (message,), category=category, types=(kind,), hresult=COR_E_EXCEPTION)


def no_method() -> WindowsError:
    """Invoke-CimMethod of a method that the class lacks."""
    return cim_error("0x80041055", "NotSpecified", "Invalid method ")


def not_played(what: str) -> WindowsError:
    """Windows could do it and the lab cannot: never mistaken for an answer of Windows."""
    return WindowsError(
        "NotInTheLab",
        (f"The lab does not play {what}.",),
        category="NotImplemented",
        types=("System.NotSupportedException",),
        hresult=COR_E_NOTSUPPORTED,
    )


def require_hyperv(shell: Shell) -> None:
    """Raise what the agent says on a host without the role."""
    if not shell.host.spec.hyperv:
        raise own("NoHyperV", "The Hyper-V module for Windows PowerShell is not installed.", "NotInstalled")


def argument(args: dict[str, Any], name: str) -> Any:
    """An argument of a request; HvDesk.BadRequest when it is missing or null."""
    if args.get(name) is None:
        raise own("BadRequest", f"The request lacks the argument {name}.", "InvalidData")
    return args[name]


def vm_not_found(vm_id: str) -> WindowsError:
    """No realised VM of this id is on the host."""
    return own("VmNotFound", f"There is no virtual machine with the id {vm_id} here.")

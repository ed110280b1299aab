"""Rendered calls: what an admin reads, and that PowerShell reads the same values out of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agent import engine
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import needs

from hvdesk.hyperv import bootstrap, calls, render

ID = "11111111-aaaa-4000-8000-000000000001"
READER = Path(__file__).with_name("Reader.ps1")
QUOTES = "\u2018\u2019\u201a\u201b"


def test_move_reads_as_an_admin_would_type_it() -> None:
    assert render.statement(calls.move(ID, "hv02.lab.test", "D:\\VMs")) == (
        f"Move-VM -VM (Get-VM -Id '{ID}') -DestinationHost 'hv02.lab.test' -IncludeStorage "
        "-DestinationStoragePath 'D:\\VMs' -Passthru -Confirm:$false"
    )


def test_cancel_and_destroy_name_the_object_they_act_on() -> None:
    found = r"(Get-CimInstance -Namespace 'root\virtualization\v2' -ClassName 'Msvm_MigrationJob' | Where-Object "
    assert render.statement(calls.cancel("A'B")) == (
        f"Invoke-CimMethod -InputObject {found}{{ $_.InstanceID -eq 'A''B' }}) "
        "-MethodName 'RequestStateChange' -Arguments @{ RequestedState = ([uint16]4) }"
    )
    assert f"Msvm_PlannedComputerSystem' | Where-Object {{ $_.Name -eq '{ID}' }}" in render.statement(calls.destroy(ID))
    assert "[uint16]5" in render.statement(calls.cancel("x", kill=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "''"),
        ("it's", "'it''s'"),
        ("$(x) `n %PATH%", "'$(x) `n %PATH%'"),
        (QUOTES, "'" + "".join(quote * 2 for quote in QUOTES) + "'"),
        ("--%", "('--%')"),
        ("a\nb", "('a' + [char]0x0A + 'b')"),
        ("\u202egnp", "('' + [char]0x202E + 'gnp')"),
        ("\U0001f4be\ud800", "('\U0001f4be' + [char]0xD800)"),
    ],
)
def test_literal(text: str, shown: str) -> None:
    assert render.literal(text) == shown


@given(st.text())
def test_statement_is_one_line_of_what_is_seen(text: str) -> None:
    shown = render.script([calls.new_folder(text)])
    assert shown.endswith("\n")
    assert len(shown.splitlines()) == 1
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    shown.encode("utf-8")


Read = Callable[[str, str], dict[str, tuple[str, str]]]


@pytest.fixture(scope="module", params=["3.0", "5.1"])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    """Lets PowerShell evaluate a statement: what its cmdlet would get, as name -> (type, text)."""
    needs("powershell engine")
    with engine.bare(request.param, tmp_path_factory.mktemp("read")) as agent:
        agent.send(READER.read_bytes() + f"{bootstrap.END_MARK}\n".encode())
        assert agent.next_line() == b"@hvdesk-mode FullLanguage\r\n"

        def run(value: str, statement: str) -> dict[str, tuple[str, str]]:
            data = f"{value}\0\0{statement}".encode("utf-16-le")
            agent.send(base64.b64encode(data) + b"\n")
            return dict(_bound(agent))

        yield run
        assert agent.end() == (0, b"")


def _bound(agent: engine.EngineAgent) -> Iterator[tuple[str, tuple[str, str]]]:
    while (line := agent.next_line()) != b".\r\n":
        assert line is not None
        name, kind, units = line.decode("ascii").rstrip("\r\n").split(" ")
        data = b"".join(int(unit).to_bytes(2, "little") for unit in units.split(",") if unit)
        yield name, (kind, data.decode("utf-16-le", "surrogatepass"))


NASTY = st.sampled_from(
    ["'", '"', "`", "$(exit)", "$x", "\n", "\r\n", "\0", "\\", ";", "#", "--%", "@'", *QUOTES, "\u202e", "\ud800"]
)
HOSTILE = st.lists(st.one_of(NASTY, st.text(max_size=5))).map("".join)


@settings(max_examples=150, deadline=None)
@given(text=HOSTILE)
def test_powershell_reads_the_text_back(read: Read, text: str) -> None:
    assert read("", render.statement(calls.new_folder(text))) == {
        "Path": ("String", _joined(text)),
        "ItemType": ("String", "Directory"),
    }


@settings(max_examples=50, deadline=None)
@given(host=HOSTILE, folder=HOSTILE)
def test_powershell_reads_a_move_back(read: Read, host: str, folder: str) -> None:
    bound = {
        "VM": ("String", f"vm {ID}"),
        "DestinationHost": ("String", _joined(host)),
        "IncludeStorage": ("SwitchParameter", "True"),
        "DestinationStoragePath": ("String", _joined(folder)),
    }
    assert read("", render.statement(calls.compare(ID, host, folder))) == bound
    switches = {"Passthru": ("SwitchParameter", "True"), "Confirm": ("SwitchParameter", "False")}
    assert read("", render.statement(calls.move(ID, host, folder))) == bound | switches


@pytest.mark.parametrize("instance_id", ["A1B2", "' -or 1 -eq 1 -or '", "\u2019 -or $true -or \u2019"])
def test_powershell_reads_methods_back(read: Read, instance_id: str) -> None:
    namespace = "root\\virtualization\\v2"
    cancel = read(instance_id, render.statement(calls.cancel(instance_id)))
    assert cancel["InputObject"][1] == f"{namespace} Msvm_MigrationJob {instance_id}"
    assert cancel["Arguments.RequestedState"] == ("UInt16", "4")
    destroy = read(ID, render.statement(calls.destroy(ID)))
    assert destroy["Arguments.AffectedSystem"][1] == f"{namespace} Msvm_PlannedComputerSystem {ID}"
    assert destroy["MethodName"] == ("String", "DestroySystem")


def _joined(text: str) -> str:
    """Two halves of a surrogate pair that stand side by side are one character to everybody but Python."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")

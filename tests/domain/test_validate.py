"""What a user may type, in its one usual form, or a clear refusal."""

from __future__ import annotations

import ntpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvdesk.domain import validate
from hvdesk.domain.errors import HvError


def refusal(check: object, text: object) -> str:
    """The code with which a value is refused."""
    with pytest.raises(HvError) as refused:
        check(text)  # type: ignore[operator]
    assert refused.value.report().what
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hv01", "hv01"),
        (" HV01.lab.test ", "HV01.lab.test"),
        ("hv01.lab.test.", "hv01.lab.test"),
        ("my_host", "my_host"),
        ("büro-server", "büro-server"),
        ("10.0.0.5", "10.0.0.5"),
        ("[fe80::1]", "fe80::1"),
        ("FE80::0001", "fe80::1"),
    ],
)
def test_host_addresses(text: str, address: str) -> None:
    assert validate.host_address(text) == address


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "-a", "a-", "a..b", "10.0.0.256", "1.2.3", "http://a", "a:5985", "a/b", "x" * 64, "a\nb"]
)
def test_what_is_no_host_address(text: str) -> None:
    assert refusal(validate.host_address, text) == "input.host"


def test_ports() -> None:
    assert [validate.port(value) for value in (1, "5985", " 65535 ")] == [1, 5985, 65535]
    for value in (0, 65536, -1, "", "x", "5985.0", "٥٩٨٥", "9" * 400):
        assert refusal(validate.port, value) == "input.port"


def test_vm_names_are_kept_exactly() -> None:
    name = " it's $(x)\n\u202e "
    assert validate.vm_name(name) == name
    assert refusal(validate.vm_name, " \n") == "input.vm_name"


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("D:\\VMs", "D:\\VMs"),
        ("d:\\VMs\\", "D:\\VMs"),
        ("D:\\", "D:\\"),
        (" D:\\a b\\it's $(x) & 100%\\сервер ", "D:\\a b\\it's $(x) & 100%\\сервер"),
        ("\\\\server\\share\\VMs\\", "\\\\server\\share\\VMs"),
        ("\\\\server\\share", "\\\\server\\share"),
        ("D:\\.hidden", "D:\\.hidden"),
    ],
)
def test_folders(text: str, folder: str) -> None:
    assert validate.folder(text) == folder


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "input.folder"),
        ("VMs", "input.folder"),
        ("\\VMs", "input.folder"),
        ("D:", "input.folder"),
        ("D:VMs", "input.folder"),
        ("D:/VMs", "input.folder"),
        ("DD:\\VMs", "input.folder"),
        ("D:\\a\\\\b", "input.folder"),
        ("\\\\server", "input.folder"),
        ("\\\\?\\D:\\VMs", "input.folder"),
        ("\\\\.\\PhysicalDrive0", "input.folder"),
        ("D:\\a/b", "input.folder_character"),
        ("D:\\a?", "input.folder_character"),
        ("D:\\a:stream", "input.folder_character"),
        ("D:\\a\nb", "input.folder_character"),
        ("D:\\..\\VMs", "input.folder_trailing"),
        ("D:\\VMs.", "input.folder_trailing"),
        ("D:\\VMs \\x", "input.folder_trailing"),
        ("D:\\nul", "input.folder_device"),
        ("D:\\COM1.vms\\x", "input.folder_device"),
        ("D:\\" + "x" * 200, "input.folder_too_long"),
    ],
)
def test_what_is_no_folder(text: str, code: str) -> None:
    assert refusal(validate.folder, text) == code


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_a_folder_that_is_taken_is_full_and_stays_as_it_is(text: str) -> None:
    for path in (text, f"D:\\{text}", f"\\\\server\\share\\{text}"):
        try:
            folder = validate.folder(path)
        except HvError:
            continue
        assert ntpath.isabs(folder)
        assert validate.folder(folder) == folder
        assert not set(folder[2:]) & set('<>:"/|?*\n\0')
        assert len(folder) <= validate.LONGEST_FOLDER

"""The catalogue: every code that is used has its three texts, and names in texts cannot do harm."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from hvdesk.domain import catalogue
from hvdesk.domain.catalogue import CATALOGUE, texts_of
from hvdesk.domain.errors import HvError
from hvdesk.domain.texts import Texts

ROOT = Path(__file__).parent.parent.parent / "hvdesk"
PREFIXES = {code.partition(".")[0] for code in CATALOGUE}


def used_codes() -> Iterator[tuple[str, str]]:
    """Every text in the program that looks like a code, with the file it is in."""
    for path in ROOT.rglob("*.py"):
        if "lab" in path.relative_to(ROOT).parts or path.name.startswith("catalogue"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _raises_code(node):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value, str(path)


def _raises_code(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    takes_codes = name in (
        "HvError",
        "finding",
        "LogonRefused",
        "SessionLost",
        "LinkDown",
        "ShellGone",
        "SessionTrouble",
    )
    return takes_codes or (name in ("error", "_error") and isinstance(node.func, ast.Attribute))


def test_every_code_that_is_used_has_texts() -> None:
    used = {(code, path) for code, path in used_codes() if "." in code and " " not in code}
    assert len(used) > 60
    missing = sorted((code, path) for code, path in used if code not in CATALOGUE)
    assert missing == []


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_texts_are_sentences_whose_facts_are_named(code: str) -> None:
    texts = CATALOGUE[code]
    for text in (texts.title, texts.what, texts.next):
        assert text
        assert text == text.strip()
        for _, field, spec, _ in string.Formatter().parse(text):
            assert field is None or field.isidentifier()
            assert spec in (None, "", "size")
    assert not texts.title.endswith(".")
    assert texts.what.endswith((".", "}"))
    assert texts.next.endswith((".", "}"))


def test_no_code_is_in_two_files() -> None:
    parts = [value for name, value in vars(catalogue).items() if name.isupper() and name != "CATALOGUE"]
    assert sum(len(part) for part in parts) == len(CATALOGUE)


def test_each_file_is_sorted() -> None:
    for name, part in vars(catalogue).items():
        if name.isupper() and name != "CATALOGUE":
            assert list(part) == sorted(part), name


def test_names_are_never_formats_and_nothing_in_them_is_unseen() -> None:
    texts = texts_of("vm.not_found", {"vm": "{host.__class__} %s \u202e\n", "host": "HV01"})
    assert texts.what == "There is no virtual machine {host.__class__} %s <U+202E><U+000A> on HV01."


def test_facts_that_are_missing_show_and_sizes_are_written_out() -> None:
    filled = Texts("{nobody}", "{free:size}", "{none:size}").filled({"free": 3 * 2**30, "none": None})
    assert (filled.title, filled.what) == ("?", "3.00 GB")
    assert filled.next not in ("", "?", "None")


def test_an_error_knows_its_texts_and_survives_pickling() -> None:
    error = HvError("vm.not_found", host="HV01", facts={"vm": "web"}, host_words="nicht gefunden")
    report = error.report()
    assert (report.code, report.host, report.host_words) == ("vm.not_found", "HV01", "nicht gefunden")
    assert "web" in str(error)
    with pytest.raises(KeyError):
        HvError("no.such_code").report()

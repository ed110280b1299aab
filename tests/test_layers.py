"""What import-linter has no contract for: allow-lists of imports, and packages that do nothing when imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "hvdesk"
OF_HYPERV = {"hvdesk.hyperv.host", "hvdesk.hyperv.moves", "hvdesk.hyperv.prepare"}


def _imports(folder: Path) -> Iterator[tuple[str, str]]:
    """File and imported module, for every import below `folder`; imports within functions too."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path.name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                yield path.name, node.module or ""
                if node.module == "hvdesk.hyperv":
                    yield from ((path.name, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("front_end", ["ui", "cli"])
def test_a_front_end_knows_the_typed_host_and_the_moves_only(front_end: str) -> None:
    found = [pair for pair in _imports(PACKAGE / front_end) if pair[1].startswith("hvdesk.hyperv.")]
    assert found
    assert [pair for pair in found if pair[1] not in OF_HYPERV] == []


def test_the_domain_needs_the_standard_library_only() -> None:
    found = [pair for pair in _imports(PACKAGE / "domain") if not pair[1].startswith("hvdesk.domain")]
    assert found
    assert [pair for pair in found if pair[1].partition(".")[0] not in sys.stdlib_module_names] == []


def test_importing_a_package_does_nothing() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(body[0], ast.Expr), f"{path}: no docstring"
        if path.parent != PACKAGE:  # the package itself states the version
            assert len(body) == 1, path


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in PACKAGE.rglob("*.py") if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []

"""The lock: all that pyproject.toml asks for is pinned with hashes, and no registry is named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GROUPS = ("run", "kerberos", "dev", "build")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _asked(group: str) -> list[str]:
    if group == "run":
        return list(PROJECT["project"]["dependencies"])
    if group == "kerberos":
        extra = PROJECT["project"]["optional-dependencies"]["kerberos"]
        return [*extra, *PROJECT["dependency-groups"]["kerberos"]]
    return list(PROJECT["dependency-groups"][group])


def _pins(group: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {line.partition("==")[0].strip(): line for line in lines}


@pytest.mark.parametrize("group", GROUPS)
def test_everything_asked_for_is_pinned_with_a_hash(group: str) -> None:
    pins = _pins(group)
    assert all(re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in pins.values())
    for asked in _asked(group):
        name = re.split(r"[^A-Za-z0-9-]", asked)[0].lower()
        assert name in pins


@pytest.mark.parametrize("group", GROUPS)
def test_no_registry_is_named(group: str) -> None:
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("group", ["kerberos", "dev", "build"])
def test_a_package_has_one_version_in_all_groups(group: str) -> None:
    run, other = _pins("run"), _pins(group)
    for name in run.keys() & other.keys():
        assert other[name].split()[0] == run[name].split()[0]

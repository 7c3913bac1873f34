"""Every limit bounds something, is on its reference page, and is reached by a test."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from ocianalyze.limits import Limits

NAMES = [field.name for field in fields(Limits)]


def _sources(folder: Path) -> str:
    own = (Path(__file__).name, "limits.py")
    return "\n".join(x.read_text("utf-8") for x in folder.rglob("*.py") if x.name not in own)


@pytest.fixture(scope="module")
def code(root: Path) -> str:
    """Return all of the program but the table of limits."""
    return _sources(root / "ocianalyze")


@pytest.fixture(scope="module")
def tests(root: Path) -> str:
    """Return all tests but this one."""
    found = (x for x in (root / "tests").rglob("*.py") if x != Path(__file__).resolve())
    return "\n".join(x.read_text("utf-8") for x in found)


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_bounds_something(name: str, code: str) -> None:
    assert re.search(rf"limits?\.{name}\b|\.limits\.{name}\b", code)


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_documented(name: str, root: Path) -> None:
    page = (root / "docs" / "reference" / "limits.md").read_text("utf-8")
    assert f"\n| `{name.replace('_', '-')}` | " in page


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_reached_by_a_test(name: str, tests: str) -> None:
    set_to = (
        rf"\b{name}=|\"{name}\": ?\(?\d|\"{name}\", \d|{name.replace('_', '-')}=|limit {name} \("
    )
    assert re.search(set_to, tests)

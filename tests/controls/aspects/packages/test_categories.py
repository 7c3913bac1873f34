"""Names of packages: what is sorted for speed fits as a shell's patterns do."""

from fnmatch import fnmatchcase
from typing import get_args

import pytest

from ocianalyze.controls.aspects.packages.categories import _rows, _sorted, category
from ocianalyze.detectors.tools import catalogue
from ocianalyze.model.anomaly import Severity

LISTS = [
    pytest.param(row[key], id=f"{name}-{key}")
    for name, row in _rows().items()
    for key in ("names", "except")
    if key in row
]
FILLINGS = ("", "x", "12", "a-b", "\n", "-doc")


def likely(patterns: list[str]) -> set[str]:
    """Return names that fit, and names that nearly do."""
    filled = {
        pattern.replace("*", filling).replace("[0-9]", digit)
        for pattern in patterns
        for filling in FILLINGS
        for digit in ("7", "x")
    }
    return filled | {odd for name in filled for odd in (name[:-1], f"{name}x", f"x{name}")}


@pytest.mark.parametrize("patterns", LISTS)
def test_names_fit_as_their_patterns_do(patterns: list[str]) -> None:
    names, sorted_ = likely(patterns), _sorted(patterns)
    fitting = {name for name in names if any(fnmatchcase(name, one) for one in patterns)}
    assert fitting == {name for name in names if sorted_.match(name)}
    assert fitting
    assert names - fitting


def test_no_pattern_fits_nothing() -> None:
    assert not any(map(_sorted(()).match, ("", "bash")))


def test_every_tool_is_of_a_category() -> None:
    assert all(category(tool.category).severity for tool in catalogue())


@pytest.mark.parametrize("name", _rows())
def test_a_category_is_graded_and_has_something(name: str) -> None:
    row, one = _rows()[name], category(name)
    assert one.severity in get_args(Severity)
    assert one.denied in (0, 1, 2)
    assert row.get("names") or row.get("directories")

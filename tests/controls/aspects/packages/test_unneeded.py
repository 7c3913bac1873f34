"""Names of packages: what is sorted for speed fits as a shell's patterns do."""

from fnmatch import fnmatchcase

import pytest

from ocianalyze.controls.aspects.packages.unneeded import _rows, _sorted

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

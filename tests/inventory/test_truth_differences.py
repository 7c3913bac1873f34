"""Known differences: each difference has a reason, each reason a difference."""

from pathlib import Path

import pytest

from tests.inventory.accuracy.comparison import Comparison, Known, Release, judge, known

LISTS = sorted((Path(__file__).parent / "differences").glob("*.toml"))


def _comparison(theirs: set[Release], ours: set[Release]) -> Comparison:
    return Comparison("npm", "npm ls", frozenset(theirs), frozenset(ours))


def test_precision_and_recall_are_shares_of_ours_and_of_theirs() -> None:
    comparison = _comparison({("a", "1"), ("b", "1")}, {("a", "1"), ("c", "1"), ("d", "1")})
    assert (comparison.precision, comparison.recall) == (1 / 3, 1 / 2)
    assert list(comparison.differences()) == [
        ("missed", "b 1"),
        ("alone", "c 1"),
        ("alone", "d 1"),
    ]


def test_lists_without_packages_agree() -> None:
    empty = _comparison(set(), set())
    assert (empty.precision, empty.recall) == (1, 1)


@pytest.mark.parametrize(
    ("reason", "is_explained"),
    [
        (Known("npm", "missed", "a 1", "because"), True),
        (Known("npm", "missed", "a *", "because"), True),
        (Known("npm", "alone", "a 1", "because"), False),
        (Known("gem", "missed", "a 1", "because"), False),
        (Known("npm", "missed", "a 2", "because"), False),
    ],
    ids=["same", "pattern", "other-side", "other-case", "other-version"],
)
def test_a_reason_that_fits_nothing_is_told_as_a_difference_is(
    reason: Known, *, is_explained: bool
) -> None:
    judged = judge([_comparison({("a", "1")}, set())], [reason])
    assert judged.unexplained == (() if is_explained else ("npm: missed a 1",))
    assert bool(judged.gone) is not is_explained
    assert sum(judged.reasons.values()) == is_explained


@pytest.mark.parametrize("path", LISTS, ids=[path.stem for path in LISTS])
def test_every_listed_difference_says_why(path: Path) -> None:
    for each in known(path):
        assert len(each.reason) > 20
        assert each.pattern.strip("* ")

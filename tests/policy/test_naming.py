"""Ids may be written as people say them, in any letters."""

import pytest

from ocianalyze.policy.naming import fits, spellings


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cis-docker-4.8", ("cis-docker-4.8", "cis-4.8")),
        ("cis-debian-12-5.1", ("cis-debian-12-5.1",)),
        ("trivy-DS-0002", ("trivy-ds-0002",)),
    ],
)
def test_the_benchmark_that_people_mean_has_a_short_name(
    name: str, expected: tuple[str, ...]
) -> None:
    assert spellings(name) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cis-docker-4.8", True),
        ("CIS-4.8", True),
        ("CIS-4.[68]", True),
        ("CIS-4.9", False),
        ("4.8", False),
        ("cis-docker-4.80", False),
        ("*", True),
    ],
)
def test_a_glob_fits_either_spelling(word: str, *, expected: bool) -> None:
    assert fits(("x", "cis-docker-4.8"), word) is expected

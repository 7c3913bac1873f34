"""Requirements of gems take the versions that RubyGems takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.gem_requirement import key, takes

ORDERED = (
    *("0.a", "0", "0.0.1", "1.a", "1.a.1", "1.b", "1.0.rc1", "1", "1.0.1", "1.2.pre", "1.2"),
    *("1.9", "1.10", "1.10.0.1", "2.0.0-alpha", "2.0", "10"),
)
"""In the order of Gem::Version; the last block of each number is before it."""
TAKEN = {
    "~> 1": "00000001111111000",
    "~> 1.2": "00000000001111000",
    "~> 1.2.0": "00000000001000000",
    "~> 1.2.pre": "00000000011111000",
    ">= 1, < 2": "00000001111111100",
    "!= 1.2": "11111111110111111",
    "= 1.0": "00000001000000000",
    "1.10.0": "00000000000010000",
}
"""What RubyGems 3.3 takes of these versions."""


def test_versions_have_rubygems_order() -> None:
    keys = [key(version) for version in ORDERED]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("requirement", "taken", "refused"),
    [
        ("", "1.0.a", None),
        ("~> 1.4", "1.99", "2.0.a"),
        ("~> 1.4.2", "1.4.10", "1.5"),
        ("~> 2", "2.9", "3"),
        (">= 1.0, < 2", "1.9", "2"),
        ("= 1.0", "1.0.0", "1.0.1"),
        ("!= 1.2", "1.3", "1.2.0"),
    ],
)
def test_every_clause_counts(requirement: str, taken: str, refused: str | None) -> None:
    assert takes(requirement, taken)
    assert refused is None or not takes(requirement, refused)


@pytest.mark.parametrize("requirement", TAKEN)
def test_rubygems_itself_takes_the_same(requirement: str) -> None:
    assert "".join("01"[takes(requirement, x)] for x in ORDERED) == TAKEN[requirement]


@given(st.text("0123456789.abc-~>=<! ,", max_size=40), st.text("0123456789.abc-", max_size=20))
def test_any_text_is_survived(requirement: str, version: str) -> None:
    takes(requirement, version)

"""Which group is the first of every match."""

import pytest

from ocianalyze.detectors.secrets._groups import is_first_sure


@pytest.mark.parametrize(
    "pattern",
    ["(a)(b)", "(?:x(a+))(c)", "(?i:x(a)(b))", "(a){2}(b)", "((a)|b)(c)", r"\((a)(b)", "[(](a)(b)",
     "(?P<secret>a)b(c)", "x(a)(b)?", "(?:(a)){1,3}(b)"],
)  # fmt: skip
def test_a_first_group_of_every_match_is_sure(pattern: str) -> None:
    assert is_first_sure(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a", "(a)|(b)", "(a)?(b)", "(a){0,1}(b)", "(?:(a)|b)(c)", "(a*)(b)", "(?:(a)(b)){0,3}",
     "(?:(a)x)*(b)", "(|a)(b)", "(a)(b)|c"],
)  # fmt: skip
def test_one_that_may_be_absent_or_empty_is_not(pattern: str) -> None:
    assert not is_first_sure(pattern)

"""What every match of an expression begins with, and what it must have."""

import pytest

from ocianalyze.detectors.secrets import literals
from ocianalyze.detectors.secrets.literals import Head, beginnings, needed


def head(*texts: bytes, whole: bool = True) -> Head:
    return Head(frozenset(texts), whole)


@pytest.mark.parametrize(
    ("heads", "wanted"),
    [
        pytest.param([head(b"ab"), head(b"cd")], head(b"ab", b"cd"), id="all-of-few"),
        pytest.param(
            [head(b"ab"), head(b"cd", whole=False)], head(b"ab", b"cd", whole=False), id="open"
        ),
        pytest.param(
            [head(b"x%02d" % n) for n in range(30)] + [head(b"y")],
            head(b"x0", b"x1", b"x2", b"y", whole=False),
            id="cut-until-they-are-few",
        ),
        pytest.param(
            [head(b"%c" % code) for code in range(97, 123)], head(b"", whole=False), id="too-many"
        ),
        pytest.param([head(b"ab"), head(b"")], head(b"ab", b""), id="nothing-is-one-of-them"),
    ],
)
def test_alternatives_begin_as_one_of_them(heads: list[Head], wanted: Head) -> None:
    """Never fewer texts than there are: a beginning that is lost is a secret that is lost."""
    assert literals._either(heads) == wanted


def test_what_was_cut_is_no_whole_match() -> None:
    """Else what follows would be joined to a beginning that is not its own."""
    many = "|".join(f"k{number:02}" for number in range(30))
    assert beginnings(f"(?:{many})=x") == {b"k0", b"k1", b"k2"}
    assert needed(f"(?:{many})=secret") == {b"=secret"}

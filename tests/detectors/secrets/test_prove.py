"""What is asked of a candidate, and in which order."""

from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.detectors.secrets import checks
from ocianalyze.detectors.secrets._base import Match, Proof, Rule
from ocianalyze.detectors.secrets._prove import is_place, prove
from ocianalyze.detectors.secrets._reach import NEAR
from ocianalyze.detectors.secrets.candidate import Candidate

MakeRule = Callable[..., Rule]
SECRET = b"q8Zr1LxVw0Tn5Kd7"


def candidate(rule: Rule, before: bytes = b"", after: bytes = b"") -> Candidate:
    around = before + SECRET + after
    return Candidate(
        rule, 5, 5 + len(SECRET), SECRET, around, len(before), groups={"secret": SECRET}
    )


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Proof | None]:
    """Replace the checks by what this dictionary says."""
    said: dict[str, Proof | None] = {"published-example": None}
    monkeypatch.setattr(checks, "named", lambda name: lambda _match: said[name])
    return said


def test_form_speaks_when_no_check_does(make_rule: MakeRule) -> None:
    found = prove(candidate(make_rule("a", pattern=".")))
    assert found is not None
    assert (found.proven, found.severity, found.start, found.end) == ("well-formed", "high", 5, 21)


def test_the_first_check_that_speaks_decides(
    make_rule: MakeRule, answers: dict[str, Proof | None]
) -> None:
    answers |= {"one": None, "two": Proof("verified-offline", "fits", {"account": "1"}, "low")}
    answers["three"] = Proof("disproved")
    found = prove(candidate(make_rule("a", pattern=".", checks=("one", "two", "three"))))
    assert found is not None
    assert (found.proven, found.detail, found.severity) == ("verified-offline", "fits", "low")
    assert found.facts == {"account": "1"}


def test_a_published_example_is_asked_first(
    make_rule: MakeRule, answers: dict[str, Proof | None]
) -> None:
    answers |= {"published-example": Proof("disproved"), "one": Proof("verified-offline")}
    found = prove(candidate(make_rule("a", pattern=".", checks=("one",))))
    assert found is not None
    assert found.proven == "disproved"


def test_what_is_no_secret_is_dropped(
    make_rule: MakeRule, answers: dict[str, Proof | None]
) -> None:
    answers["one"] = Proof("no-secret")
    assert prove(candidate(make_rule("a", pattern=".", checks=("one",)))) is None


def test_checks_see_the_match_and_the_path(
    make_rule: MakeRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Match] = []
    monkeypatch.setattr(checks, "named", lambda _name: seen.append)
    prove(candidate(make_rule("a", pattern="."), b"key=", b";"), b"etc/acme")
    wanted = Match(SECRET, {"secret": SECRET}, b"key=" + SECRET + b";", 4, b"etc/acme")
    assert seen == [wanted]


@pytest.mark.parametrize(
    ("fields", "before", "after", "kept"),
    [
        ({"entropy": 3.9}, b"", b"", 1),
        ({"entropy": 4.1}, b"", b"", 0),
        ({"near": ("acme",)}, b"ACME_key=", b"", 1),
        ({"near": ("bolt", "Acme")}, b"", b" # acme", 1),
        ({"near": ("acme",)}, b"acme" + b" " * NEAR, b"", 0),
        ({"near": ("acme",)}, b"acme" + b" " * (NEAR - 4), b"", 1),
        ({"near": ("acme",)}, b"", b" " * NEAR + b"acme", 0),
    ],
)
def test_entropy_and_words_nearby_are_asked_for(
    fields: dict[str, Any], before: bytes, after: bytes, kept: int, make_rule: MakeRule
) -> None:
    found = prove(candidate(make_rule("a", pattern=".", **fields), before, after))
    assert (found is not None) == bool(kept)


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        (b"opt/acme/key.yaml\n", b"  opt/acme/token.yaml\n", False),
        (b"\0\0", b" *key.yaml", False),
        *((b"key: ", b"  # acme", True), (b"", b" x", True), (b"", b"\nx", True)),
    ],
    ids=["list", "first, as binary", "behind a name", "one blank", "alone"],
)
def test_a_checksum_beside_the_name_of_its_file_is_no_secret(
    before: bytes, after: bytes, is_told: object, make_rule: MakeRule
) -> None:
    """Every package of Debian has a list of them, and names of files have words of every rule."""
    digest = b"2a0833f7e76ab6717c398c76bd3c1925"
    one = Candidate(
        make_rule("a", pattern="."), 0, 32, digest, before + digest + after, len(before)
    )
    assert (prove(one) is not None) is is_told


def test_places() -> None:
    assert is_place("", b"")
    assert is_place(r"\.acmerc$", b"root/.acmerc")
    assert not is_place(r"\.acmerc$", b"root/acmerc")

"""Laws of every check: it is found by its name, it never raises, it gives nothing away."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ocianalyze.detectors.secrets import checks
from ocianalyze.detectors.secrets._base import Match, Proof
from ocianalyze.detectors.secrets.checks import named, names
from ocianalyze.detectors.secrets.proofs import public
from tests.detectors.secrets.checks.samples import SAMPLES

_NAMES = sorted(names())
_VERDICTS = {"verified-offline", "well-formed", "disproved", "no-secret"}


@st.composite
def matches(draw: Callable[[SearchStrategy[bytes]], bytes], seed: bytes) -> Match:
    """Draw a match of any bytes, or of a true sample that somebody has cut and changed."""
    parts = [draw(st.binary(max_size=40)) for _ in range(3)]
    at = len(parts[0]) * 7 % (len(seed) + 1)
    damaged = seed[:at] + parts[1] + seed[at + len(parts[2]) :]
    secret = draw(st.sampled_from([parts[1], damaged, seed + parts[2], seed[:at]]))
    before, after = draw(st.binary(max_size=60)), draw(st.sampled_from([b"", b"}", seed, parts[2]]))
    names = ("user", "password", "host", "scheme", "machine", "login")
    groups = {name: draw(st.binary(max_size=20)) for name in names if len(before) % 2}
    return Match(secret, groups, before + secret + after, len(before))


@pytest.mark.parametrize("name", _NAMES)
def test_any_bytes_get_an_answer(name: str) -> None:
    seeds = [sample.secret.encode() for sample in SAMPLES if sample.check == name]

    @given(st.sampled_from(seeds).flatmap(matches))
    def never_raises(match: Match) -> None:
        proof = named(name)(match)
        assert proof is None or proof.proven in _VERDICTS

    never_raises()


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("start", [0, 5, 1 << 20])
def test_a_start_outside_the_text_is_no_error(name: str, start: int) -> None:
    proof = named(name)(Match(b"", {}, b"", start))
    assert proof is None or isinstance(proof, Proof)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.check}-{sample.proven}")
def test_a_sample_is_what_it_is_said_to_be(sample: object) -> None:
    from tests.detectors.secrets.checks.samples import Sample  # noqa: PLC0415 - for its type

    assert isinstance(sample, Sample)
    proof = sample.proof()
    assert (proof.proven if proof else "") == sample.proven


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.check}-{sample.proven}")
def test_no_proof_repeats_the_value(sample: object) -> None:
    from tests.detectors.secrets.checks.samples import Sample  # noqa: PLC0415 - for its type

    assert isinstance(sample, Sample)
    proof = sample.proof()
    said = " ".join([proof.detail, *proof.facts.values()]) if proof else ""
    pieces = {sample.secret[at : at + 8] for at in range(len(sample.secret) - 7)}
    assert not any(piece in said for piece in pieces)


def test_every_check_has_a_sample() -> None:
    assert {sample.check for sample in SAMPLES} == names()


def test_names_are_the_public_modules() -> None:
    folder = Path(checks.__path__[0])
    modules = {file.stem for file in folder.glob("*.py") if not file.stem.startswith("_")}
    assert names() == {module.replace("_", "-") for module in modules}


@pytest.mark.parametrize("name", ["", "_crypt", "github_crc32", "../jwt", "nothing"])
def test_other_names_are_none(name: str) -> None:
    with pytest.raises(KeyError):
        named(name)


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.text(), st.binary(), st.integers())))
def test_facts_are_short_and_printable(facts: dict[str, object]) -> None:
    for value in public(facts).values():
        assert value.isprintable()
        assert 0 < len(value) <= 200
        assert not re.search(r"[\x00-\x1f]", value)

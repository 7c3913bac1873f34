"""Rules about the Dockerfile are judged where a provenance of this image holds it."""

import time
from typing import Any

import pytest

from ocianalyze.controls.trivy._dockerfile import stages
from ocianalyze.controls.trivy.dockerfile import CONTROLS
from ocianalyze.model.provenance import Provenance
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown
from tests.images import image

OWN, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
THIS = frozenset({OWN})
CLEAN = "FROM a AS build\nFROM b\nCOPY --from=build x y /app/\nCOPY z /z\n"


def told(text: str, subject: str = OWN) -> tuple[Provenance, ...]:
    return (Provenance("attestation sha256:00", "x", (subject,), (text,)),)


def about(text: str) -> dict[str, Any]:
    return {"digests": THIS, "provenances": told(text)}


SAMPLES: Samples = {
    "trivy-DS-0006": (
        passes({}, **about(CLEAN)),
        fails({}, **about("FROM a AS build\nCOPY --from=BUILD x /y\n")),
        fails({}, **about("FROM a\nFROM b\nCOPY --chown=1 --from=1 x /y\n")),
        passes({}, **about("FROM a AS one\nFROM b AS two\nCOPY --from=one x /y\n")),
        unknown({}, digests=THIS, provenances=told(CLEAN, OTHER), reason="dockerfile-absent"),
        unknown({}),
    ),
    "trivy-DS-0011": (
        passes({}, **about(CLEAN)),
        fails({}, **about("FROM a\nCOPY x y /app\n")),
        fails({}, **about('FROM a\nCOPY ["x", "y", "/app"]\n')),
        passes({}, **about('FROM a\nCOPY ["a b", "/app"]\nCOPY x y .\nCOPY x y $HOME\n')),
        unknown({}),
    ),
    "trivy-DS-0012": (
        passes({}, **about(CLEAN)),
        fails({}, **about("FROM a AS one\nFROM b as One\n")),
        passes({}, **about("FROM a\nFROM b\n")),
        unknown({}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN x \\\n  # told\n\n  y\nUSER z",
         [(2, "RUN", ("x", "y")), (6, "USER", ("z",))]),
        ("# escape=`\nFROM a\nRUN x `\n y", [(3, "RUN", ("x", "y"))]),
        ("# syntax=x\n# escape=`\nFROM a\nRUN x `\n y", [(4, "RUN", ("x", "y"))]),
        ("FROM a\nRUN <<E\nCOPY a b c\nE\nUSER z", [(2, "RUN", ("<<E",)), (5, "USER", ("z",))]),
        ("FROM a\nRUN x <<<E\nUSER z", [(2, "RUN", ("x", "<<<E")), (3, "USER", ("z",))]),
        ('FROM a\nRUN x "see <<E"\nUSER z',
         [(2, "RUN", ("x", '"see', '<<E"')), (3, "USER", ("z",))]),
        ("FROM a\nRUN x <<E\nUSER z", [(2, "RUN", ("x", "<<E")), (3, "USER", ("z",))]),
        ("FROM a\ncopy --link a b", [(2, "COPY", ("a", "b"))]),
        ("USER x\nFROM a", []),
    ],
    ids=["continued", "escape", "escape-after-syntax", "heredoc", "here-string", "quoted",
         "unfinished", "small-letters", "before-from"],
)  # fmt: skip
def test_instructions_are_read_as_builders_do(
    text: str, expected: list[tuple[int, str, tuple[str, ...]]]
) -> None:
    found = [x for stage in stages(text) for x in stage.instructions]
    assert [(x.line, x.name, x.words) for x in found] == expected


@pytest.mark.parametrize(
    "text",
    ["\\\n" * 100_000, "FROM a\n" * 100_000, "FROM a\n" + "RUN <<E\n" * 100_000,
     "FROM a\nCOPY [" + "[" * 100_000, "FROM a\nCOPY " + "x " * 100_000],
    ids=["continued", "stages", "heredocs", "json", "words"],
)  # fmt: skip
def test_a_hostile_dockerfile_costs_little(text: str) -> None:
    view = image({})
    before = time.process_time()
    for control in CONTROLS:
        control.evaluate(view)
    stages(text)
    assert time.process_time() - before < 3


def test_line_and_statement_are_told() -> None:
    (found,) = holds("trivy-DS-0012", SAMPLES["trivy-DS-0012"][1]).evidence
    expected = "line 2 of the Dockerfile in attestation sha256:00"
    assert found.detail == expected

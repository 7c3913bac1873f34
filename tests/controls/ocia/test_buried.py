"""Secrets of lower layers and of build arguments; no value is ever shown."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls.ocia.buried import build_arguments, deleted
from ocianalyze.detectors.secrets.unread import UNREAD
from ocianalyze.engine import Options, chosen, scan
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Finding, Status
from ocianalyze.model.secret import Place
from tests.archives import Image, docker_archive
from tests.controls.samples import (
    Sample,
    Samples,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import Layer, image, tar
from tests.tokens import github_token, secret

LAYERS: tuple[Layer, Layer] = ({"app/key": b"token", "app/x": b"y"}, {"app/.wh.key": b""})
HERE = Place("content", path="app/key", layer=0, offset=0, state=State.VISIBLE)
GONE = replace(HERE, state=State.DELETED)
ARGUMENT = "|1 TOKEN=acme_**** (40) /bin/sh -c make # buildkit"
NAMED = "RUN |1 SECRET_KEY_BASE=abc123def /bin/sh -c npm ci # buildkit"
TWO = "|2 DB_PASSWORD=**** (12) API_SECRET=Zq81LmNw77xT /bin/sh -c make # buildkit"
STARS = "**** (40)"
"""Of another rule for the same value."""
OTHER = "**** (12)"
COMMAND = "|1 MODE=fast /bin/sh -c TOKEN=acme_**** (40) make # buildkit"
STEPS = replace(HERE, step=0)
"""In a file that the step has written."""
LINE = Place("history", pointer="/history/0/created_by", step=0, offset=9)


PASSWORD = {"kind": "password", "proven": "well-formed"}
CUT = Finding(UNREAD, "medium", "a limit ended the search for secrets", "3 more secrets")
CLOSED = Finding(
    UNREAD,
    "medium",
    "the inside of a file cannot be looked at for secrets",
    "is encrypted",
    path="app/key",
    layer=0,
    state=State.DELETED,
)

SAMPLES: Samples = {
    "ocia-deleted-secret": (
        passes(*LAYERS),
        passes(*LAYERS, secrets=(secret(HERE),)),
        passes(*LAYERS, secrets=(secret(GONE, ignored="a test key"),)),
        passes(*LAYERS, secrets=(secret(GONE, severity="low"),)),
        passes(*LAYERS, secrets=(secret(GONE, HERE),)),
        fails(*LAYERS, secrets=(secret(GONE),), reason="deleted-secret"),
        fails(*LAYERS, secrets=(secret(GONE, replace(HERE, path="app/x")),)),
        fails(*LAYERS, None, secrets=(secret(GONE),)),
        review(*LAYERS, secrets=(secret(GONE, **PASSWORD),), reason="deleted-secret"),
        review(*LAYERS, findings=(CLOSED,), reason="unread-inside"),
        unknown(*LAYERS, findings=(CUT,), reason="secrets-cut"),
        unknown(*LAYERS, secrets=(secret(HERE, more_places=2),), reason="secrets-cut"),
        unknown(*LAYERS, None),
    ),
    "ocia-history-build-arg-secret": (
        passes({}, history=["|1 MODE=fast /bin/sh -c make # buildkit"]),
        passes({}, history=[COMMAND], secrets=(secret(LINE),)),
        review({}, history=[ARGUMENT], secrets=(secret(HERE),), reason="secret-by-name"),
        review({}, history=[NAMED], reason="secret-by-name"),
        passes({}, history=["RUN SECRET_KEY_BASE=abc123def /bin/sh -c x # buildkit"]),
        passes({}, history=[ARGUMENT], secrets=(secret(LINE, ignored="public"),)),
        passes({}, history=[ARGUMENT], secrets=(secret(LINE, ignored="public", masked=STARS),)),
        review({}, history=[ARGUMENT], secrets=(secret(LINE, ignored="public", masked=OTHER),)),
        review({}, history=[TWO], secrets=(secret(LINE, ignored="public", masked=OTHER),)),
        review({}, history=[ARGUMENT], secrets=(secret(STEPS, ignored="public"),)),
        fails({}, history=[ARGUMENT], secrets=(secret(LINE),), reason="build-argument-secret"),
        review({}, history=[ARGUMENT], secrets=(secret(LINE, **PASSWORD),)),
        unknown({}, history=[ARGUMENT], findings=(CUT,), reason="secrets-cut"),
        unknown({}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def _line(line: str, **fields: Any) -> ImageView:
    return replace(image({}, history=[line]), secrets=(secret(LINE, **fields),))


def test_a_value_that_the_line_shows_otherwise_is_known_by_its_place() -> None:
    """Short values are not masked, and a value of two rules is masked by one."""
    line = "|1 TOKEN=abc /bin/sh -c make"
    said = build_arguments(_line(line, masked="**** (3)"))
    assert said.status is Status.FAIL
    behind = replace(LINE, offset=line.index("make"))
    view = replace(image({}, history=[line]), secrets=(secret(behind, masked="**** (3)"),))
    assert build_arguments(view).status is not Status.FAIL


def test_without_a_known_shell_every_secret_of_the_line_may_be_an_argument() -> None:
    said = build_arguments(_line("|1 TOKEN=two acme_**** (40)"))
    assert said.status is Status.FAIL


@pytest.mark.parametrize("field", ["author", "comment"])
def test_other_fields_of_a_step_hold_no_build_arguments(field: str) -> None:
    place = replace(LINE, pointer=f"/history/0/{field}")
    view = replace(image({}, history=[ARGUMENT]), secrets=(secret(place),))
    assert build_arguments(view).status is not Status.FAIL


def test_a_deleted_secret_names_both_layers_and_not_the_value() -> None:
    view = replace(image(*LAYERS), secrets=(secret(GONE, value="acme_0123456789"),))
    (told,) = deleted(view).evidence
    assert "gone since layer 1" in told.detail
    assert "0123456789" not in str(deleted(view))


def test_a_scan_finds_both_and_shows_neither(tmp_path: Any) -> None:
    """By the real rules, with a token whose checksum is right and whose value nobody gave out."""
    token = github_token().encode()
    line = f"|1 TOKEN={token.decode()} /bin/sh -c make # buildkit"
    config = {"os": "linux", "architecture": "amd64", "history": [
        {"created_by": "COPY a b"}, {"created_by": line}]}  # fmt: skip
    layers = [tar({"app/key": token + b"\n"}), tar({"app/.wh.key": b""})]
    path = docker_archive(tmp_path / "a.tar", [Image(layers, config, names=["a:1"])])
    names = ["ocia-deleted-secret", "ocia-history-build-arg-secret"]
    report = scan(str(path), Options(jobs=1), chosen(",".join(names)))
    assert {x.id: x.status for x in report.controls} == dict.fromkeys(names, "fail")
    assert token.decode() not in str(report)
    assert "ghp_" in str(report)

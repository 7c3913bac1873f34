"""The base ends where its layers end; without known layers, where the history has a seam."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls.aspects.base.known_bases import bundled
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.cis_docker import c4_02_trusted_base
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage, ToldBy
from ocianalyze.model.digest import Digest
from ocianalyze.model.finding import Status
from tests.images import image

HISTORY: list[dict[str, Any]] = [
    {"created_by": "RUN one # buildkit"},
    {"created_by": "RUN two # buildkit"},
    {"created_by": 'CMD ["sh"]', "empty_layer": True},
    {"created_by": "ENV A=b", "empty_layer": True},
    {"created_by": "RUN three # buildkit"},
]
ORDER: list[ToldBy] = ["operator", "annotation", "provenance", "image", "table"]


def _view() -> ImageView:
    return image({"a": b"1"}, {"b": b"2"}, {"c": b"3"}, history=HISTORY)


def _layers(view: ImageView, count: int) -> tuple[str, ...]:
    return tuple(str(layer.diff_id) for layer in view.layers[:count])


@pytest.mark.parametrize("told_by", ORDER)
def test_layers_prove_a_base_whoever_names_it(told_by: ToldBy) -> None:
    view = _view()
    known = replace(view, bases=(BaseImage("base:1", told_by, _layers(view, 2)),))
    found = boundary(known)
    assert (found.layers, found.steps, found.confidence) == (2, 3, "exact")
    assert (found.base is not None, found.method.startswith("base:1: ")) == (True, True)
    origins = [found.of_layer(layer.index) for layer in view.layers]
    assert origins == ["base", "base", "author"]
    assert found.excuses(2)
    assert not found.excuses(3)


def test_layers_of_the_operator_can_be_given_without_a_name() -> None:
    view = _view()
    assert boundary(view, base_diff_ids=_layers(view, 1)).layers == 1
    assert boundary(view, base_diff_ids=("sha256:" + "0" * 64,)).base is None


@pytest.mark.parametrize("position", range(1, 5))
def test_who_is_believed_first(position: int) -> None:
    view = _view()
    first = BaseImage("first", ORDER[position - 1], _layers(view, 1))
    second = BaseImage("second", ORDER[position], _layers(view, 2))
    found = boundary(replace(view, bases=(second, first)))
    assert found.base == first


def test_the_longest_chain_of_one_kind_counts() -> None:
    view = _view()
    bases = tuple(BaseImage(f"base:{n}", "image", _layers(view, n)) for n in (1, 2))
    assert boundary(replace(view, bases=bases)).layers == 2


@pytest.mark.parametrize(
    ("told_by", "count"),
    [("image", 0), ("table", 0), ("image", 3), ("annotation", 3), ("provenance", 3)],
)
def test_another_image_with_all_the_layers_is_no_base(told_by: ToldBy, count: int) -> None:
    view = _view()
    found = boundary(replace(view, bases=(BaseImage("x", told_by, _layers(view, count)),)))
    assert found.base is None


@pytest.mark.parametrize("told_by", ["operator", "table"])
def test_an_image_that_is_a_known_base_is_one_and_is_excused_for_nothing(told_by: ToldBy) -> None:
    view = _view()
    found = boundary(replace(view, bases=(BaseImage("x", told_by, _layers(view, 3)),)))
    assert (found.layers, found.steps, found.confidence) == (3, 5, "exact")
    assert {found.of_layer(layer.index) for layer in view.layers} == {"base"}
    assert not any(found.excuses(step.index, step.layer) for step in view.history.steps)


def test_a_base_of_the_table_that_is_scanned_itself_is_known() -> None:
    row = bundled()[0]
    view = image({"etc/passwd": b"root:x:0:0::/:\n"}, history=["ADD file:x in /"])
    (layer,) = view.layers
    own = replace(view, layers=(replace(layer, diff_id=Digest.parse(row.diff_ids[0])),))
    assert boundary(view).base is None
    assert boundary(own).base == row
    verdict = c4_02_trusted_base.evaluate(own, trusted=(row.name,))
    assert (verdict.status, verdict.reason) == (Status.PASS, "base-trusted")


@pytest.mark.parametrize(
    ("after", "steps"),
    [
        ((), 1),
        (("ENV A=b",), 1),
        (('CMD ["sh"]',), 2),
        (('CMD ["sh"]', "ENV A=b", 'CMD ["app"]'), 2),
        (('CMD ["sh"]', 'CMD ["app"]'), 2),
        (("ENV A=b", 'ENTRYPOINT ["e"]', 'CMD ["c"]', "USER app"), 4),
    ],
    ids=["nothing", "env", "own-start", "start-after", "two-starts", "both"],
)
def test_steps_after_all_the_layers_of_a_base_are_the_authors(
    after: tuple[str, ...], steps: int
) -> None:
    """An image made from a base by metadata alone has the same layers."""
    empty = [{"created_by": line, "empty_layer": True} for line in after]
    view = image({"a": b"1"}, history=[{"created_by": "ADD file:x in /"}, *empty])
    found = boundary(replace(view, bases=(BaseImage("x", "table", _layers(view, 1)),)))
    assert found.steps == steps
    assert found.of_step(steps) == "author"


def test_history_of_the_base_is_longer_where_its_length_is_known() -> None:
    view = _view()
    bases = (BaseImage("x", "operator", _layers(view, 2), steps=4),)
    assert boundary(replace(view, bases=bases)).steps == 4


def test_a_name_alone_is_a_claim_and_moves_nothing() -> None:
    view = _view()
    bases = (BaseImage("x", "annotation", digest="sha256:" + "0" * 64),)
    found = boundary(replace(view, bases=bases))
    assert found.claimed == bases[0]
    assert found[:6] == boundary(view)[:6]


def test_an_operator_who_is_wrong_is_told_so() -> None:
    view = _view()
    wrong = BaseImage("x", "operator", ("sha256:" + "0" * 64,))
    found = boundary(replace(view, bases=(wrong,)))
    assert (found.base, found.claimed) == (None, wrong)


def test_an_unread_layer_proves_nothing() -> None:
    view = image(None, {"b": b"2"})
    assert boundary(view, base_diff_ids=("sha256:" + "0" * 64,)).base is None


CLASSIC = "/bin/sh -c make"
BUILDKIT = "RUN make # buildkit"


def _built(*lines: str | dict[str, Any]) -> ImageView:
    layers = [{f"x{number}": b""} for number in range(len(lines))]
    return image(*layers, history=lines)


@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        ((CLASSIC, CLASSIC, BUILDKIT), 2),
        ((BUILDKIT, BUILDKIT, CLASSIC), 2),
        ((BUILDKIT, {"created_by": "RUN make", "author": "kaniko"}), 1),
        ((CLASSIC, BUILDKIT, BUILDKIT, "ko build ko://x"), 3),
        (({"created_by": "ENV A=b", "comment": "buildkit.dockerfile.v0"}, CLASSIC), 1),
        ((BUILDKIT, "RUN make", CLASSIC), 1),
    ],
    ids=["to-buildkit", "to-classic", "to-kaniko", "the-last-change", "by-comment", "unmarked"],
)
def test_a_change_of_builder_is_a_seam(lines: tuple[Any, ...], steps: int) -> None:
    """Section 1.0.2, method 6: a guess, which excuses nothing for good.

    Steps without a mark between two builders are not counted to the base.
    """
    found = boundary(_built(*lines))
    assert (found.steps, found.layers, found.confidence) == (steps, steps, "heuristic")
    assert found.method == f"another builder begins after history step {steps - 1}"
    assert not found.excuses(0, 0)


@pytest.mark.parametrize(
    "lines",
    [
        (CLASSIC, CLASSIC),
        ({"created_by": CLASSIC, "comment": "FROM docker.io/library/alpine"}, CLASSIC),
        (CLASSIC, {"created_by": "", "comment": "merge sha256:a to sha256:b"}, CLASSIC),
        (CLASSIC, "bash"),
        (
            {"created_by": BUILDKIT, "created": "2025-01-01T00:00:00Z"},
            {"created_by": BUILDKIT, "created": "2026-01-01T00:00:00Z"},
        ),
    ],
    ids=["one-builder", "buildah", "squash", "commit", "cached-steps-keep-their-time"],
)
def test_marks_of_one_build_are_no_seam(lines: tuple[Any, ...]) -> None:
    assert not boundary(_built(*lines)).known


def test_the_later_seam_counts() -> None:
    start = {"created_by": 'CMD ["sh"]', "empty_layer": True, "comment": "buildkit."}
    view = image({"a": b""}, {"b": b""}, {"c": b""}, history=[BUILDKIT, start, BUILDKIT, CLASSIC])
    assert boundary(view).steps == 3
    assert boundary(replace(view, history=replace(view.history))).of_step(3) == "author"


def test_without_any_seam_nobody_is_named() -> None:
    """Findings of layer 0 and above have the same origin then: unknown, which counts."""
    found = boundary(_built(BUILDKIT, BUILDKIT))
    assert [found.of_layer(n) for n in (0, 1)] == ["unknown", "unknown"]


def test_an_operator_who_is_wrong_is_told_so_although_another_base_is_proved() -> None:
    view = _view()
    wrong = BaseImage("x", "operator", ("sha256:" + "0" * 64,))
    right = BaseImage("y", "table", _layers(view, 1))
    found = boundary(replace(view, bases=(wrong, right)))
    assert (found.base, found.claimed) == (right, wrong)
    one_of_two = BaseImage("z", "operator", _layers(view, 1))
    found = boundary(replace(view, bases=(wrong, right, one_of_two)))
    assert (found.base, found.claimed) == (one_of_two, None)

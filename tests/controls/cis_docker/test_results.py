"""The result model of the catalogue's section 1.0, as JSON has it: fields, statuses, Windows."""

from pathlib import Path
from typing import Any, get_args

import orjson
import pytest

from ocianalyze import engine
from ocianalyze.controls.catalogue import select
from ocianalyze.controls.evaluate import evaluate
from ocianalyze.engine import Options
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Confidence, Origin, Status
from tests import archives
from tests.archives import Image, Layout
from tests.images import File, Layer, image

SECTION = [f"4.{number}" for number in range(1, 13)]
LEVEL_2 = {"4.5", "4.8", "4.11"}
AUTHOR_STEP = "RUN /bin/sh -c apt-get update # buildkit"
LAYERS = [
    archives.tar({"etc/passwd": b"root:x:0:0::/root:/bin/sh\n", "bin/sh": (0o755, b"\x7fELF")}),
    archives.tar({"opt/tool": (0o4755, b"\x7fELF"), "opt/conf": b"a"}),
]
CONFIG = {
    "config": {"User": "root", "Env": ["A=b"]},
    "history": [{"created_by": "ADD rootfs.tar / # buildkit"}, {"created_by": AUTHOR_STEP}],
}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the JSON of a scan of an image with flaws of several kinds."""
    path = tmp_path_factory.mktemp("image") / "image.tar"
    archives.docker_archive(path, [Image(LAYERS, CONFIG, ["results:1"])])
    report = engine.scan(str(path), Options())
    return orjson.loads(report.model_dump_json())


def _controls(document: Any) -> dict[str, Any]:
    return {row["number"]: row for row in document["controls"]}


@pytest.mark.parametrize("number", SECTION)
def test_every_result_says_what_it_is_about(number: str, document: Any) -> None:
    row = _controls(document)[number]
    assert (row["framework"], row["version"]) == ("CIS Docker Benchmark", "1.8.0")
    assert (row["id"], row["control"]) == (f"CIS-{number}", f"cis-docker-{number}")
    assert row["level"] == (2 if number in LEVEL_2 else 1)
    assert row["assessment"] == "manual"
    assert row["automation"] in ("full", "partial", "assist", "none")
    assert row["status"] in set(Status)
    assert row["confidence"] in get_args(Confidence)
    assert row["origin"] in get_args(Origin)
    assert row["image"]
    assert row["reason"]
    assert 0 < len(row["summary"]) <= 60
    assert isinstance(row["evidence"], list)


@pytest.mark.parametrize("number", SECTION)
def test_every_piece_of_evidence_says_where_it_is(number: str, document: Any) -> None:
    for fact in _controls(document)[number]["evidence"]:
        assert fact["kind"] in ("file", "config", "history", "layer", "manifest", "package")
        assert fact["detail"]
        assert fact["severity"] in get_args(Severity)
        assert fact["origin"] in get_args(Origin)
        for layer in filter(None, (fact["layer"],)):
            assert isinstance(layer["index"], int)
            assert layer["diff_id"].startswith("sha256:")
            assert layer["digest"].startswith("sha256:")
        for step in filter(None, (fact["step"],)):
            assert len(step["created_by"]) <= 200


@pytest.mark.parametrize(
    ("number", "kind", "place", "value"),
    [
        ("4.1", "config", "pointer", "/config/User"),
        ("4.6", "config", "pointer", "/config/Healthcheck"),
        ("4.7", "history", "step", 1),
        ("4.8", "file", "path", "opt/tool"),
    ],
)
def test_evidence_has_its_place_and_the_digest_of_what_it_shortens(
    number: str, kind: str, place: str, value: object, document: Any
) -> None:
    facts = [x for x in _controls(document)[number]["evidence"] if x["kind"] == kind]
    found = next(x for x in facts if (x[place]["index"] if place == "step" else x[place]) == value)
    assert found["sha256"] or number == "4.6"
    if kind in ("file", "history"):
        assert found["layer"]["index"] == 1
        assert found["step"]["index"] == 1
        assert found["origin"] == "author"


@pytest.mark.parametrize("number", SECTION)
def test_version_1_6_0_calls_three_of_them_automated(number: str) -> None:
    results = evaluate(image({}), select(["cis-docker-" + number], "1.6.0"))
    assert results[0].recommendation
    expected = "automated" if number in ("4.1", "4.5", "4.6") else "manual"
    assert results[0].recommendation.assessment == expected


WINDOWS = {
    "4.3": Status.NOT_EVALUATED,
    "4.7": Status.NOT_APPLICABLE,
    "4.8": Status.NOT_APPLICABLE,
    "4.11": Status.NOT_APPLICABLE,
}


@pytest.mark.parametrize("number", SECTION)
def test_what_applies_to_windows(number: str) -> None:
    layer: Layer = {"Files/Windows/System32/cmd.exe": File(b"MZ")}
    config = {"User": "ContainerUser", "Healthcheck": {"Test": ["CMD", "app.exe"]}}
    view = image(layer, config=config, os="windows", history=["cmd /S /C #(nop) COPY a b"])
    (result,) = evaluate(view, select([f"cis-docker-{number}"]))
    if number in WINDOWS:
        assert result.verdict.status is WINDOWS[number]
    else:
        assert result.verdict.status is not Status.NOT_APPLICABLE


@pytest.mark.parametrize("number", SECTION)
def test_unread_layers_are_never_a_pass(number: str) -> None:
    """As far as the layers decide: 4.9 asks the history, which is there."""
    config = {"User": "1000", "Healthcheck": {"Test": ["CMD", "/app"]}}
    history = ["COPY app /app # buildkit", "COPY x /x # buildkit"]
    view = image({"app": File(b"\x7fELF", 0o755)}, None, config=config, history=history)
    (result,) = evaluate(view, select([f"cis-docker-{number}"]))
    told = ("4.7", "4.9")
    assert (result.verdict.status is Status.PASS) is (number in told)


def test_profiles_choose_by_level() -> None:
    numbers = {
        name: {item.number for _, item in select([name]) if item and item.number in SECTION}
        for name in ("l1", "l2")
    }
    assert numbers["l1"] == set(SECTION) - LEVEL_2
    assert numbers["l2"] == set(SECTION)


def test_an_attestation_beside_an_image_is_no_image(tmp_path: Path) -> None:
    path = archives.oci_layout(
        tmp_path / "layout", [Image(LAYERS, CONFIG, ["a:1"])], Layout(attestation=True)
    )
    report = engine.scan(str(path), Options())
    assert [x.platform for x in report.images] == ["linux/amd64"]
    assert {x.image.index for x in report.controls} == {0}

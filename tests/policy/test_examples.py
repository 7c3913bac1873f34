"""The worked examples of docs/how-to/shop.yaml say what the page says that they say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import engine
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from tests.archives import Image, docker_archive
from tests.images import File, Layer, tar

PROFILE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "shop.yaml"
MTIME = 1_767_225_600
"""2026-01-01, as seconds since 1970."""
STATUS = b"Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
IMPORT = {"created_by": "ADD rootfs.tar / # buildkit"}
BOTH = "var/lib/dpkg/status"


def _records(path: Path) -> Mapping[str, ControlRecord]:
    options = engine.Options(jobs=1, skip=frozenset({"secrets"}))
    report = engine.scan(str(path), options, engine.chosen(str(PROFILE)))
    return {row.control: row for row in report.controls}


def _judged(folder: Path, layer: Layer, *steps: str, created: str = "2026-06-01T00:00:00Z") -> Any:
    """Return the verdicts on an image of one imported layer, and of steps with empty ones."""
    history = [IMPORT, *({"created_by": step} for step in steps)]
    config = {"os": "linux", "architecture": "amd64", "created": created, "history": history}
    layers = [tar(layer), *(tar({f"x{number}": b""}) for number in range(len(steps)))]
    return _records(docker_archive(folder / "image.tar", [Image(layers, config)]))


CASES: list[tuple[str, Layer, tuple[str, ...], dict[str, str], Status]] = [
    ("etc-not-writable-by-all", {"etc/a": File(b"x", mode=0o644)}, (), {}, Status.PASS),
    ("etc-not-writable-by-all", {"etc/a": File(b"x", mode=0o646)}, (), {}, Status.FAIL),
    ("etc-not-writable-by-all", {"etc/a/b": File(kind="d", mode=0o777)}, (), {}, Status.FAIL),
    (
        "etc-not-writable-by-all",
        {"etc/a": File(kind="l", link="b", mode=0o777), "var/a": File(b"x", mode=0o666)},
        (),
        {},
        Status.PASS,
    ),
    ("apk-alone", {"a": b""}, (), {}, Status.PASS),
    ("apk-alone", {"a": b""}, ("RUN /bin/sh -c apk add curl # buildkit",), {}, Status.PASS),
    ("apk-alone", {"a": b""}, ("RUN /bin/sh -c pip install x # buildkit",), {}, Status.FAIL),
    ("apk-alone", {BOTH: STATUS}, (), {}, Status.FAIL),
    ("no-file-from-the-future", {"a": File(b"", mtime=MTIME)}, (), {}, Status.PASS),
    ("no-file-from-the-future", {"a": File(b"", mtime=2 * MTIME)}, (), {}, Status.FAIL),
    (
        "no-file-from-the-future",
        {"a": File(b"", mtime=MTIME)},
        (),
        {"created": ""},
        Status.NOT_EVALUATED,
    ),
]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{row[0]}-{number}-{row[4]}" for number, row in enumerate(CASES)]
)
def test_examples_decide(
    case: tuple[str, Layer, tuple[str, ...], dict[str, str], Status], tmp_path: Path
) -> None:
    name, layer, steps, about, status = case
    row = _judged(tmp_path, layer, *steps, **about)[name]
    assert row.status is status, row.summary
    assert status is not Status.FAIL or row.evidence


def test_a_published_alpine_is_as_the_examples_want_it(corpus: Path) -> None:
    """Its files are as old as the packages that they came with."""
    rows = _records(corpus / "images" / "trivy" / "alpine-311.tar.gz")
    names = {row[0] for row in CASES}
    assert {name: rows[name].status for name in names} == dict.fromkeys(names, Status.PASS)

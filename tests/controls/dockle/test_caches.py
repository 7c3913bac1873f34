"""A cache that a layer keeps fails, whatever the command said and a later layer removes."""

import pytest

from ocianalyze.controls.dockle import caches
from tests.controls.roots import CMD, IMPORT, ROOT
from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import Layer, image

STEP = "RUN /bin/sh -c x # buildkit"


def _samples(path: str) -> tuple[Sample, ...]:
    kept: Layer = {path: b"index"}
    above, _, name = path.rpartition("/")
    return (
        passes(ROOT, {"x": b""}, history=[IMPORT, STEP]),
        passes(ROOT, {f"{above}/lock": b""}, history=[IMPORT, STEP]),
        passes({**ROOT, **kept}, {"x": b""}, history=[IMPORT, STEP]),
        fails(ROOT, kept, history=[IMPORT, STEP], reason="cache-kept"),
        fails(ROOT, kept, {f"{above}/.wh.{name}": b""}, history=[IMPORT, STEP, STEP]),
        fails(kept),
        review(ROOT, kept, {"x": b""}, history=[IMPORT, STEP, CMD, STEP]),
        absent(ROOT, kept, os="windows"),
        unknown(ROOT, None),
    )


SAMPLES: Samples = {
    "dockle-DKL-DI-0004": _samples("var/cache/apk/APKINDEX.0.tar.gz"),
    "dockle-DKL-DI-0005": _samples("var/lib/apt/lists/x_Packages"),
    "trivy-DS-0015": _samples("var/cache/yum/x86_64/9/base/repomd.xml"),
    "trivy-DS-0019": _samples("var/cache/dnf/base/repodata/repomd.xml"),
    "trivy-DS-0020": _samples("var/cache/zypp/raw/base/repodata/repomd.xml"),
    "trivy-DS-0027": _samples("var/cache/dnf/base/repodata/repomd.xml"),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("command", ["apk add x", "apk add --no-cache x"])
def test_the_layer_decides_not_the_command(command: str) -> None:
    """A cache mount leaves nothing; a forgotten directory stays although a flag was given."""
    history = [IMPORT, f"RUN /bin/sh -c {command} # buildkit"]
    holds("dockle-DKL-DI-0004", passes(ROOT, {"x": b""}, history=history))
    left: Layer = {"var/cache/apk/APKINDEX.0.tar.gz": b"x"}
    holds("dockle-DKL-DI-0004", fails(ROOT, left, history=history))


def test_more_files_than_are_counted_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_ENTRIES", 2)
    (control,) = (x for x in caches.CONTROLS if x.id == "dockle-DKL-DI-0004")
    verdict = control.evaluate(image({f"var/cache/apk/{n}": b"x" for n in range(3)}))
    assert verdict.summary.startswith("at least 2 cached files")
    assert verdict.evidence[0].detail.startswith("at least 2 files")

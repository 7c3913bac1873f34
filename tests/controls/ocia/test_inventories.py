"""How much is installed, what documents say of it, and what nobody vouches for."""

import json

from tests.controls.roots import DEBIAN as ROOT
from tests.controls.roots import STATUS
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
from tests.images import File, Layer

OWN: Layer = {**ROOT, "usr/bin/own": File(b"\x7fELF", mode=0o755)}


def _sbom(*purls: str) -> Layer:
    components = [{"type": "library", "name": "x", "purl": purl} for purl in purls]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    return {**ROOT, "sbom.json": json.dumps(document).encode()}


TRUE = "pkg:deb/debian/base@1?arch=amd64&distro=debian-12"
FALSE = "pkg:deb/debian/base@2?arch=amd64&distro=debian-12"
SAMPLES: Samples = {
    "ocia-sbom-missing": (review(_sbom(TRUE)), unknown(ROOT), unknown(ROOT, None)),
    "ocia-sbom-mismatch": (
        passes(_sbom(TRUE)),
        fails(_sbom(FALSE)),
        unknown(ROOT, reason="no-sbom"),
        unknown(_sbom(TRUE), None),
    ),
    "ocia-dependency-sprawl": (
        passes(ROOT, set={"packages": 1}),
        fails(
            {**ROOT, "var/lib/dpkg/status": STATUS + b"\n" + STATUS.replace(b"base", b"more")},
            set={"packages": 1},
        ),
        unknown(ROOT, reason="no-baseline"),
    ),
    "ocia-unpackaged-executable": (
        passes(ROOT),
        fails(OWN),
        review(OWN, config={"Entrypoint": ["own"]}),
        absent({"app": File(b"\x7fELF", mode=0o755)}),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

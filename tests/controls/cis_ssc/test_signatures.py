"""Signatures, SBOMs and verified packages are what other controls say of them."""

import hashlib
import json

from ocianalyze.model.finding import Finding
from tests.controls.roots import DEBIAN as ROOT
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
from tests.images import Layer

MD5 = hashlib.md5(b"\x7fELF", usedforsecurity=False).hexdigest()
RECORD: Layer = {"var/lib/dpkg/info/base.md5sums": f"{MD5}  usr/bin/base\n".encode()}
BROKEN = Finding("integrity.diff-id", "critical", "uncompressed layer differs", layer=0)


def _sbom(version: str) -> Layer:
    purl = f"pkg:deb/debian/base@{version}?arch=amd64&distro=debian-12"
    components = [{"type": "library", "name": "base", "purl": purl}]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    return {**ROOT, "sbom.json": json.dumps(document).encode()}


SAMPLES: Samples = {
    "cis-ssc-2.4.1": (fails(ROOT, findings=(BROKEN,)), unknown(ROOT)),
    "cis-ssc-2.4.5": (review(_sbom("1")), unknown(ROOT)),
    "cis-ssc-2.4.6": (
        fails(_sbom("1"), findings=(BROKEN,)),
        review(_sbom("1"), reason="sbom-inside-only"),
        unknown(ROOT),
    ),
    "cis-ssc-3.1.1": (
        passes({**ROOT, **RECORD}, history=["COPY base / # buildkit"]),
        fails(ROOT, history=["RUN /bin/sh -c curl https://example.org/x | sh # buildkit"]),
        absent({"app": b"x"}, history=["COPY app /app"]),
        unknown(None),
    ),
    "s2c2f-AUD-4": (passes(_sbom("1")), fails(_sbom("2")), unknown(ROOT)),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

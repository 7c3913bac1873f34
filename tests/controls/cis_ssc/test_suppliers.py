"""SBOMs that came with the base are shown; none of them says nothing."""

import json

from tests.controls.roots import IMPORT, ROOT
from tests.controls.samples import Sample, Samples, holds, obeys, review, unknown
from tests.images import Layer

SBOM: Layer = {
    "app/x.spdx.json": json.dumps(
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": []}
    ).encode()
}
OWN: Layer = {"y": b""}
HISTORY = [IMPORT, "COPY y /y # buildkit"]

SAMPLES: Samples = {
    "cis-ssc-3.1.2": (
        review({**ROOT, **SBOM}, OWN, history=HISTORY, reason="sbom-of-base"),
        unknown(ROOT, SBOM, history=HISTORY, reason="no-sbom-of-base"),
        unknown(SBOM, reason="base-unknown"),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

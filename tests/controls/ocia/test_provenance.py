"""Provenance must be about the image that it is attached to."""

from ocianalyze.model.provenance import Provenance
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

OWN, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
THIS = frozenset({OWN})
READ = Provenance("attestation sha256:00", "https://slsa.dev/provenance/v1", (OWN,))
STRANGE = Provenance("attestation sha256:01", "https://slsa.dev/provenance/v1", (OTHER,))
SILENT = Provenance("attestation sha256:02", "https://slsa.dev/provenance/v1")
UNREAD = Provenance("attestation sha256:03", problem="not in the source")
BOTH = Provenance("attestation sha256:04", "", (OTHER, OWN))

SAMPLES: Samples = {
    "ocia-provenance-subject-mismatch": (
        passes({}, digests=THIS, provenances=(READ,), reason="subject-matches"),
        passes({}, digests=THIS, provenances=(READ, BOTH)),
        fails({}, digests=THIS, provenances=(STRANGE,), reason="subject-differs"),
        fails({}, digests=THIS, provenances=(READ, UNREAD, STRANGE)),
        review({}, digests=THIS, provenances=(READ, SILENT), reason="subject-absent"),
        unknown({}, digests=THIS, provenances=(READ, UNREAD), reason="provenance-unread"),
        unknown({}, provenances=(STRANGE,), reason="provenance-unread"),
        unknown({}, digests=THIS, reason="no-provenance"),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)

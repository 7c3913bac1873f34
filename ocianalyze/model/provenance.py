"""What an attached provenance says that it is about."""

from ocianalyze.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Provenance:
    """One in-toto statement with a provenance, as it was attached to an image; nobody signed it."""

    name: str
    """`attestation sha256:3f1c9a0211b5`."""
    predicate: str = ""
    """Type of its predicate: `https://slsa.dev/provenance/v1`."""
    subjects: tuple[str, ...] = ()
    """Digests of what it is about: `sha256:...`."""
    dockerfiles: tuple[str, ...] = ()
    """Text of the Dockerfiles that were built, as the builder tells it (BuildKit, `mode=max`)."""
    problem: str = ""
    """Why it could not be read; empty when it could."""

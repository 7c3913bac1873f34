"""The documents of an image in which secrets may be."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.detectors.secrets.document import Document
from ocianalyze.limits import Limits
from ocianalyze.sources._base import STATEMENTS, StoredImage, StoredStatement


def documents(image: StoredImage, limits: Limits) -> tuple[Document, ...]:
    """Return config, manifest, attestations and their statements, as stored."""
    return (*_documents(image), *_statements(image, limits))


def _documents(image: StoredImage) -> Iterator[Document]:
    if image.config is not None:
        yield Document("config", image.config.data)
    if image.manifest is not None:
        yield Document("annotation", image.manifest.data)
    for attestation in image.attestations:
        name = str(attestation.digest or attestation.place)
        yield Document("attestation", attestation.data, name)


def _statements(image: StoredImage, limits: Limits) -> Iterator[Document]:
    """Yield provenance and other statements: BuildKit's hold the values of build arguments."""
    for statement in islice(image.statements, STATEMENTS):
        if data := _read(statement, limits):
            yield Document("attestation", data, str(statement.digest))


def _read(statement: StoredStatement, limits: Limits) -> bytes:
    """Return a statement; nothing for one whose bytes are not there.

    One above the bound is looked at with what the source holds beside its images.
    """
    if statement.blob is None or statement.blob.size > limits.document_bytes:
        return b""
    try:
        with statement.blob.open() as file:
            return file.read(limits.document_bytes)
    except OSError:
        return b""

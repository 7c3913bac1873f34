"""The documents of an image in which secrets may be."""

from collections.abc import Iterator

from ocianalyze.detectors.secrets.documents import Document
from ocianalyze.sources._base import StoredDocument, StoredImage


def documents(image: StoredImage) -> tuple[Document, ...]:
    """Return config, manifest and the manifests of attestations, as stored."""
    return tuple(_documents(image))


def _documents(image: StoredImage) -> Iterator[Document]:
    if image.config is not None:
        yield Document("config", image.config.data)
    if image.manifest is not None:
        yield Document("annotation", image.manifest.data)
    for attestation in image.attestations:
        yield Document("attestation", attestation.data, _name(attestation))


def _name(document: StoredDocument) -> str:
    return str(document.digest or document.place)

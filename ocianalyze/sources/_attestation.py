"""Documents beside an image: BuildKit's attestation manifests, and artifacts with a `subject`.

Each blob of an attestation manifest is one in-toto statement, and its descriptor names the
predicate's type (BuildKit, "Attestation storage"). An artifact names the image that it is about
(image-spec "Image Manifest", `subject`); its blobs are documents of any kind, told by media type.
"""

from collections.abc import Iterator
from typing import Any

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import load_object
from ocianalyze.model.fields import folded
from ocianalyze.model.oci import Descriptor, Manifest
from ocianalyze.model.validated import validated
from ocianalyze.sources._base import StoredDocument, StoredStatement
from ocianalyze.sources._manifest import parse_manifest
from ocianalyze.sources._tree import BlobTree

_PREDICATE = "in-toto.io/predicate-type"
_BUNDLED = "dev.sigstore.bundle.predicateType"
_COSIGN = "predicateType"
_SBOMS = ("spdx", "cyclonedx")
_ENVELOPES = ("in-toto", "dsse.envelope", "sigstore.bundle")
"""Of media types whose blobs may hold a document of any kind."""


def read_statements(
    tree: BlobTree, document: StoredDocument, limits: Limits
) -> tuple[StoredStatement, ...]:
    """Return what an attestation manifest lists; none of the blobs is read.

    Raises:
        LimitExceeded: the manifest is too large or lists too much.
        MalformedImage: it is no manifest.

    """
    layers = parse_manifest(_folded(document, limits), limits).layers
    return tuple(_statement(tree, x, x.annotations.get(_PREDICATE, "")) for x in layers)


def subject(document: StoredDocument, limits: Limits) -> Digest | None:
    """Return the digest of the manifest that an artifact is about; None when it names none."""
    try:
        return validated(Descriptor, _folded(document, limits).get("subject"), limits).digest
    except (MalformedImage, LimitExceeded):
        return None


def read_artifact(
    tree: BlobTree, document: StoredDocument, limits: Limits
) -> tuple[StoredStatement, ...]:
    """Return the SBOMs and statements of an artifact about an image; none of them is read.

    Raises:
        LimitExceeded: the manifest is too large or lists too much.
        MalformedImage: it is no manifest.

    """
    manifest = parse_manifest(_folded(document, limits), limits)
    return tuple(_documents(tree, manifest))


def _documents(tree: BlobTree, manifest: Manifest) -> Iterator[StoredStatement]:
    """Yield blobs by what the descriptor says of them, else by what the artifact says of itself."""
    own = manifest.artifact_type or manifest.config.media_type
    for layer in manifest.layers:
        kinds = (layer.media_type.lower(), layer.artifact_type.lower(), own.lower())
        form = next((x for x in kinds if any(y in x for y in _SBOMS)), "")
        notes = manifest.annotations | layer.annotations
        told = (notes.get(key, "") for key in (_PREDICATE, _BUNDLED, _COSIGN))
        said = next(filter(None, told), "")
        if form or any(x in kinds[0] for x in _ENVELOPES):
            yield _statement(tree, layer, said or form)


def _folded(document: StoredDocument, limits: Limits) -> dict[str, Any]:
    return folded(load_object(document.data, limits, document.place), Manifest, [])


def _statement(tree: BlobTree, descriptor: Descriptor, predicate: str) -> StoredStatement:
    return StoredStatement(
        blob=tree.blob(descriptor),
        digest=descriptor.digest,
        size=descriptor.size,
        media_type=descriptor.media_type,
        predicate=predicate,
        place=tree.where(descriptor.digest),
    )

"""Attestation manifests that BuildKit puts beside an image (BuildKit, "Attestation storage").

Each blob of such a manifest is one in-toto statement; its descriptor names the predicate's type.
"""

from ocianalyze.limits import Limits
from ocianalyze.model.document import folded, load_object
from ocianalyze.model.oci import Descriptor, Manifest
from ocianalyze.sources._base import StoredDocument, StoredStatement
from ocianalyze.sources._manifest import parse_manifest
from ocianalyze.sources._tree import BlobTree

_PREDICATE = "in-toto.io/predicate-type"


def read_statements(
    tree: BlobTree, document: StoredDocument, limits: Limits
) -> tuple[StoredStatement, ...]:
    """Return what an attestation manifest lists; none of the blobs is read.

    Raises:
        LimitExceeded: the manifest is too large or lists too much.
        MalformedImage: it is no manifest.

    """
    value = folded(load_object(document.data, limits, document.place), Manifest, [])
    return tuple(_statement(tree, layer) for layer in parse_manifest(value, limits).layers)


def _statement(tree: BlobTree, descriptor: Descriptor) -> StoredStatement:
    return StoredStatement(
        blob=tree.blob(descriptor),
        digest=descriptor.digest,
        size=descriptor.size,
        media_type=descriptor.media_type,
        predicate=descriptor.annotations.get(_PREDICATE, ""),
        place=tree.where(descriptor.digest),
    )

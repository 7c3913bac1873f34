"""Artifacts among the blobs of an OCI layout that no index lists.

A registry finds what is about an image by `subject`, or by a tag that a copy may lose (OCI
distribution-spec, "Referrers"; cosign's tags `sha256-HEX.sig` and `.att`). A copy may hold their
manifests all the same. Those with a subject are about an image; of a signature or an attestation
without one only the tag said of which.
"""

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from ocianalyze.errors import LimitExceeded, MalformedImage, NotAnImage, SourceError
from ocianalyze.limits import MIB, Limits
from ocianalyze.model.digest import Digest
from ocianalyze.sources._base import StoredArtifact, StoredDocument, StoredFile, read_blob
from ocianalyze.sources._manifest import Listing, read_manifest
from ocianalyze.sources._tree import BlobTree

Files = Callable[[], Iterable[StoredFile]]
"""Lists everything that a source stores."""
ARTIFACTS = 1_000
"""Artifacts that no index lists, of one source."""
_BYTES = 1 * MIB
"""Of one manifest; registries take 4 MiB, and those of artifacts have some hundreds."""
_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})")
_MARKS = (b'"subject"', b"cosign", b"sigstore", b"in-toto")
"""What a manifest about an image holds, one of it at least."""
_UNLISTED = "which no index lists"

Found = tuple[StoredArtifact, StoredDocument]


def unlisted(
    tree: BlobTree, files: Files, listed: Container[Digest], limits: Limits
) -> Iterator[Found]:
    """Yield artifacts that no index lists, each with its manifest.

    Args:
        tree: of the layout.
        files: of the layout.
        listed: what its indexes list, and the layers of its images.
        limits: bytes of all documents together.

    """
    found = (_artifact(tree, one, limits) for one in _manifests(tree, files(), listed, limits))
    yield from islice((one for one in found if one), ARTIFACTS)


def _manifests(
    tree: BlobTree, files: Iterable[StoredFile], listed: Container[Digest], limits: Limits
) -> Iterator[StoredDocument]:
    left = limits.source_document_bytes
    for file in files:
        match = _BLOB.fullmatch(file.name)
        digest = Digest.parse(f"sha256:{match[1]}") if match else None
        if digest is None or digest in listed or not 0 < file.blob.size <= min(_BYTES, left):
            continue
        data = _content(file, tree.where(digest))
        left -= len(data)
        is_about = any(mark in data for mark in _MARKS)
        if is_about and hashlib.sha256(data).hexdigest() == digest.encoded:
            yield StoredDocument(data, digest, len(data), place=tree.where(digest))


def _content(file: StoredFile, place: str) -> bytes:
    """Return the bytes of what begins like a JSON object; none of anything else."""
    with suppress(OSError, SourceError, LimitExceeded):
        with file.blob.open() as opened:
            if opened.read(1) != b"{":
                return b""
        return read_blob(file.blob, _BYTES, place)
    return b""


def _artifact(tree: BlobTree, document: StoredDocument, limits: Limits) -> Found | None:
    """Return a manifest that is one of an artifact."""
    with suppress(MalformedImage, NotAnImage, LimitExceeded, SourceError):
        read = read_manifest(tree, document, Listing(), limits)
        if isinstance(read, StoredArtifact) and not read.error:
            if document.digest:
                tree.shelf.known.setdefault(tree.paths(document.digest)[0], document.data)
            return replace(read, reason=f"{read.reason}, {_UNLISTED}"), document
    return None

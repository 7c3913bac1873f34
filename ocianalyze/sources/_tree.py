"""Blobs by digest, in a folder or a tar, under the names that a format gives them."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ocianalyze.errors import LimitExceeded
from ocianalyze.model.digest import Digest
from ocianalyze.model.oci import Descriptor
from ocianalyze.sources._base import Blob, StoredDocument
from ocianalyze.sources._blob import BytesBlob, whole_file


class Files(Protocol):
    """Named files: an `Archive` or a `Folder`."""

    def find(self, name: str) -> Blob | None:
        """Return a file's bytes; None when absent."""
        ...

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a small file whole; None when absent.

        Raises:
            LimitExceeded: it is larger than `limit`.

        """
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files below a directory; symbolic links are followed, as build systems make them."""

    root: str
    """Absolute."""
    place: str
    """As the user named it."""

    def find(self, name: str) -> Blob | None:
        """Return a regular file; None for anything else."""
        return whole_file(f"{self.root}/{name}")

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a small file whole; None when absent.

        Raises:
            LimitExceeded: it is larger than `limit`.

        """
        blob = self.find(name)
        return None if blob is None else read_blob(blob, limit, f"{self.place}/{name}")


@dataclass(frozen=True, slots=True)
class BlobTree:
    """A source's blobs by digest."""

    files: Files
    place: str
    """What the user named."""
    paths: Callable[[Digest], tuple[str, ...]]
    """Names that a blob may have, the usual one first."""

    def where(self, digest: Digest) -> str:
        """Return a blob's place for errors."""
        return f"{self.place}: {self.paths(digest)[0]}"

    def blob(self, descriptor: Descriptor) -> Blob | None:
        """Return the bytes of a descriptor, embedded or stored; None when absent."""
        embedded = _embedded(descriptor)
        if embedded is not None:
            return BytesBlob(embedded)
        found = (self.files.find(path) for path in self.paths(descriptor.digest))
        return next((blob for blob in found if blob is not None), None)

    def document(self, descriptor: Descriptor, limit: int) -> StoredDocument | None:
        """Return a document with what its descriptor promises; None when absent.

        Raises:
            LimitExceeded: it is larger than `limit`.
            SourceError: it cannot be read.

        """
        blob = self.blob(descriptor)
        if blob is None:
            return None
        place = self.where(descriptor.digest)
        return StoredDocument(
            data=read_blob(blob, limit, place),
            digest=descriptor.digest,
            size=descriptor.size,
            media_type=descriptor.media_type,
            place=place,
        )


def read_blob(blob: Blob, limit: int, place: str) -> bytes:
    """Return a small blob whole.

    Raises:
        LimitExceeded: it is larger than `limit`.
        SourceError: it cannot be read.

    """
    if blob.size > limit:
        raise LimitExceeded(f"document of more than {limit} bytes", place=place)
    with blob.open() as file:
        return file.read()


def blob_path(digest: Digest) -> tuple[str, ...]:
    """Return where an OCI layout keeps a blob (image-spec "Image Layout", Blobs)."""
    return (f"blobs/{digest.algorithm}/{digest.encoded}",)


def _embedded(descriptor: Descriptor) -> bytes | None:
    """Return a descriptor's `data`; what is no base64 counts as absent."""
    if descriptor.data is None:
        return None
    try:
        return base64.b64decode(descriptor.data, validate=True)
    except (binascii.Error, ValueError):
        return None

"""Blobs by digest, in a folder or a tar, under the names that a format gives them."""

import base64
import binascii
import os
from collections.abc import Callable
from dataclasses import field
from typing import Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, SourceError
from ocianalyze.limits import Limits
from ocianalyze.model.digest import Digest
from ocianalyze.model.oci import Descriptor
from ocianalyze.sources._base import Blob, StoredDocument, read_blob
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
    asked: set[str] = field(default_factory=set, compare=False)
    """Names of files that were found."""

    def find(self, name: str) -> Blob | None:
        """Return a regular file; None for anything else.

        Raises:
            SourceError: its folder may not be entered.

        """
        path = f"{self.root}/{name}"
        found = whole_file(path)
        if found is None:
            _entered(path, f"{self.place}/{name}")
        else:
            self.asked.add(name)
        return found

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a small file whole; None when absent.

        Raises:
            LimitExceeded: it is larger than `limit`.

        """
        blob = self.find(name)
        return None if blob is None else read_blob(blob, limit, f"{self.place}/{name}")


@dataclass(slots=True)
class Shelf:
    """Documents of one source: each is kept once, and all together are bounded.

    Ten thousand images may share one config of some megabytes.
    """

    limits: Limits
    taken: int = 0
    """Bytes of all documents."""
    known: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str, blob: Blob, place: str) -> bytes:
        """Return a document; `name` is the usual one of its file.

        Raises:
            LimitExceeded: it, or all of them, are larger than allowed.
            SourceError: it cannot be read.

        """
        if name in self.known:
            return self.known[name]
        data = read_blob(blob, self.limits.document_bytes, place)
        self.spend(len(data), place)
        self.known[name] = data
        return data

    def spend(self, size: int, place: str) -> None:
        """Count a document that is read or made.

        Raises:
            LimitExceeded: all of them are larger than allowed.

        """
        self.taken += size
        if self.taken > self.limits.source_document_bytes:
            bound = self.limits.source_document_bytes
            raise LimitExceeded(
                f"documents of more than {bound} bytes together",
                place=place,
                limit="source_document_bytes",
            )


@dataclass(frozen=True, slots=True)
class BlobTree:
    """A source's blobs by digest."""

    files: Files
    shelf: Shelf
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

    def document(self, descriptor: Descriptor) -> StoredDocument | None:
        """Return a document with what its descriptor promises; None when absent.

        Raises:
            LimitExceeded: it is larger than a document may be.
            SourceError: it cannot be read.

        """
        blob = self.blob(descriptor)
        if blob is None:
            return None
        place = self.where(descriptor.digest)
        if isinstance(blob, BytesBlob):
            # What embeds it was counted; a stored blob of the same digest may differ.
            data = read_blob(blob, self.shelf.limits.document_bytes, place)
        else:
            data = self.shelf.read(self.paths(descriptor.digest)[0], blob, place)
        return StoredDocument(
            data=data,
            digest=descriptor.digest,
            size=descriptor.size,
            media_type=descriptor.media_type,
            place=place,
        )


def _entered(path: str, place: str) -> None:
    """Tell what is absent from what may not be looked for."""
    try:
        os.stat(path)  # noqa: PTH116 - a text, as everywhere here
    except PermissionError as error:
        raise SourceError(f"cannot be read: {error.strerror}", place=place) from error
    except (OSError, ValueError):
        return


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

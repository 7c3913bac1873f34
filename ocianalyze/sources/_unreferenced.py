"""Files of a source that no document of it names: what else lies in an archive.

An OCI layout may hold such blobs (image-spec "Image Layout"): they are a fact, no fault. A name
that was looked up while images were read is named, and so is what a descriptor of a document that
was read promises: layers of signatures, which are never opened. What writers put beside images
unasked is usual, and not told.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import MalformedImage, OcianalyzeError
from ocianalyze.limits import MIB, Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import load_object
from ocianalyze.sources._base import Blob, Contents, StoredFile, StoredImage, Unreferenced
from ocianalyze.sources._foreign import kind_of
from ocianalyze.sources._tree import BlobTree

_LISTED = 1_000
"""Files named one by one."""
_IN_SENTENCE = 3
_DOCUMENT = 1 * MIB
_DOCUMENTS = 16 * MIB
"""Bytes of documents that are parsed to find out whether they are usual."""
_HEAD = 512
_DIGEST = re.compile(rb'"(?:digest|blobSum)"\s*:\s*"(sha(?:256|512):[0-9a-f]{64,128})"')
_USUAL = re.compile(
    r"oci-layout|index\.json(?:\.lock)?|manifest\.json|repositories|version|VERSION"
    r"|[0-9a-f]{64}/(?:json|VERSION)|(?:[0-9a-f]{64}\.)?signature-[0-9]+"
)
"""Of image-spec's layout, `docker save` of any age, and skopeo's `dir:` with its signatures."""
_OLD_LAYER = re.compile(r"[0-9a-f]{64}/layer\.tar")
"""Which podman and docker make a link where `manifest.json` names the bytes otherwise."""
_OLD_ID = re.compile(r"[0-9a-f]{64}")

Others = Callable[[Callable[[str], bool]], Iterable[StoredFile]]
"""Lists files that nobody has found, but for those with usual names."""


def with_unreferenced(
    found: Contents, tree: BlobTree, others: Others, *, docker: bool = False
) -> Contents:
    """Return contents that tell what no document names.

    Args:
        found: what the source's documents lead to.
        tree: through which they were read.
        others: lists what was not looked up.
        docker: `manifest.json` of `docker save` counts, which writes documents that nothing names.

    """
    named = _named(found, tree)
    usual = _Usual(tree.shelf.limits, frozenset(_parts(found.images)) if docker else None)
    listed, count, size = [], 0, 0
    for file in others(named.__contains__):
        if usual.has(file):
            continue
        count, size = count + 1, size + file.blob.size
        if count <= _LISTED:
            listed.append(Unreferenced(file.name, file.blob.size, _kind(file)))
    if not listed:
        return found
    anomaly = Anomaly("archive.unreferenced", _said(listed, count, size))
    anomalies = (*found.anomalies, anomaly)
    return replace(found, anomalies=anomalies, unreferenced=tuple(listed))


def _named(found: Contents, tree: BlobTree) -> set[str]:
    """Return the names of blobs that descriptors of documents which were read promise."""
    digests = {artifact.digest for artifact in found.artifacts if artifact.digest}
    manifests = (image.manifest.data for image in found.images if image.manifest)
    for document in (*tree.shelf.known.values(), *manifests):
        digests.update(_promised(document))
    return {path for digest in digests for path in tree.paths(digest)}


def _promised(document: bytes) -> Iterator[Digest]:
    for one in _DIGEST.findall(document):
        with suppress(MalformedImage):
            yield Digest.parse(one.decode())


def _parts(images: Iterable[StoredImage]) -> Iterator[Digest]:
    for image in images:
        yield from (layer.digest for layer in image.layers if layer.digest)
        if image.config and image.config.digest:
            yield image.config.digest


@dataclass(slots=True)
class _Usual:
    """Knows what writers put beside images."""

    limits: Limits
    promised: frozenset[Digest] | None
    """What `manifest.json` of `docker save` names; None where there is none."""
    room: int = _DOCUMENTS

    def has(self, file: StoredFile) -> bool:
        """Tell a file that is no news by its name and beginning, or by the document that it is."""
        if file.link:
            return _OLD_LAYER.fullmatch(file.name) is not None
        if file.blob.size > _DOCUMENT:
            return False
        head = _head(file.blob)
        if _USUAL.fullmatch(file.name):
            return "signature-" in file.name or b"\0" not in head
        return self.promised is not None and head[:1] == b"{" and self._is_beside(file.blob)

    def _is_beside(self, blob: Blob) -> bool:
        """Tell what `docker save` leaves unnamed: documents of format v1, manifests without a name.

        Such a manifest promises only what `manifest.json` names.
        """
        self.room -= blob.size
        if self.room < 0:
            return False
        try:
            with blob.open() as file:
                data = file.read()
            value = load_object(data, self.limits, "")
        except (OSError, OcianalyzeError):
            return False
        if "rootfs" not in value and _OLD_ID.fullmatch(str(value.get("id"))):
            return True
        promised = {*_promised(data)}
        return "config" in value and bool(promised) and promised <= (self.promised or set())


def _kind(file: StoredFile) -> str:
    return f"link to {file.link}" if file.link else kind_of(_head(file.blob))


def _head(blob: Blob) -> bytes:
    try:
        with blob.open() as file:
            return file.read(_HEAD)
    except (OSError, OcianalyzeError):
        return b""


def _said(listed: list[Unreferenced], count: int, size: int) -> str:
    names = ", ".join(f"{one.name:.100}" for one in listed[:_IN_SENTENCE])
    more = f" and {count - _IN_SENTENCE:,} more" if count > _IN_SENTENCE else ""
    return f"{count:,} {'file' if count == 1 else 'files'}, {size:,} bytes: {names}{more}"

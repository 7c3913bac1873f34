"""Images of an index (image-spec "Image Layout", "Image Index"; Docker manifest list).

Each manifest is one image, whatever the number of its names. Every platform is listed; what is
no image, or not there, is an artifact with its reason.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import field, replace
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, MalformedImage, NotAnImage, SourceError
from ocianalyze.limits import Limits
from ocianalyze.model import media_type
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import ALGORITHMS, Digest
from ocianalyze.model.document import load_object
from ocianalyze.model.fields import fold, folded
from ocianalyze.model.oci import Descriptor, Index
from ocianalyze.model.validated import validated
from ocianalyze.sources._base import Contents, StoredArtifact, StoredDocument, StoredImage
from ocianalyze.sources._manifest import (
    Listing,
    ambiguity,
    lists_manifests,
    read_manifest,
)
from ocianalyze.sources._referrers import Referrers
from ocianalyze.sources._tree import BlobTree
from ocianalyze.sources._unlisted import Files, unlisted

INDEX = "index.json"
REF_NAME = "org.opencontainers.image.ref.name"
IMAGE_NAME = "io.containerd.image.name"
_REFERENCE_TYPE = "vnd.docker.reference.type"
_REFERENCE_DIGEST = "vnd.docker.reference.digest"
_ABSENT = "not in the archive"

Read = StoredImage | StoredArtifact


@dataclass(slots=True)
class _Walk:
    """What was found so far below one index."""

    tree: BlobTree
    limits: Limits
    referrers: Referrers
    images: dict[Digest, StoredImage] = field(default_factory=dict)
    indexes: dict[Digest, dict[Digest, None]] = field(default_factory=dict)
    """Of each image: those that list it, in the order of the source."""
    artifacts: list[StoredArtifact] = field(default_factory=list)
    children: dict[Digest, tuple[Descriptor, ...]] = field(default_factory=dict)
    """Of the indexes read so far: many names may lead to one index."""
    lies: dict[Digest, tuple[Anomaly, ...]] = field(default_factory=dict)
    """Of the indexes read so far: how they differ from what is promised, or may be taken."""
    above: list[Digest] = field(default_factory=list)
    """The indexes around what is being read."""
    seen: set[Digest] = field(default_factory=set)
    """What an index lists."""
    visits: int = 0


def read_layout(tree: BlobTree, limits: Limits, files: Files) -> Contents:
    """Read what an OCI layout's `index.json` leads to, and artifacts that nothing leads to.

    Args:
        tree: its blobs.
        limits: on its documents.
        files: lists all that it stores.

    Raises:
        MalformedImage: `index.json` is no index.
        NotAnImage: it names nothing.
        LimitExceeded: it is larger than a document may be.

    """
    data = tree.files.read(INDEX, limits.document_bytes)
    if data is None:
        raise MalformedImage(f"{INDEX} is not there or no file", place=tree.place)
    place = f"{tree.place}: {INDEX}"
    value = load_object(data, limits, place)
    if "manifests" not in set(map(fold, value)):
        raise MalformedImage("no index: it has no list of manifests", place=place)
    found = read_index(tree, value, place, limits, files)
    if not found.images and not found.artifacts:
        raise NotAnImage("the index names no images", place=place)
    return found


def read_index(
    tree: BlobTree, value: dict[str, Any], place: str, limits: Limits, files: Files = tuple
) -> Contents:
    """Read what an index that nothing describes leads to.

    Args:
        tree: blobs beside it.
        value: the index.
        place: where it is.
        limits: on documents.
        files: lists what may hold artifacts about images that it does not list.

    Raises:
        MalformedImage: its `manifests` are no list.

    """
    walk = _Walk(tree, limits, Referrers(tree, limits))
    anomalies: list[Anomaly] = []
    _visit_all(walk, _descriptors(walk, value, place, anomalies), Listing(), depth=0)
    if walk.images and walk.visits <= limits.images:
        for artifact, document in unlisted(tree, files, walk.seen | _layers(walk), limits):
            walk.artifacts.append(artifact)
            walk.referrers.take(document, (), {})
    images = tuple(
        walk.referrers.attached(image, walk.indexes.get(digest, ()))
        for digest, image in walk.images.items()
    )
    walk.artifacts += _orphans(walk)
    if walk.visits > limits.images:
        more = LimitExceeded(f"more than {limits.images} manifests", limit="images")
        walk.artifacts.append(StoredArtifact.unread(more, "the rest of the index"))
    told = tuple(anomalies[: limits.anomalies])
    return Contents(images, tuple(dict.fromkeys(walk.artifacts)), told)


def _layers(walk: _Walk) -> set[Digest]:
    layers = (layer for image in walk.images.values() for layer in image.layers)
    return {layer.digest for layer in layers if layer.digest}


def _descriptors(
    walk: _Walk, value: dict[str, Any], place: str, anomalies: list[Anomaly]
) -> tuple[Descriptor, ...]:
    """Return the descriptors of an index; one that is malformed does not hide the others."""
    listed = folded(value, Index, anomalies).get("manifests")
    if listed is not None and not isinstance(listed, list):
        raise MalformedImage("`manifests` is no list", place=place)
    found = []
    # No more than can be visited, and one that shows that there are more.
    for at, item in enumerate((listed or [])[: max(walk.limits.images - walk.visits, 0) + 1]):
        try:
            found.append(validated(Descriptor, item, walk.limits))
        except (MalformedImage, LimitExceeded) as error:
            reason = f"malformed descriptor {at} of {place}: {error.summary}"
            walk.artifacts.append(StoredArtifact("", None, "", reason, error=True))
    return tuple(found)


def _visit_all(
    walk: _Walk, descriptors: tuple[Descriptor, ...], above: Listing, depth: int
) -> bool:
    """Visit the children of an index; tell whether an image is there.

    A registry's index lists more platforms than `docker save` or `ctr images export` put into an
    archive. So below a nested index what is absent is no error, as long as an image is there.
    """
    absent: list[tuple[Descriptor, Listing]] = []
    hollow: list[Digest] = []
    present = False
    for descriptor in descriptors:
        walk.visits += 1
        walk.seen.add(descriptor.digest)
        if walk.visits > walk.limits.images:
            break
        named = above if above.names else _named(descriptor)
        listing = replace(
            named,
            platform=descriptor.platform,
            index_digest=above.index_digest,
            anomalies=above.anomalies,
        )
        match _visit(walk, descriptor, listing, depth):
            case True:
                present = True
            case False:
                absent.append((descriptor, listing))
            case None if _is_hollow(walk.images.get(descriptor.digest)):
                hollow.append(descriptor.digest)
    _settle(walk, absent, hollow, partial=present and depth > 0)
    return present


def _visit(walk: _Walk, descriptor: Descriptor, listing: Listing, depth: int) -> bool | None:
    """Read one descriptor: True for an image, False for nothing there, None for anything else."""
    if descriptor.digest in walk.images:
        _list(walk, descriptor, listing)
        image = walk.images[descriptor.digest]
        walk.images[descriptor.digest] = replace(
            image,
            names=tuple(dict.fromkeys((*image.names, *listing.names))),
            aliases=tuple(dict.fromkeys((*image.aliases, *listing.aliases))),
            platform=image.platform or listing.platform,
            anomalies=tuple(dict.fromkeys((*image.anomalies, *listing.anomalies))),
        )
        return None if _is_hollow(image) else True
    try:
        if descriptor.digest in walk.children:
            return _nested(walk, walk.children[descriptor.digest], descriptor, listing, depth)
        document = walk.tree.document(descriptor)
        if document is None:
            return False
        return _read(walk, descriptor, document, listing, depth)
    except (MalformedImage, LimitExceeded, SourceError) as error:
        walk.artifacts.append(listing.unread(error, descriptor.digest, descriptor.media_type))
        return None


def _read(
    walk: _Walk, descriptor: Descriptor, document: StoredDocument, listing: Listing, depth: int
) -> bool | None:
    if descriptor.annotations.get(_REFERENCE_TYPE) == "attestation-manifest":
        _refuse_lies(document)
        about = descriptor.annotations.get(_REFERENCE_DIGEST, "")
        walk.referrers.attestations.setdefault(about, []).append(document)
        return None
    if _is_index(walk, document):
        value = load_object(document.data, walk.limits, document.place)
        odd = [*_lies(document), *ambiguity(value, document.media_type)]
        children = _descriptors(walk, value, document.place, odd)
        walk.children[descriptor.digest] = children
        walk.lies[descriptor.digest] = tuple(odd[: walk.limits.anomalies])
        return _nested(walk, children, descriptor, listing, depth)
    if not _may_be_manifest(document.media_type):
        kind = document.media_type
        walk.artifacts.append(
            listing.artifact(f"unknown media type {kind:.120}", descriptor.digest, kind)
        )
        return None
    read = read_manifest(walk.tree, document, listing, walk.limits)
    if isinstance(read, StoredArtifact):
        if not read.error:
            _refuse_lies(document)
        walk.artifacts.append(read)
        if not read.error:
            walk.referrers.take(document, listing.names, descriptor.annotations)
        return None
    _list(walk, descriptor, listing)
    walk.images[descriptor.digest] = read
    return None if _is_hollow(read) else True


def _list(walk: _Walk, descriptor: Descriptor, listing: Listing) -> None:
    """Remember which index lists an image."""
    if listing.index_digest is not None:
        walk.indexes.setdefault(descriptor.digest, {})[listing.index_digest] = None


def _is_index(walk: _Walk, document: StoredDocument) -> bool:
    """Decide by the descriptor's media type; by the document when the former is empty."""
    if document.media_type:
        return document.media_type in media_type.INDEXES
    value = load_object(document.data, walk.limits, document.place)
    return lists_manifests(value)


def _may_be_manifest(kind: str) -> bool:
    known = {*media_type.MANIFESTS, media_type.DOCKER_SCHEMA1, media_type.DOCKER_SCHEMA1_SIGNED}
    return not kind or kind in known


def _nested(
    walk: _Walk,
    children: tuple[Descriptor, ...],
    descriptor: Descriptor,
    listing: Listing,
    depth: int,
) -> bool | None:
    if depth >= walk.limits.index_depth:
        what = f"indexes nested deeper than {walk.limits.index_depth}"
        raise LimitExceeded(what, limit="index_depth")
    if descriptor.digest in walk.above:
        raise MalformedImage("index that lists itself")
    lies = (*listing.anomalies, *walk.lies[descriptor.digest])
    inner = replace(listing, platform=None, index_digest=descriptor.digest, anomalies=lies)
    walk.above.append(descriptor.digest)
    present = _visit_all(walk, children, inner, depth + 1)
    walk.above.pop()
    return True if present else None


def _lies(document: StoredDocument) -> Iterator[Anomaly]:
    """Yield how a document differs from what its descriptor promises.

    A manifest is compared with its image; nobody else looks at an index.
    """
    code, data, promised = "integrity.manifest-digest", document.data, document.digest
    if document.size is not None and document.size != len(data):
        yield Anomaly(code, f"index of {len(data)} bytes, promised {document.size}")
    if promised is not None and promised.algorithm in ALGORITHMS:
        actual = hashlib.new(promised.algorithm, data).hexdigest()
        if actual != promised.encoded:
            yield Anomaly(code, f"index {promised.algorithm}:{actual}, promised {promised}")


def _refuse_lies(document: StoredDocument) -> None:
    """Refuse what says something about an image and is not what it is called."""
    if any(_lies(document)):
        raise MalformedImage("bytes differ from their digest or size")


def _is_hollow(image: StoredImage | None) -> bool:
    """Tell an image of which the archive holds the manifest alone."""
    if image is None or image.config is not None or not image.layers:
        return False
    return all(layer.absent == "missing" for layer in image.layers)


def _settle(
    walk: _Walk,
    absent: list[tuple[Descriptor, Listing]],
    hollow: list[Digest],
    *,
    partial: bool,
) -> None:
    """Say of what is absent whether it was left out on purpose."""
    for descriptor, listing in absent:
        reason = _ABSENT if partial else "manifest is missing"
        if descriptor.annotations.get(_REFERENCE_TYPE) == "attestation-manifest":
            reason = f"attestation is {_ABSENT}"
        error = not partial and not reason.startswith("attestation")
        walk.artifacts.append(
            listing.artifact(reason, descriptor.digest, descriptor.media_type, error=error)
        )
    for digest in hollow if partial else ():
        image = walk.images.pop(digest)
        name = str(image.platform) if image.platform else ", ".join(image.names)
        walk.artifacts.append(StoredArtifact(name, digest, "", _ABSENT))


def _named(descriptor: Descriptor) -> Listing:
    """Return the names that annotations give; containerd's holds the whole reference."""
    whole = descriptor.annotations.get(IMAGE_NAME, "")
    short = descriptor.annotations.get(REF_NAME, "")
    if whole and whole.endswith(f":{short}"):
        return Listing((whole,), (short,) if short else ())
    return Listing(tuple(dict.fromkeys(filter(None, (whole, short)))))


def _orphans(walk: _Walk) -> Iterator[StoredArtifact]:
    for about, documents in walk.referrers.attestations.items():
        for document in documents:
            reason = f"attestation about {about or 'nothing':.100}, which is {_ABSENT}"
            yield StoredArtifact("", document.digest, document.media_type, reason)

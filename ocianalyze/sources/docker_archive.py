"""What `docker save` writes, and podman, kaniko, bazel, jib and nix like it.

Three generations: `repositories` with parent chains (Docker before 1.10), `manifest.json` (until
24), `manifest.json` beside an OCI layout (since 25, and containerd). `manifest.json` is what
`docker load` believes, so its images and layers count; the layout adds the digests it promises,
and the images that only it lists.
"""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from pydantic import BeforeValidator, Field

from ocianalyze.errors import (
    LimitExceeded,
    MalformedImage,
    NotAnImage,
    OcianalyzeError,
    SourceError,
)
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import ALGORITHMS, Digest
from ocianalyze.model.document import load
from ocianalyze.model.fields import folded
from ocianalyze.model.oci import Document, Text, TextList
from ocianalyze.model.validated import validated
from ocianalyze.sources._base import (
    Archive,
    Blob,
    Contents,
    Place,
    Source,
    SourceKind,
    StoredArtifact,
    StoredDocument,
    StoredImage,
    StoredLayer,
)
from ocianalyze.sources._blob import FileRange
from ocianalyze.sources._layout import INDEX, read_layout
from ocianalyze.sources._legacy import REPOSITORIES, is_legacy, read_legacy
from ocianalyze.sources._names import merged
from ocianalyze.sources._opened import OpenedSource, archive_of
from ocianalyze.sources._rest import with_rest
from ocianalyze.sources._tree import BlobTree, Shelf, blob_path
from ocianalyze.sources._unreferenced import with_unreferenced

KIND = "docker-archive"
MANIFEST = "manifest.json"
_Layers = tuple[bytes, tuple[Blob | None, ...]]
_BLOB = re.compile(r"blobs/([a-z0-9]+)/([0-9a-f]+)")
_CONFIG = re.compile(r"(?:blobs/([a-z0-9]+)/|([a-z0-9]+):)?([0-9a-f]+)(?:\.json)?")


class _Entry(Document):
    """One image of `manifest.json`."""

    config: Text = Field("", alias="Config")
    repo_tags: TextList = Field([], alias="RepoTags")
    layers: Annotated[list[str], BeforeValidator(lambda v: [] if v is None else v)] = Field(
        [], alias="Layers"
    )


def recognise(place: Place) -> bool:
    """Tell a tar with `manifest.json` or `repositories` at its top, or with old layer documents."""
    if place.archive is None:
        return False
    documents = place.archive.documents
    return bool({MANIFEST, REPOSITORIES} & {*documents}) or is_legacy(documents)


def open_archive(place: Place, limits: Limits) -> Source:
    """Take over the indexed tar."""
    archive = archive_of(place, "docker archive")

    def read() -> Contents:
        tree = BlobTree(archive, Shelf(limits), str(place.path), blob_path)
        found = _contents(archive, tree, limits)
        found = replace(found, anomalies=(*archive.anomalies, *found.anomalies))
        found = with_rest(found, archive.files, limits)
        return with_unreferenced(found, tree, archive.others, docker=True)

    return OpenedSource(KIND, str(place.path), read, archive.close)


def _contents(archive: Archive, tree: BlobTree, limits: Limits) -> Contents:
    data = archive.read(MANIFEST, limits.document_bytes)
    if data is None:
        return read_legacy(archive, tree.place, limits)
    entries = _entries(data, f"{tree.place}: {MANIFEST}", limits)
    layout = _layout(archive, tree, limits)
    listed = _Listed(layout)
    images, artifacts = [], []
    for at, value in enumerate(entries[: limits.images]):
        try:
            image = _image(tree, value, limits)
            images.append(_joined(image, layout, listed))
        except (MalformedImage, LimitExceeded) as error:
            artifacts.append(StoredArtifact.unread(error, f"image {at} of {MANIFEST}"))
    if len(entries) > limits.images:
        more = LimitExceeded(f"more than {limits.images} images", limit="images")
        artifacts.append(StoredArtifact.unread(more, f"the rest of {MANIFEST}"))
    images += [image for at, image in enumerate(layout.images) if at not in listed.claimed]
    return Contents(tuple(images), (*artifacts, *layout.artifacts), layout.anomalies)


def _entries(data: bytes, place: str, limits: Limits) -> list[object]:
    value = load(data, limits, place)
    if not isinstance(value, list):
        found = "null" if value is None else "no list of images"
        raise MalformedImage(f"is {found}", place=place)
    if not value:
        raise NotAnImage("names no images", place=place)
    return value


def _parsed(value: object, anomalies: list[Anomaly], limits: Limits) -> _Entry:
    if not isinstance(value, dict):
        raise MalformedImage("is no JSON object")
    return validated(_Entry, folded(value, _Entry, anomalies), limits)


def _image(tree: BlobTree, value: object, limits: Limits) -> StoredImage:
    odd: list[Anomaly] = []
    entry = _parsed(value, odd, limits)
    if len(entry.layers) > limits.image_layers:
        raise LimitExceeded(f"more than {limits.image_layers} layers", limit="image_layers")
    config, anomalies = _config(tree, entry.config)
    return StoredImage(
        names=tuple(dict.fromkeys(entry.repo_tags)),
        layers=tuple(_layer(tree, path) for path in entry.layers),
        config=config,
        anomalies=(*odd[: limits.anomalies], *anomalies),
    )


def _config(tree: BlobTree, path: str) -> tuple[StoredDocument | None, tuple[Anomaly, ...]]:
    """Read the config, whose name is the image's identity in all variants."""
    place = f"{tree.place}: {path:.200}"
    blob = tree.files.find(path)
    if blob is None:
        return None, (Anomaly("image.config-absent", f"{path:.200} is not in the archive"),)
    try:
        data = tree.shelf.read(path, blob, place)
    except (LimitExceeded, SourceError) as error:
        return None, (Anomaly("image.config-absent", error.summary),)
    named = _CONFIG.fullmatch(path)
    digest = _digest(named[1] or named[2] or "sha256", named[3]) if named else None
    return StoredDocument(data, digest, place=place), ()


def _digest(algorithm: str, encoded: str) -> Digest | None:
    """Return what a name says that its bytes have; None for one that only looks like a digest."""
    if algorithm not in ALGORITHMS:
        return None
    with suppress(MalformedImage):
        return Digest.parse(f"{algorithm}:{encoded}")
    return None


def _layer(tree: BlobTree, path: str) -> StoredLayer:
    """Find a layer; a cut member promises the size that the outer tar says."""
    blob = tree.files.find(path)
    cut = isinstance(blob, FileRange) and blob.promised != blob.size
    named = _BLOB.fullmatch(path)
    return StoredLayer(
        blob=blob,
        digest=_digest(named[1], named[2]) if named else None,
        size=blob.promised if cut and isinstance(blob, FileRange) else None,
        absent="" if blob else "missing",
        place=f"{tree.place}: {path:.200}",
    )


def _layout(archive: Archive, tree: BlobTree, limits: Limits) -> Contents:
    """Read the layout beside `manifest.json`; when it is broken, `manifest.json` still counts."""
    if INDEX not in archive.documents:
        return Contents(())
    try:
        return read_layout(tree, limits, archive.files)
    except NotAnImage:
        # `docker save` of an image without a name: the index lists nothing.
        return Contents(())
    except OcianalyzeError as error:
        detail = f"{INDEX} cannot be read: {error.summary}"
        return Contents((), (), (Anomaly("image.manifests-disagree", detail),))


class _Listed:
    """The numbers of a layout's images, by what one of `manifest.json` is known by.

    Thousands of images may share one config, even all layers.
    """

    def __init__(self, layout: Contents) -> None:
        self.claimed: set[int] = set()
        self._by_config: dict[bytes, int] = {}
        self._by_layers: dict[_Layers, list[int]] = {}
        """Of equal images those that are not claimed, the last one first; one stays."""
        for at, image in reversed([*enumerate(layout.images)]):
            if image.config is not None:
                self._by_config[image.config.data] = at
                self._by_layers.setdefault(_layers(image), []).append(at)

    def claim(self, image: StoredImage) -> tuple[int | None, bool, bool]:
        """Return the image of the same config, whether its layers agree, and whether it is new."""
        equal = self._by_layers.get(_layers(image), []) if image.config else []
        at = self._by_config.get(image.config.data) if image.config else None
        if equal:
            at = equal.pop() if len(equal) > 1 else equal[0]
        is_new = at not in self.claimed
        if at is not None:
            self.claimed.add(at)
        return at, bool(equal), is_new


def _joined(image: StoredImage, layout: Contents, listed: _Listed) -> StoredImage:
    """Give an image what the layout promises of it, when both mean the same layers."""
    if not layout.images:
        return image
    at, agreeing, is_new = listed.claim(image)
    if at is None:
        detail = f"{INDEX} does not list this image of {MANIFEST}"
        return _odd(image, detail)
    other = layout.images[at]
    # What the layout calls it, one image of several that are equal is called.
    names, tags = merged(image.names, other.names) if is_new else (image.names, ())
    aliases = other.aliases if is_new else ()
    own = other if agreeing else _odd(image, f"{INDEX} and {MANIFEST} list different layers")
    return replace(own, names=names, aliases=tuple(dict.fromkeys((*aliases, *tags))))


def _odd(image: StoredImage, detail: str) -> StoredImage:
    anomaly = Anomaly("image.manifests-disagree", detail)
    return replace(image, anomalies=(*image.anomalies, anomaly))


def _layers(image: StoredImage) -> _Layers:
    """Return the config and the layers of an image."""
    config = image.config.data if image.config else b""
    return config, tuple(layer.blob for layer in image.layers)


SOURCE = SourceKind(
    name=KIND,
    schemes=("docker-archive", "docker-save"),
    summary="tar of docker save of any age; podman, kaniko, bazel, jib and nix write it too",
    order=10,
    recognise=recognise,
    open=open_archive,
)

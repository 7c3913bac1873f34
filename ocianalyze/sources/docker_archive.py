"""What `docker save` writes, and podman, kaniko, bazel, jib and nix like it.

Three generations: `repositories` with parent chains (Docker before 1.10), `manifest.json` (until
24), `manifest.json` beside an OCI layout (since 25, and containerd). `manifest.json` is what
`docker load` believes, so its images and layers count; the layout adds the digests it promises,
and the images that only it lists.
"""

import re
from dataclasses import replace
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from ocianalyze.errors import (
    LimitExceeded,
    MalformedImage,
    NotAnImage,
    OcianalyzeError,
    SourceError,
)
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import folded, load
from ocianalyze.model.oci import Document, Text, TextList
from ocianalyze.sources._base import (
    Archive,
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
from ocianalyze.sources._manifest import first_error
from ocianalyze.sources._names import merged
from ocianalyze.sources._opened import OpenedSource, archive_of
from ocianalyze.sources._rest import with_rest
from ocianalyze.sources._tree import BlobTree, Shelf, blob_path

KIND = "docker-archive"
MANIFEST = "manifest.json"
_BLOB = re.compile(r"blobs/(sha256)/([0-9a-f]{64})")
_CONFIG = re.compile(r"(?:blobs/sha256/|sha256:)?([0-9a-f]{64})(?:\.json)?")


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
        found = _contents(archive, str(place.path), limits)
        found = replace(found, anomalies=(*archive.anomalies, *found.anomalies))
        return with_rest(found, archive.files, limits)

    return OpenedSource(KIND, str(place.path), read, archive.close)


def _contents(archive: Archive, place: str, limits: Limits) -> Contents:
    data = archive.read(MANIFEST, limits.document_bytes)
    if data is None:
        return read_legacy(archive, place, limits)
    entries = _entries(data, f"{place}: {MANIFEST}", limits)
    tree = BlobTree(archive, Shelf(limits), place, blob_path)
    layout = _layout(archive, tree, limits)
    by_config = _by_config(layout)
    claimed: set[int] = set()
    images, artifacts = [], []
    for at, value in enumerate(entries[: limits.images]):
        try:
            image = _image(tree, _parsed(value), limits)
            images.append(_joined(image, layout, by_config, claimed))
        except (MalformedImage, LimitExceeded) as error:
            artifacts.append(StoredArtifact.unread(error, f"image {at} of {MANIFEST}"))
    if len(entries) > limits.images:
        more = LimitExceeded(f"more than {limits.images} images", limit="images")
        artifacts.append(StoredArtifact.unread(more, f"the rest of {MANIFEST}"))
    images += [image for at, image in enumerate(layout.images) if at not in claimed]
    return Contents(tuple(images), (*artifacts, *layout.artifacts), layout.anomalies)


def _entries(data: bytes, place: str, limits: Limits) -> list[object]:
    value = load(data, limits, place)
    if not isinstance(value, list):
        found = "null" if value is None else "no list of images"
        raise MalformedImage(f"is {found}", place=place)
    if not value:
        raise NotAnImage("names no images", place=place)
    return value


def _parsed(value: object) -> _Entry:
    if not isinstance(value, dict):
        raise MalformedImage("is no JSON object")
    try:
        return _Entry.model_validate(folded(value, _Entry, []))
    except ValidationError as error:
        raise MalformedImage(first_error(error)) from error


def _image(tree: BlobTree, entry: _Entry, limits: Limits) -> StoredImage:
    if len(entry.layers) > limits.image_layers:
        raise LimitExceeded(f"more than {limits.image_layers} layers", limit="image_layers")
    config, anomalies = _config(tree, entry.config)
    return StoredImage(
        names=tuple(dict.fromkeys(entry.repo_tags)),
        layers=tuple(_layer(tree, path) for path in entry.layers),
        config=config,
        anomalies=anomalies,
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
    digest = Digest(f"sha256:{named[1]}") if named else None
    return StoredDocument(data, digest, place=place), ()


def _layer(tree: BlobTree, path: str) -> StoredLayer:
    """Find a layer; a cut member promises the size that the outer tar says."""
    blob = tree.files.find(path)
    cut = isinstance(blob, FileRange) and blob.promised != blob.size
    named = _BLOB.fullmatch(path)
    return StoredLayer(
        blob=blob,
        digest=Digest(f"{named[1]}:{named[2]}") if named else None,
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


def _by_config(layout: Contents) -> dict[bytes, list[int]]:
    """Return the numbers of a layout's images by their config."""
    found: dict[bytes, list[int]] = {}
    for at, image in enumerate(layout.images):
        if image.config is not None:
            found.setdefault(image.config.data, []).append(at)
    return found


def _joined(
    image: StoredImage, layout: Contents, by_config: dict[bytes, list[int]], claimed: set[int]
) -> StoredImage:
    """Give an image what the layout promises of it, when both mean the same layers."""
    if not layout.images:
        return image
    same = by_config.get(image.config.data, []) if image.config else []
    if not same:
        detail = f"{INDEX} does not list this image of {MANIFEST}"
        return _odd(image, detail)
    agreeing = [at for at in same if _same_layers(image, layout.images[at])]
    at = next((at for at in agreeing if at not in claimed), (agreeing or same)[0])
    claimed.add(at)
    other = layout.images[at]
    names, tags = merged(image.names, other.names)
    own = other if agreeing else _odd(image, f"{INDEX} and {MANIFEST} list different layers")
    return replace(own, names=names, aliases=tuple(dict.fromkeys((*other.aliases, *tags))))


def _odd(image: StoredImage, detail: str) -> StoredImage:
    anomaly = Anomaly("image.manifests-disagree", detail)
    return replace(image, anomalies=(*image.anomalies, anomaly))


def _same_layers(image: StoredImage, other: StoredImage) -> bool:
    return [layer.blob for layer in image.layers] == [layer.blob for layer in other.layers]


SOURCE = SourceKind(
    name=KIND,
    schemes=("docker-archive", "docker-save"),
    summary="tar of docker save of any age; podman, kaniko, bazel, jib and nix write it too",
    order=10,
    recognise=recognise,
    open=open_archive,
)

"""skopeo's `dir:`: `manifest.json` and blobs named by the hex of their digests."""

from functools import partial

from ocianalyze.errors import MalformedImage, NotAnImage, SourceError
from ocianalyze.limits import Limits
from ocianalyze.model import media_type
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import load_object
from ocianalyze.model.fields import scalar
from ocianalyze.sources._base import (
    Contents,
    Place,
    Source,
    SourceKind,
    StoredDocument,
    StoredImage,
)
from ocianalyze.sources._blob import open_regular
from ocianalyze.sources._layout import read_index
from ocianalyze.sources._manifest import Listing, lists_manifests, read_manifest
from ocianalyze.sources._opened import OpenedSource, folder_of
from ocianalyze.sources._rest import folder_files, others, with_rest
from ocianalyze.sources._tree import BlobTree, Folder, Shelf
from ocianalyze.sources._unreferenced import with_unreferenced

KIND = "directory"
_MANIFEST = "manifest.json"
_BEGINNING = 64
"""Bytes in which a document's first sign is."""


def recognise(place: Place) -> bool:
    """Tell a directory with `manifest.json`, unless that is one of `docker save`."""
    if place.archive is not None or not (place.path / _MANIFEST).is_file():
        return False
    return not is_unpacked(place)


def is_unpacked(place: Place) -> bool:
    """Tell a folder into which an archive of `docker save` was unpacked: its manifest is a list."""
    if place.archive is not None:
        return False
    try:
        with open_regular(str(place.path / _MANIFEST)) as file:
            return file.read(_BEGINNING).lstrip()[:1] == b"["
    except SourceError:
        return False


def unpacked(place: Place) -> NotAnImage:
    """Return the error that says so."""
    folder = str(place.path)
    return NotAnImage(
        f"an unpacked docker save archive: {_MANIFEST} is a list",
        place=folder,
        cure=f"name the archive, or pack it again: tar -C {folder} -cf FILE .",
    )


def open_directory(place: Place, limits: Limits) -> Source:
    """Open the directory; nothing is read before it is asked for."""
    folder = Folder(folder_of(place, "dir: image"), str(place.path))
    tree = BlobTree(folder, Shelf(limits), str(place.path), _paths)

    def read() -> Contents:
        files = partial(folder_files, folder.root, limits)
        found = with_rest(_contents(tree, limits), files, limits)
        return with_unreferenced(found, tree, partial(others, folder, files))

    return OpenedSource(KIND, str(place.path), read)


def _paths(digest: Digest) -> tuple[str, ...]:
    """Return the names of a blob: today's, of manifests below a list, of layers before 1.1."""
    plain = digest.encoded
    if digest.algorithm != "sha256":
        return (f"{digest.algorithm}-{plain}",)
    return (plain, f"{plain}.manifest.json", f"{plain}.tar")


def _contents(tree: BlobTree, limits: Limits) -> Contents:
    """Read the one manifest, or every manifest of a list (`skopeo copy --all`)."""
    place = f"{tree.place}/{_MANIFEST}"
    data = tree.files.read(_MANIFEST, limits.document_bytes)
    if data is None:
        raise MalformedImage("is not there or no file", place=place)
    value = load_object(data, limits, place)
    kind = scalar(value, "mediaType")
    if kind in media_type.INDEXES or lists_manifests(value):
        return read_index(tree, value, place, limits)
    document = StoredDocument(data, media_type=kind if isinstance(kind, str) else "", place=place)
    read = read_manifest(tree, document, Listing(), limits)
    return Contents((read,)) if isinstance(read, StoredImage) else Contents((), (read,))


SOURCE = SourceKind(
    name=KIND,
    schemes=("dir",),
    summary="directory written by skopeo's dir: transport",
    order=40,
    recognise=recognise,
    open=open_directory,
)

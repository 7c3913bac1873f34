"""skopeo's `dir:`: `manifest.json` and blobs named by the hex of their digests."""

from functools import partial

from ocianalyze.errors import MalformedImage
from ocianalyze.limits import Limits
from ocianalyze.model import media_type
from ocianalyze.model.digest import Digest
from ocianalyze.model.document import load_object
from ocianalyze.sources._base import (
    Contents,
    Place,
    Source,
    SourceKind,
    StoredDocument,
    StoredImage,
)
from ocianalyze.sources._layout import read_index
from ocianalyze.sources._manifest import Listing, read_manifest
from ocianalyze.sources._opened import OpenedSource, folder_of
from ocianalyze.sources._rest import folder_files, with_rest
from ocianalyze.sources._tree import BlobTree, Folder, Shelf

KIND = "directory"
_MANIFEST = "manifest.json"


def recognise(place: Place) -> bool:
    """Tell a directory with `manifest.json`."""
    return place.archive is None and (place.path / _MANIFEST).is_file()


def open_directory(place: Place, limits: Limits) -> Source:
    """Open the directory; nothing is read before it is asked for."""
    folder = Folder(folder_of(place, "dir: image"), str(place.path))
    tree = BlobTree(folder, Shelf(limits), str(place.path), _paths)

    def read() -> Contents:
        files = partial(folder_files, folder.root, limits)
        return with_rest(_contents(tree, limits), files, limits)

    return OpenedSource(KIND, read)


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
    kind = value.get("mediaType")
    if kind in media_type.INDEXES or ("manifests" in value and "layers" not in value):
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

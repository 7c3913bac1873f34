"""An OCI image layout in a directory (image-spec "Image Layout")."""

from functools import partial

from ocianalyze.limits import Limits
from ocianalyze.sources._base import Contents, Place, Source, SourceKind
from ocianalyze.sources._layout import INDEX, read_layout
from ocianalyze.sources._opened import OpenedSource, folder_of
from ocianalyze.sources._rest import layout_files, others, with_rest
from ocianalyze.sources._tree import BlobTree, Folder, Shelf, blob_path
from ocianalyze.sources._unreferenced import with_unreferenced

KIND = "oci-layout"


def recognise(place: Place) -> bool:
    """Tell a directory with `oci-layout` or `index.json`, which older tools wrote alone."""
    if place.archive is not None:
        return False
    return any((place.path / name).exists() for name in ("oci-layout", INDEX))


def open_layout(place: Place, limits: Limits) -> Source:
    """Open the directory; nothing is read before it is asked for."""
    folder = Folder(folder_of(place, "OCI layout"), str(place.path))
    tree = BlobTree(folder, Shelf(limits), str(place.path), blob_path)

    def read() -> Contents:
        files = partial(layout_files, folder.root, limits)
        found = with_rest(read_layout(tree, limits, files), files, limits)
        return with_unreferenced(found, tree, partial(others, folder, files))

    return OpenedSource(KIND, str(place.path), read)


SOURCE = SourceKind(
    name=KIND,
    schemes=("oci", "oci-dir", "oci-layout"),
    summary="directory with an OCI image layout: skopeo, umoci, buildah, crane, cosign save",
    order=30,
    recognise=recognise,
    open=open_layout,
)

"""An OCI image layout in a tar: skopeo `oci-archive:`, buildx `type=oci`, `ctr images export`."""

from dataclasses import replace

from ocianalyze.limits import Limits
from ocianalyze.sources._base import Archive, Contents, Place, Source, SourceKind
from ocianalyze.sources._layout import INDEX, read_layout
from ocianalyze.sources._opened import OpenedSource, archive_of
from ocianalyze.sources._rest import with_rest
from ocianalyze.sources._tree import BlobTree, Shelf, blob_path
from ocianalyze.sources._unreferenced import with_unreferenced

KIND = "oci-archive"


def recognise(place: Place) -> bool:
    """Tell a tar with `oci-layout` or `index.json` at its top, in whatever order."""
    return place.archive is not None and bool({"oci-layout", INDEX} & {*place.archive.documents})


def open_archive(place: Place, limits: Limits) -> Source:
    """Take over the indexed tar."""
    archive = archive_of(place, "OCI archive")

    def read() -> Contents:
        return read_archive(archive, str(place.path), limits)

    return OpenedSource(KIND, str(place.path), read, archive.close)


def read_archive(archive: Archive, place: str, limits: Limits) -> Contents:
    """Read the layout inside a tar, and say what is odd about the tar.

    Raises:
        MalformedImage: `index.json` is no index.
        NotAnImage: it names nothing.

    """
    tree = BlobTree(archive, Shelf(limits), place, blob_path)
    found = read_layout(tree, limits, archive.files)
    found = replace(found, anomalies=(*archive.anomalies, *found.anomalies))
    found = with_rest(found, archive.files, limits)
    return with_unreferenced(found, tree, archive.others)


SOURCE = SourceKind(
    name=KIND,
    schemes=("oci-archive",),
    summary="tar of an OCI image layout: skopeo, buildx, ctr images export, podman save",
    order=20,
    recognise=recognise,
    open=open_archive,
)

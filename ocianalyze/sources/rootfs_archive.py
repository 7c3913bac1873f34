"""A plain root filesystem in a tar: `docker export`, `debootstrap`, `buildah mount` and tar.

Any tar may be one, so it is recognised last, and never when something in it claims to be an
image, or holds some: neither a broken image nor a folder of images must be read as a harmless
filesystem. The prefix `rootfs:` overrules.
"""

from functools import partial

from ocianalyze.limits import Limits
from ocianalyze.sources._base import (
    Archive,
    Contents,
    Place,
    Source,
    SourceKind,
    StoredImage,
    StoredLayer,
)
from ocianalyze.sources._inside import holds_blobs, images_inside
from ocianalyze.sources._opened import OpenedSource, archive_of

KIND = "rootfs-archive"


def recognise(place: Place) -> bool:
    """Tell a tar with no image's documents at its top or in its only folder, and no images."""
    archive = place.archive
    if archive is None or folder_of_image(archive) or _at_top(archive):
        return False
    return not holds_blobs(archive.names) and not place.once(images_inside)


def folder_of_image(archive: Archive) -> str:
    """Return the only top folder of a tar when an image's documents lie in it, else nothing."""
    folders = {name.partition("/")[0] for name in archive.documents if name.count("/") == 1}
    if not folders:
        return ""
    tops = {name.partition("/")[0] for name in archive.names if name}
    return tops.pop() if len(tops) == 1 and tops <= folders else ""


def _at_top(archive: Archive) -> bool:
    return any("/" not in name for name in archive.documents)


def open_archive(place: Place, limits: Limits) -> Source:  # noqa: ARG001 - as all kinds open
    """Take over the tar, which is the one layer."""
    archive = archive_of(place, "root filesystem")
    path = str(place.path)
    return OpenedSource(KIND, path, partial(_contents, archive, path), archive.close)


def _contents(archive: Archive, place: str) -> Contents:
    """Return one image of one layer; what is odd about the tar, the walk of the layer says."""
    layer = StoredLayer(blob=archive.whole, place=place)
    archive.forget_members()
    return Contents((StoredImage(names=(), layers=(layer,)),))


SOURCE = SourceKind(
    name=KIND,
    schemes=("rootfs", "rootfs-archive"),
    summary="tar of one root filesystem: docker export, debootstrap",
    order=90,
    recognise=recognise,
    open=open_archive,
    overrules=True,
)

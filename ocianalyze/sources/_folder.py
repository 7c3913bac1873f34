"""A folder that is no image and holds some: saved archives, layouts, skopeo's `dir:` folders."""

import os
from contextlib import suppress
from pathlib import Path

from ocianalyze.errors import LimitExceeded, SourceError
from ocianalyze.limits import Limits
from ocianalyze.sources._blob import open_regular
from ocianalyze.sources._inflating import form_of
from ocianalyze.sources._member import is_header

_DOCUMENTS = ("oci-layout", "index.json", "manifest.json")
_ROOTS = frozenset({"bin", "etc", "usr"})
"""Folders that a root filesystem has."""
_NAMES = (".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2")
"""Of archives, even of those that hold none of it."""
_BLOCK = 512


def images_below(folder: Path, limits: Limits) -> tuple[Path, ...]:
    """Return what of a folder is an image by its looks, by name; none of an image's own folder.

    Raises:
        SourceError: it cannot be listed.
        LimitExceeded: it holds too many.

    """
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names alone
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", place=str(folder)) from error
    if _has_documents(folder) or _ROOTS.intersection(names):
        return ()
    found = tuple(folder / name for name in names if _is_image(folder / name))
    if len(found) > limits.images:
        raise LimitExceeded(
            f"{len(found):,} images, limit images ({limits.images}) reached",
            place=str(folder),
            limit="images",
        )
    return found


def _is_image(path: Path) -> bool:
    """Tell a layout or an archive; a broken one is told as an input, not passed over."""
    if os.path.isdir(path):  # noqa: PTH112 - never fails
        return _has_documents(path)
    if not os.path.isfile(path):  # noqa: PTH113 - the same
        return False
    return path.name.lower().endswith(_NAMES) or _looks_archived(path)


def _has_documents(folder: Path) -> bool:
    return any(os.path.isfile(folder / name) for name in _DOCUMENTS)  # noqa: PTH113 - the same


def _looks_archived(path: Path) -> bool:
    with suppress(OSError, SourceError), open_regular(str(path)) as file:
        head = file.read(_BLOCK)
        return form_of(head) != "none" or is_header(head)
    return False

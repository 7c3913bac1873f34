"""Images inside a tar that is none itself: saved archives, and layouts in folders.

A tar that was made to carry images shows no sign of a root filesystem and holds what is one: read
as a filesystem, all that is asked of an image would be asked of a folder of files.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, OcianalyzeError
from ocianalyze.sources._base import Blob, Place
from ocianalyze.sources._inflating import DAMAGE, Form, form_of, opened_up
from ocianalyze.sources._member import BLOCK, is_header, normal, number

_HEX = "[0-9a-f]{64}"
_BLOB = re.compile(
    rf"blobs/sha256/{_HEX}|(?:sha256:)?{_HEX}(?:/layer\.tar|\.tar|\.tar\.gz|\.json|/json)?"
)
"""Names that image formats give to layers and configs, and no root filesystem has at its top."""
_BELOW = re.compile(
    rf"(?P<folder>.+?)/(?:blobs/sha256/{_HEX}|{_HEX}/(?:layer\.tar|json)"
    rf"|(?P<bare>(?:sha256:)?{_HEX}(?:\.tar|\.tar\.gz|\.json)?))",
    re.DOTALL,
)
"""The same in a folder; a bare digest, which caches use as well, counts beside a document."""
_ROOT = re.compile(
    r"\.dockerenv|etc/(?:passwd|group|hosts|hostname|os-release)|usr/(?:bin|lib|sbin|share)/.+"
    r"|bin/(?:sh|busybox)|lib(?:64)?/(?:ld-|libc\.)[^/]+"
    r"|(?:Files/)?Windows/.+",
    re.DOTALL,
)
_HEAD = 1 << 18
_INFLATED = 3 * _HEAD
"""Of a compressed tar."""
_SIP = 1 << 12
_LEAST = 100
"""Bytes that a tar takes at least which names a blob, whatever compresses it."""
_NAME_BYTES = 100


def holds_blobs(names: Iterable[str]) -> bool:
    """Tell a tar with blobs of an image: its documents, which often come last, may be cut off."""
    return any(map(_BLOB.fullmatch, names))


def images_inside(place: Place) -> tuple[str, ...]:
    """Return folders and files of a tar that are images, none of what is a root filesystem.

    An appliance may carry images; it is a root filesystem all the same. Ask with `place.once`.

    Raises:
        LimitExceeded: none was found, and not every member was looked at.

    """
    archive = place.archive
    names = archive.names if archive else ()
    if archive is None or any(map(_ROOT.fullmatch, names)):
        return ()
    found, allowed = [*_layouts(names, archive.documents)], _Allowed(place.limits.sought_bytes)
    for each, head in archive.beginnings(_LEAST):
        if not allowed.rest:
            break
        if _is_saved(each.blob, allowed.spend(head), allowed):
            found.append(each.name)
    if not allowed.rest and not found:
        raise _undecided(place)
    return tuple(dict.fromkeys(found))


def _undecided(place: Place) -> LimitExceeded:
    """Say that the tar may hold images."""
    limit, path = "sought_bytes", place.path
    cure = f"rootfs:{path} reads it as a root filesystem, --limit sought-bytes=N looks further"
    what = f"has too many files to look for images in all (limit {limit})"
    return LimitExceeded(what, place=str(path), cure=cure, limit=limit)


@dataclass(slots=True)
class _Allowed:
    """Bytes that may still be looked at."""

    rest: int

    def spend(self, data: bytes) -> bytes:
        """Return what was looked at, once it is counted."""
        self.rest = max(self.rest - len(data), 0)
        return data


@dataclass(frozen=True, slots=True)
class _Sips:
    """A file read a little at a time: few bytes tell that something is no tar."""

    file: BinaryIO
    allowed: _Allowed

    def read(self, size: int, /) -> bytes:
        """Return a little, nothing once too much was looked at."""
        return self.allowed.spend(self.file.read(min(size, _SIP))) if self.allowed.rest else b""


def _layouts(names: Iterable[str], documents: Collection[str]) -> Iterator[str]:
    known = {name.rpartition("/")[0] for name in documents}
    for match in filter(None, map(_BELOW.fullmatch, names)):
        if not match["bare"] or match["folder"] in known:
            yield match["folder"]


def _is_saved(blob: Blob, head: bytes, allowed: _Allowed) -> bool:
    """Tell a saved image by the names of its first members; its documents often come last."""
    form = form_of(head)
    if form == "none" and not is_header(head):
        return False
    names = [*_first_names(_beginning(blob, form, allowed))]
    return holds_blobs(names) or any(map(_BELOW.fullmatch, names))


def _beginning(blob: Blob, form: Form, allowed: _Allowed) -> bytes:
    """Return the first bytes of a tar inside of all compressions, as far as they can be read."""
    data = bytearray()
    with suppress(EOFError, OcianalyzeError, *DAMAGE), blob.open() as file:
        if form == "none":
            return allowed.spend(file.read(_HEAD))
        for piece in opened_up(_Sips(file, allowed), form, iter, []):
            data += allowed.spend(piece)
            is_told = len(data) >= BLOCK and not is_header(bytes(data[:BLOCK]))
            if is_told or len(data) >= _INFLATED:
                break
    return bytes(data)


def _first_names(data: bytes) -> Iterator[str]:
    """Yield names in the headers of a tar's first bytes; those of images need no extended ones."""
    at = 0
    while is_header(block := data[at : at + BLOCK]):
        yield normal(block[:_NAME_BYTES].split(b"\0", 1)[0]).decode("latin-1")
        size = number(block[124:136])
        if size is None or size < 0:
            return
        at += BLOCK + (size + BLOCK - 1) // BLOCK * BLOCK

"""Images inside a tar that is none itself: saved archives, and layouts in folders.

A tar that was made to carry images shows no sign of a root filesystem and holds what is one: read
as a filesystem, all that is asked of an image would be asked of a folder of files.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from ocianalyze.errors import OcianalyzeError
from ocianalyze.sources._base import Archive, Blob
from ocianalyze.sources._inflating import DAMAGE, form_of, opened_up
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
_FILES = 10_000
"""Files whose beginnings are looked at."""
_HEAD = 1 << 18
_PIECES = 3
"""Of what is decompressed, each as long; the first is what tells a compression in it."""
_NAME_BYTES = 100


def holds_blobs(names: Iterable[str]) -> bool:
    """Tell a tar with blobs of an image: its documents, which often come last, may be cut off."""
    return any(map(_BLOB.fullmatch, names))


def images_inside(archive: Archive, names: Sequence[str]) -> tuple[str, ...]:
    """Return folders and files of a tar that are images, none of what is a root filesystem.

    An appliance may carry images; it is a root filesystem all the same.

    Args:
        archive: the tar.
        names: of all its members, made once for all who ask.

    """
    if any(map(_ROOT.fullmatch, names)):
        return ()
    others = islice(archive.others(lambda _: False), _FILES)
    saved = (x.name for x in others if not x.link and _is_saved(x.blob))
    return tuple(dict.fromkeys((*_layouts(names, archive.documents), *saved)))


def _layouts(names: Iterable[str], documents: Collection[str]) -> Iterator[str]:
    known = {name.rpartition("/")[0] for name in documents}
    for match in filter(None, map(_BELOW.fullmatch, names)):
        if not match["bare"] or match["folder"] in known:
            yield match["folder"]


def _is_saved(blob: Blob) -> bool:
    """Tell a saved image by the names of its first members; its documents often come last."""
    names = [*_first_names(_beginning(blob))]
    return holds_blobs(names) or any(map(_BELOW.fullmatch, names))


def _beginning(blob: Blob) -> bytes:
    """Return the first bytes inside of all compressions, as far as they can be read."""
    data = bytearray()
    with suppress(EOFError, OcianalyzeError, *DAMAGE), blob.open() as file:
        form = form_of(head := file.read(BLOCK))
        if form == "none":
            return head + file.read(_HEAD) if is_header(head) else b""
        file.seek(0)
        for piece in islice(opened_up(file, form, iter, []), _PIECES):
            data += piece
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

"""Lists of paths in kept values: joined by newlines, bytes as they are in the image."""

from collections.abc import Iterable

from isal import isal_zlib

from ocianalyze.limits import MIB

_INFLATED = 64 * MIB
_LEVEL = 1
_LIBRARIES = (
    *(b"/node_modules/", b"/gems/", b"/site-packages/", b"/dist-packages/"),
    *(b"/usr/share/nodejs/", b"/usr/lib/nodejs/", b"/usr/share/php/", b"/usr/share/doc/"),
)
"""Directories that hold what package managers of languages, or Debian's packages, installed."""


def is_published(path: bytes) -> bool:
    """Tell a file that an installed package brought along; its lock files install nothing."""
    rooted = b"/" + path
    return any(library in rooted for library in _LIBRARIES)


def without_parents(paths: Iterable[bytes]) -> list[bytes]:
    """Return the paths that no other one lies directly in: files, links, empty directories."""
    known = list(paths)
    parents = {path.rpartition(b"/")[0] for path in known}
    parents.add(b"")
    return [path for path in known if path not in parents]


def pack(paths: Iterable[bytes]) -> str:
    """Return paths as one text for JSON; every byte is one character, so none is lost."""
    return b"\n".join(paths).decode("latin-1")


def unpack(text: str) -> tuple[str, ...]:
    """Return packed paths as the tree knows them.

    Raises:
        ValueError: the text was not packed here.

    """
    return split(text.encode("latin-1"))


def split(value: bytes) -> tuple[str, ...]:
    """Return paths that were joined by newlines."""
    return tuple(value.decode("utf-8", "surrogateescape").split("\n")) if value else ()


def relative(path: bytes) -> bytes:
    """Return a recorded path from the root on: `/.` and `./bin/sh` are written, too."""
    while path.startswith((b"/", b"./")):
        path = path.lstrip(b"/") if path[:1] == b"/" else path[2:]
    return b"" if path == b"." else path.rstrip(b"/")


def deflated(value: bytes) -> bytes:
    """Return a list of paths in a quarter of the room; a Debian image has 100,000."""
    return bytes(isal_zlib.compress(value, _LEVEL))


def inflated(value: bytes) -> bytes:
    """Return what was deflated.

    Raises:
        ValueError: the value was not made here.

    """
    try:
        return bytes(isal_zlib.decompressobj().decompress(value, _INFLATED))
    except isal_zlib.error as damage:  # type: ignore[misc] # its stub calls the class an instance
        raise ValueError(f"the kept list of paths is damaged: {damage}") from damage

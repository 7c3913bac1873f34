"""What an rpm header says of the contents of its package's files (rpm's tags, `rpm -V`)."""

from collections.abc import Iterator
from itertools import repeat

from ocianalyze.inventory._base import Recorded
from ocianalyze.inventory.catalogers._rpm_found import decoded
from ocianalyze.inventory.catalogers._rpm_package import Files
from ocianalyze.limits import DEFAULT
from ocianalyze.model.verification import RecordKind

_REGULAR, _LINK, _FORMAT = 0o100000, 0o120000, 0o170000
_LENGTHS = frozenset({32, 40, 64})
"""Hexadecimal digits of MD5, SHA-1 and SHA-256."""
_CONFIGURATION, _DOCUMENTATION, _MISSING_OK, _GHOST = 1, 2, 8, 64
_VERIFY_DIGEST = 1
_EVERYTHING = 0xFFFFFFFF
_HERE = frozenset({0, 3})
"""States of files that are their package's own: installed, on a share."""


def recorded(files: Files) -> Iterator[Recorded]:
    """Yield regular files with a digest; ghosts and what is not to be verified are left out."""
    bases, dirs = files.get("bases", []), [x.lstrip("/") for x in files.get("dirs", [])]
    count = len(bases)
    rows = zip(
        bases,
        files.get("at") or [0] * count,
        files.get("digests") or (),
        files.get("modes") or repeat(_REGULAR),
        files.get("flags") or repeat(0),
        files.get("states") or repeat(0),
        files.get("verify") or repeat(_EVERYTHING),
        strict=False,
    )
    for base, at, digest, mode, flags, state, verify in rows:
        if len(digest) not in _LENGTHS or mode & _FORMAT != _REGULAR or state not in _HERE:
            continue
        if flags & _GHOST or not verify & _VERIFY_DIGEST or at >= len(dirs):
            continue
        if len(dirs[at]) + len(base) <= DEFAULT.path_bytes and (raw := _raw(digest)):
            yield Recorded(decoded(dirs[at] + base), raw, _kind(flags))


def links(files: Files) -> Iterator[str]:
    """Yield the paths of symbolic links; ghosts are left out."""
    bases, dirs = files.get("bases", []), [x.lstrip("/") for x in files.get("dirs", [])]
    rows = zip(
        bases,
        files.get("at") or [0] * len(bases),
        files.get("modes") or (),
        files.get("flags") or repeat(0),
        files.get("states") or repeat(0),
        strict=False,
    )
    for base, at, mode, flags, state in rows:
        is_there = state in _HERE and not flags & _GHOST and at < len(dirs)
        if mode & _FORMAT == _LINK and is_there and len(dirs[at]) + len(base) <= DEFAULT.path_bytes:
            yield decoded(dirs[at] + base)


def _kind(flags: int) -> RecordKind:
    if flags & _CONFIGURATION:
        return "configuration"
    if flags & _DOCUMENTATION:
        return "documentation"
    return "optional" if flags & _MISSING_OK else ""


def _raw(digest: str) -> bytes:
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""

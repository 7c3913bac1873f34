"""Observers of the digests that dpkg (MD5) and apk (SHA-1) record, which the walk does not make.

A second digest of every byte would cost more than all the rest of an inventory, so by default only
what runs has one: ELF files up to a size that all but one in fifty keep, scripts, and modules where
distributions install them. Which of the two a file needs is told by the C library that it names:
musl means apk, glibc dpkg; for anything else both are made.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from ocianalyze.detectors.automaton import Automaton
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB

PROGRAMS = "programs"
"""Name of the default observer."""
CONTENTS = "contents"
"""Name of the observer of everything."""
_PROGRAM_BYTES = 2 * MIB
"""Largest ELF file or module that has a digest by default."""
_LOOKED_AT = 256 * KIB
"""First bytes of an ELF file in which the name of its C library is sought."""
_ELF = b"\x7fELF"
_MUSL = 0
"""Number of musl's text."""
_MODULES = (
    *(b"usr/lib/python", b"usr/lib/perl", b"usr/lib/ruby/", b"usr/share/", b"usr/bin/"),
    *(b"usr/sbin/", b"lib/", b"usr/lib/x86_64-linux-gnu/", b"usr/lib/aarch64-linux-gnu/"),
)
"""Where distributions install modules of script languages."""
_SUFFIXES = frozenset({b".so", b".py", b".pl", b".pm", b".rb", b".sh"})


@dataclass(slots=True)
class _Digests:
    """Digests one content."""

    which: str = ""
    """`md5`, `sha1` or empty for both; found out by the first piece of an ELF file."""
    digests: list[Any] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        if not self.digests:
            self._begin(piece)
        for digest in self.digests:
            digest.update(piece)
        return True

    def _begin(self, piece: bytes | memoryview) -> None:
        if piece[:4] == _ELF:
            self.which = _needed(piece[:_LOOKED_AT])
        if self.which != "sha1":
            self.digests.append(hashlib.md5(usedforsecurity=False))
        if self.which != "md5":
            self.digests.append(hashlib.sha1(usedforsecurity=False))

    def close(self) -> bytes | None:
        """Return MD5 (16 bytes), SHA-1 (20 bytes), or both (36 bytes)."""
        return b"".join(digest.digest() for digest in self.digests) or None


def _needed(head: bytes | memoryview) -> str:
    """Return which digest an ELF file needs, empty for both."""
    named: set[int] = set()
    _libraries().scan(head, lambda text, *_: named.add(text))
    musl, glibc = _MUSL in named, bool(named - {_MUSL})
    return "" if musl is glibc else "sha1" if musl else "md5"


@cache
def _libraries() -> Automaton:
    """Return what finds the names of C libraries."""
    return Automaton((b"musl-", b"GLIBC_2", b"ld-linux"), once=True)


def digests(value: bytes) -> tuple[bytes, bytes]:
    """Return MD5 and SHA-1 of a kept value, empty where one was not made."""
    if len(value) == 20:
        return b"", value
    return value[:16], value[16:]


def _open_program(seen: Seen, head: memoryview) -> Tap | None:
    """Take what runs; only in its usual places does a name make a module."""
    if seen.size > _PROGRAM_BYTES:
        return None
    starts = bytes(head[:4]).startswith((_ELF, b"#!"))
    return _Digests() if starts or seen.path.startswith(_MODULES) else None


def _open_content(_seen: Seen, _head: memoryview) -> Tap:
    return _Digests()


_PROGRAMS = Observer(
    name=PROGRAMS,
    version=1,
    interest=Interest(magics=frozenset({_ELF, b"#!"}), suffixes=_SUFFIXES),
    open=_open_program,
    summary="MD5 and SHA-1 of executables, libraries and scripts, as dpkg and apk record them",
)


def _beginnings() -> frozenset[bytes]:
    """Return whatever a content can begin with, which asks for every content."""
    two = (bytes(pair) for pair in product(range(256), repeat=2))
    return frozenset(two) | {bytes([one]) for one in range(256)}


def observers(*, full: bool = False) -> tuple[Observer, ...]:
    """Return what must be handed to the walk so that package contents can be verified.

    Args:
        full: make digests of every file, not only of what runs.

    """
    if not full:
        return (_PROGRAMS,)
    everything = Observer(
        name=CONTENTS,
        version=1,
        interest=Interest(magics=_beginnings()),
        open=_open_content,
        summary="MD5 and SHA-1 of every file",
    )
    return (everything,)

"""Observers of the digests that dpkg (MD5) and apk (SHA-1) record, which the walk does not make.

A second digest of every byte would cost more than all the rest of an inventory, so by default only
what runs has one: ELF files and scripts of any size wherever they are, and modules where
distributions install them. Which digest is made depends on what the layer has shown so far: files
that one package manager alone has tell which digest its records are of, and so does the first
program's C library; before any, both are made.
"""

import hashlib
from collections.abc import Callable, Container, Sequence
from itertools import product
from typing import Any

from ocianalyze.inventory.homes import APK, DPKG, PREFIXES, RPM
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB

PROGRAMS = "programs"
"""Name of the default observer."""
CONTENTS = "contents"
"""Name of the observer of everything."""
_ELF = b"\x7fELF"
_SCRIPT = b"#!"
_MODULES = (
    *(b"usr/lib/python", b"usr/lib/perl", b"usr/lib/ruby/", b"usr/share/", b"usr/bin/"),
    *(b"usr/sbin/", b"lib/", b"usr/lib/x86_64-linux-gnu/", b"usr/lib/aarch64-linux-gnu/"),
)
"""Where distributions install modules of script languages."""
_SUFFIXES = frozenset({b".so", b".py", b".pl", b".pm", b".rb", b".sh"})
_PIP = b"usr/local/lib/python"
"""Where no distribution installs, and pip records SHA-256."""
_MD5, _SHA1, _SHA256 = "md5", "sha1", "sha256"
_MADE: tuple[tuple[str, Callable[..., Any]], ...] = ((_MD5, hashlib.md5), (_SHA1, hashlib.sha1))
_BOTH = frozenset({_MD5, _SHA1})
_ONLY_MD5 = frozenset({_MD5})
_TRIPLETS = (
    *("x86_64-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf", "i386-linux-gnu"),
    *("powerpc64le-linux-gnu", "riscv64-linux-gnu", "s390x-linux-gnu"),
)
_RECORDED: dict[bytes, str] = {
    **dict.fromkeys((b"etc/apk", b"etc/apk/keys"), _SHA1),
    **dict.fromkeys((b"etc/apt/apt.conf.d", b"etc/dpkg"), _MD5),
    **{f"usr/lib/{triplet}".encode(): _MD5 for triplet in _TRIPLETS},
    **{
        home.encode(): digest
        for homes, digest in ((APK, _SHA1), (DPKG, _MD5), (RPM, _SHA256))
        for home in homes
    },
}
"""Directories that one package manager alone fills, and the digest that its records are of."""
_WRITTEN = (
    *(b"var/lib/apt/", b"var/cache/", b"var/log/"),
    *(prefix.encode() for prefix in PREFIXES),
)
"""What package managers write themselves, and record of no package."""
_COMPILED = b".pyc"
"""What Debian's packages compile when they are installed, and apk's bring."""
_INSTALLED = (
    *(b"bin/", b"sbin/", b"lib/", b"lib64/"),
    *(b"usr/bin/", b"usr/sbin/", b"usr/lib/", b"usr/lib64/", b"usr/libexec/"),
)
"""Where package managers install programs and libraries, and authors rarely do."""
_LIBRARIES = ((b"GLIBC_2.", _MD5), (b"/ld-linux", _MD5), (b"musl-", _SHA1))
"""What names a C library, and the digest that is recorded where it is the system's: with glibc rpm
records another, but then rpm's own files say so."""
_LOOKED_AT = 64 * KIB
"""First bytes of a program or library in which its C library is named."""


class _Digests:
    """Digests one content."""

    __slots__ = ("_digests", "_look")

    def __init__(
        self, makes: Sequence[Callable[..., Any]], look: Callable[[bytes], None] | None
    ) -> None:
        """Begin; `look` is shown the first bytes."""
        self._digests = [make(usedforsecurity=False) for make in makes]
        self._look = look

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        for digest in self._digests:
            digest.update(piece)
        if self._look is not None:
            self._look(bytes(piece[:_LOOKED_AT]))
            self._look = None
        return bool(self._digests)

    def close(self) -> bytes | None:
        """Return MD5 (16 bytes), SHA-1 (20 bytes), both (36 bytes), or nothing but its place."""
        return b"".join([digest.digest() for digest in self._digests])


class _Layer:
    """What one layer has shown so far of who installed its files."""

    def __init__(self, wants: Callable[[Seen, memoryview], bool]) -> None:
        """Know nothing yet; `wants` tells which contents have a digest."""
        self._wants = wants
        self._shown: set[str] = set()
        self._makes = _makers(_BOTH)

    def __call__(self, seen: Seen, head: memoryview) -> Tap | None:
        """Take what is wanted, for the digests that may be recorded."""
        shown = _RECORDED.get(seen.path.rpartition(b"/")[0])
        if shown is not None:
            self._show(shown)
        if not self._wants(seen, head) or (
            self._shown == _ONLY_MD5 and seen.path[-4:] == _COMPILED
        ):
            return None
        tells = not self._shown and head[:4] == _ELF and seen.path.startswith(_INSTALLED)
        return _Digests(self._makes, self._look if tells else None)

    def _look(self, start: bytes) -> None:
        """Take the C library that is named: apk installs for musl, the others do not."""
        for name, digest in _LIBRARIES:
            if name in start:
                self._show(digest)

    def _show(self, digest: str) -> None:
        if digest not in self._shown:
            self._shown.add(digest)
            self._makes = _makers(self._shown)


def _makers(names: Container[str]) -> tuple[Callable[..., Any], ...]:
    """Return what makes some digests; MD5 comes first."""
    return tuple(make for name, make in _MADE if name in names)


def digests(value: bytes) -> tuple[bytes, bytes]:
    """Return MD5 and SHA-1 of a kept value, empty where one was not made."""
    if len(value) == 20:
        return b"", value
    return value[:16], value[16:]


def _is_program(seen: Seen, head: memoryview) -> bool:
    """Tell what runs; only in its usual places does a name make a module."""
    start = bytes(head[:4])
    if start == _ELF:
        return not seen.path.startswith(_PIP)
    if start.startswith(_SCRIPT):
        return True
    return seen.path.startswith(_MODULES) and _suffix(seen.path) in _SUFFIXES


def _suffix(path: bytes) -> bytes:
    return path[path.rfind(b".") :]


def _is_content(seen: Seen, _head: memoryview) -> bool:
    """Tell what a package can have brought: all but what its installation writes."""
    return not seen.path.startswith(_WRITTEN)


def _programs() -> _Layer:
    return _Layer(_is_program)


def _contents() -> _Layer:
    return _Layer(_is_content)


def _open_program(seen: Seen, head: memoryview) -> Tap | None:
    """Take what runs as if it were the first of its layer."""
    return _programs()(seen, head)


def _open_content(seen: Seen, head: memoryview) -> Tap | None:
    return _contents()(seen, head)


_PROGRAMS = Observer(
    name=PROGRAMS,
    version=4,
    interest=Interest(
        magics=frozenset({_ELF, _SCRIPT}), suffixes=_SUFFIXES, directories=frozenset(_RECORDED)
    ),
    open=_open_program,
    begin=_programs,
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
        version=4,
        interest=Interest(magics=_beginnings()),
        open=_open_content,
        begin=_contents,
        summary="MD5 and SHA-1 of every file that a package can have brought",
    )
    return (everything,)

"""Settings that let a package manager keep its database in a directory of its user's choice."""

import re
from collections.abc import Iterator
from functools import partial

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.homes import DPKG, PACMAN, RPM
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB
from ocianalyze.model.entry import Entry, State

_BYTES = 256 * KIB
"""Largest file read; what is larger configures nothing."""
_SETTINGS = 1_000
"""Files looked at of one image."""
_PACMAN = b"etc/pacman.conf"
_DPKG = frozenset({b"etc/dpkg/dpkg.cfg", b".dpkg.cfg"})
_DPKG_PARTS = b"etc/dpkg/dpkg.cfg.d"
_RPM_PARTS = frozenset({b"etc/rpm", b"usr/lib/rpm/macros.d"})
"""rpm's own macros lie above the second: they tell the place that rpm was built for."""
_DPKG_HOME = re.compile(
    rb"^[ \t]{0,64}admindir(?:[ \t]{0,64}=|[ \t])[ \t\"]{0,64}([^\s\"]{1,512})", re.MULTILINE
)
_RPM_HOME = re.compile(rb"^[ \t]{0,64}%_dbpath[ \t]{1,64}(\S{1,512})", re.MULTILINE)
_PACMAN_HOME = re.compile(rb"^[ \t]{0,64}DBPath[ \t]{0,64}=[ \t]{0,64}(\S{1,512})", re.MULTILINE)
_MACROS = {
    "%{_var}": "/var",
    "%{_localstatedir}": "/var",
    "%{_sharedstatedir}": "/var/lib",
    "%{_usr}": "/usr",
    "%{_prefix}": "/usr",
}
"""What the usual macros in a path stand for; each may be written with a `?`, too."""
_HOMES = (*DPKG, *RPM, *PACMAN)
"""Directories of databases that are read."""


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    pattern = _pattern(seen.path)
    wanted = pattern is not None and seen.size <= _BYTES
    return Content(_BYTES, partial(_home, pattern)) if wanted and pattern else None


def _pattern(path: bytes) -> re.Pattern[bytes] | None:
    """Return what tells the directory in a file of settings."""
    directory, _, name = path.rpartition(b"/")
    if path == _PACMAN:
        return _PACMAN_HOME
    if path in _DPKG or directory == _DPKG_PARTS or name == b".dpkg.cfg":
        return _DPKG_HOME
    return _RPM_HOME if directory in _RPM_PARTS or name == b".rpmmacros" else None


def _home(pattern: re.Pattern[bytes], content: bytes) -> bytes | None:
    """Return the last directory that is set: it counts."""
    found = pattern.findall(content)
    return bytes(found[-1]) if found else None


OBSERVER = Observer(
    name="package-homes",
    version=1,
    interest=Interest(
        paths=frozenset({_PACMAN, b"etc/dpkg/dpkg.cfg"}),
        names=frozenset({b".dpkg.cfg", b".rpmmacros"}),
        directories=_RPM_PARTS | {_DPKG_PARTS},
    ),
    open=_open,
    summary="where settings of dpkg, rpm and pacman put the package database",
)


def redirects(tree: Tree) -> Iterator[tuple[Entry, str]]:
    """Yield settings of the final filesystem with a directory that is there and is not read.

    A directory that macros hide may be there.
    """
    known = {tree.real(home) or home for home in _HOMES}
    for number, (entry, value) in enumerate(tree.observations(OBSERVER.name)):
        if number >= _SETTINGS:
            return
        home = _expanded(value.decode("utf-8", "surrogateescape"))
        real = home if "%" in home else tree.real(home)
        if entry.state is State.VISIBLE and real is not None and real not in known:
            yield entry, home


def _expanded(recorded: str) -> str:
    for macro, directory in _MACROS.items():
        recorded = recorded.replace(macro.replace("{", "{?"), directory).replace(macro, directory)
    return recorded.strip("/")

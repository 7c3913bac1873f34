"""Nix store paths: `nix/store/HASH-NAME-VERSION`, directories and single files.

The name is all the evidence there is, so nothing is observed in the walk: `packages` reads the
merged tree. Source: the Nix manual, "Store Path" and `builtins.parseDrvName`.
"""

import re
from collections.abc import Iterable, Iterator

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import properties
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import Distribution, Found

STORE = "nix/store"
_PATHS = 100_000
"""Store paths read of one image; large real ones have about 3,000."""
_NAME = re.compile(r"^([0-9a-df-np-sv-z]{32})-([\w+.?=-]{1,211})$", re.ASCII)
_SOURCES = (".drv", ".tar.gz", ".tar.xz", ".tar.bz2", ".zip", ".patch", ".diff", ".lock")
_OUTPUT = re.compile(r"-(bin|dev|lib|out|man|doc|devdoc|info|static|debug|dist|data|modules)$")
_VERSION = re.compile(r"-(?=\d)")


def named(base: str) -> Found | None:
    """Return the package that a store path's base name tells; None for what has no version."""
    parts = _NAME.match(base)
    if parts is None or parts[2].endswith(_SOURCES):
        return None
    output = _OUTPUT.search(parts[2])
    whole = parts[2][: output.start()] if output else parts[2]
    name, version = (*_VERSION.split(whole, maxsplit=1), "")[:2]
    if not name or not version:
        return None
    return Found(
        "nix",
        name,
        version,
        qualifiers=properties(output=output[1] if output else "", outputhash=parts[1]),
        location=f"{STORE}/{base}",
        confidence="strong",
    )


def packages(tree: Tree) -> Iterator[tuple[Found, int]]:
    """Yield the packages of the visible store with the layer that each path is from."""
    for index, entry in enumerate(tree.listing(STORE)):
        if index >= _PATHS:
            return
        found = named(entry.path.rpartition("/")[2])
        if found and entry.kind in (Kind.DIRECTORY, Kind.FILE, Kind.HARDLINK):
            yield found, entry.layer


def claim(found: Found) -> Claim:
    """Return what a package of the store owns: all below its path."""
    return Claim(found.type, found.name, location=found.location, trees=(found.location,))


def _read(_kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    """Yield nothing: there is nothing to observe."""
    return ()


CATALOGER = Cataloger(
    name="nix",
    types=("nix",),
    observers=(),
    summary="nothing yet: store paths can be named (`nix.packages`), but no inventory lists them",
    read=_read,
)

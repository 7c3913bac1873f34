"""Nix store paths: `nix/store/HASH-NAME-VERSION`, directories and single files.

The name is all the evidence there is, so nothing is observed in the walk: paths of all layers are
read from the merged tree. Source: the Nix manual, "Store Path" and `builtins.parseDrvName`.
"""

import re
from collections.abc import Iterator

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import properties
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.package import Distribution, Found

STORE = "nix/store"
_NAME = re.compile(r"^([0-9a-df-np-sv-z]{32})-([\w+.?=-]{1,211})$", re.ASCII)
_SOURCES = (".drv", ".tar.gz", ".tar.xz", ".tar.bz2", ".zip", ".patch", ".diff", ".lock")
_OUTPUT = re.compile(r"-(bin|dev|lib|out|man|doc|devdoc|info|static|debug|dist|data|modules|env)$")
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


def _paths(tree: Tree) -> Iterator[tuple[str, Entry]]:
    """Yield the store paths; a link there is a name for another one."""
    for name, entry in tree.children(STORE):
        path = f"{STORE}/{name}"
        if named(name) and not (entry.path == path and entry.kind is Kind.SYMLINK):
            yield path, entry


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Yield the package that a store path is."""
    found = named(kept.path.rpartition("/")[2])
    if found:
        yield found


def _claims(kept: Kept, distribution: Distribution) -> Iterator[Claim]:
    """Claim the store path, a directory with all that is below or one file."""
    for found in _read(kept, distribution):
        where = (found.location,)
        yield Claim(found.type, found.name, location=found.location, paths=where, trees=where)


CATALOGER = Cataloger(
    name="nix",
    types=("nix",),
    observers=(),
    summary="Nix store paths by their names, `/nix/store/HASH-NAME-VERSION`, each the owner of all "
    "that is below it; what has no version in its name is no package",
    read=_read,
    claims=_claims,
    paths=_paths,
)

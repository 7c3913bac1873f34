"""Executables that no package vouches for.

A record that names a file vouches for it. A directory does not: whoever can write an image can put
a program into it. What came with the package, in the layer that introduced it, is taken as its
part; what came in another layer, what a distribution's package does not list of a module that it
ships, and what is where nothing is installed to stay (`tmp`), is told, with the package whose
directory it is in.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory.places import is_among_programs, is_passing
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Ownership, Package, Unowned

_NATIVE = {
    "application/x-elf": "elf",
    "application/x-mach-binary": "macho",
    "application/vnd.microsoft.portable-executable": "pe",
}
_SCRIPTS = frozenset(
    {
        "text/x-shellscript",
        "text/x-python",
        "text/x-perl",
        "text/x-ruby",
        "text/x-php",
        "text/javascript",
        "text/x-script",
    }
)
_TYPES = frozenset(_NATIVE) | _SCRIPTS
SCRIPT = "script"
RUNTIMES = frozenset({"generic", "golang"})
"""purl types whose trees are runtimes that others install into."""


class Executable(NamedTuple):
    """What runs: a native program or library, or a script with an execute bit."""

    entry: Entry
    kind: str
    """As of `Unowned`."""


def executables(tree: Tree) -> Iterator[Executable]:
    """Yield native programs and libraries, and scripts with an execute bit.

    An image may have a million: whoever asks keeps what it needs of them.
    """
    found = ((entry, _kind(entry)) for entry in tree.files(types=_TYPES))
    return (Executable(entry, kind) for entry, kind in found if kind)


def executable(tree: Tree, path: str) -> Executable | None:
    """Return what runs at exactly this path."""
    entry = tree.get(path)
    kind = _kind(entry) if entry and entry.path == path else ""
    return Executable(entry, kind) if entry and kind else None


def _kind(entry: Entry) -> str:
    is_script = entry.file_type in _SCRIPTS and entry.mode & 0o111
    return SCRIPT if is_script else _NATIVE.get(entry.file_type, "")


def unowned(
    tree: Tree,
    ownership: Ownership,
    packages: Sequence[Package],
) -> Iterator[Unowned]:
    """Yield executables that no record names, and that came with no package.

    Args:
        tree: the final one.
        ownership: of it.
        packages: that its numbers are of.

    """
    for entry, kind in executables(tree):
        path = entry.path
        if path in ownership.files and not is_passing(path):
            continue
        owner = next((packages[number] for number in ownership.of(path)), None)
        is_alias = path in ownership.trees
        if owner is None or not _is_part(tree, entry, owner, is_alias=is_alias):
            within = owner.purl if owner else ""
            yield Unowned(path, kind, entry.sha256, entry.size, entry.layer, within)


def _is_part(tree: Tree, entry: Entry, package: Package, *, is_alias: bool) -> bool:
    """Tell whether what lies in a package's directory is taken as a part of it.

    Args:
        tree: the final one.
        entry: of the file.
        package: in whose directory it is.
        is_alias: it is another name of such a file, in whatever directory.

    """
    if package.owner or is_passing(entry.path):
        return False
    home = entry.path if is_alias else package.found.location
    is_odd = package.type not in RUNTIMES and is_among_programs(home)
    return not is_odd and came_with(tree, entry, package)


def came_with(tree: Tree, entry: Entry, package: Package) -> bool:
    """Tell whether a file's content came in the layer that introduced a package.

    A later layer that changes owners or modes writes the same content again.
    """
    layer = package.introduced
    return entry.layer == layer or any(
        old.layer == layer and old.sha256 == entry.sha256 for old in tree.versions(entry.path)
    )

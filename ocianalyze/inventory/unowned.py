"""Executables that no package claims: the part of an image that nobody vouches for."""

from collections.abc import Iterator

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory.ownership import Ownership
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Unowned

_KINDS = {
    "application/x-elf": "elf",
    "application/x-mach-binary": "macho",
    "application/vnd.microsoft.portable-executable": "pe",
}
_SCRIPT = "script"


def unowned(tree: Tree, owned: Ownership) -> Iterator[Unowned]:
    """Yield native programs and libraries, and scripts with an execute bit, without an owner."""
    for entry in tree.files():
        kind = _kind(entry)
        if kind and not owned.owners(entry.path):
            yield Unowned(entry.path, kind, entry.sha256, entry.size, entry.layer)


def _kind(entry: Entry) -> str:
    native = _KINDS.get(entry.file_type)
    if native is not None:
        return native
    is_script = entry.file_type.startswith("text/x-") and bool(entry.mode & 0o111)
    return _SCRIPT if is_script else ""

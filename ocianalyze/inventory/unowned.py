"""Executables that no package claims: the part of an image that nobody vouches for."""

from collections.abc import Iterator

from ocianalyze.filesystem.view import Tree
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Ownership, Unowned

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


def unowned(tree: Tree, ownership: Ownership) -> Iterator[Unowned]:
    """Yield native programs and libraries, and scripts with an execute bit, without an owner."""
    for entry in tree.files(types=_TYPES):
        kind = _kind(entry)
        if kind and not ownership.of(entry.path):
            yield Unowned(entry.path, kind, entry.sha256, entry.size, entry.layer)


def _kind(entry: Entry) -> str:
    is_script = entry.file_type in _SCRIPTS and entry.mode & 0o111
    return "script" if is_script else _NATIVE.get(entry.file_type, "")

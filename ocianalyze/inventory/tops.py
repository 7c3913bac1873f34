"""Links at the top of a tree (usr-merge), behind which most of what is recorded lies."""

from ocianalyze.filesystem.view import Tree
from ocianalyze.model.entry import Kind


def tops(tree: Tree) -> dict[str, str]:
    """Return the links at the top of the tree, and where they lead."""
    links = (entry.path for entry in tree.listing("") if entry.kind is Kind.SYMLINK)
    return {top: real for top in links if (real := tree.real(top))}


def may_be_behind(text: str, paths: int, behind: tuple[str, ...]) -> bool:
    """Tell whether any path of some lines may begin so; most packages have one top alone."""
    first = text[: text.find("/") + 1]
    if first and first not in behind and text.count(f"\n{first}") == paths - 1:
        return False
    return text.startswith(behind) or any(f"\n{top}" in text for top in behind)

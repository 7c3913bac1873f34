"""Small text files of the image: their lines, and those of a directory of settings."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Kind

FILES = 200
"""Files of one directory of settings that are read."""


def lines(view: ImageView, path: str, *, continued: bool = False) -> list[str]:
    """Return the lines of a text file; none of one that was not kept.

    Args:
        view: the image.
        path: of the file.
        continued: a backslash at the end joins two lines.

    """
    text = (view.read(path) or b"").decode("utf-8", "replace")
    return (text.replace("\\\n", " ") if continued else text).split("\n")


def files_in(view: ImageView, directory: str, *suffixes: str) -> Iterator[str]:
    """Yield files of a directory in the order of their names, links to files included.

    No more than `FILES` and one: who gets that many has not seen all.
    """
    for child in islice(view.tree.listing(directory), FILES + 1):
        if not suffixes or child.path.endswith(suffixes):
            entry = view.tree.resolve(child.path)
            if entry is not None and entry.kind is not Kind.DIRECTORY:
                yield child.path

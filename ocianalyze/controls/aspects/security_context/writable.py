"""Directories that need a volume once the root filesystem is read-only.

A volume hides what an image has at its place, so that only directories without files are proposed;
those that everybody shares (sticky, as /tmp) are proposed whatever a build left in them.
"""

from collections.abc import Iterator, Mapping
from stat import S_ISVTX

from ocianalyze.controls.aspects.users.writers import Runner
from ocianalyze.filesystem.view import ImageView

_HIDDEN = ("proc", "sys", "dev")
_DEPTH = 64
_LISTINGS = 5_000
"""Directories that are looked into."""


def writable(view: ImageView, user: Runner) -> Iterator[str]:
    """Yield the topmost directories that may be replaced, in order.

    The last one is empty when there were too many to look into.
    """
    mine = dict(_owned(view, user))
    room = iter(range(_LISTINGS))
    for path in sorted(mine):
        if path.rpartition("/")[0] not in mine:
            yield from _replaceable(view, path, mine, room)
    if next(room, None) is None:
        yield ""


def _owned(view: ImageView, user: Runner) -> Iterator[tuple[str, bool]]:
    """Yield directories that the user owns or may write, and whether everybody shares them."""
    groups = {user.resolved.gid, *(group.gid for group in user.resolved.groups)}
    fields = ("kind", "uid", "gid", "mode", "path")
    for layer in view.layers:
        for kind, uid, gid, mode, path in view.tree.table(layer.index, fields, visible=True):
            if kind != "directory" or not path or not isinstance(mode, int):
                continue
            mine = uid == user.resolved.uid or (gid in groups and mode & 0o020)
            if (mine or mode & 0o002) and str(path).partition("/")[0] not in _HIDDEN:
                yield str(path), bool(mode & 0o002 and mode & S_ISVTX)


def _replaceable(
    view: ImageView,
    path: str,
    mine: Mapping[str, bool],
    room: Iterator[int],
    depth: int = _DEPTH,
) -> tuple[str, ...]:
    """Return a directory that holds nothing but such ones, else those of them below it."""
    if mine[path]:
        return (path,)
    if not depth or next(room, None) is None:
        return ()
    children = view.tree.listing(path)
    below = [child.path for child in children if child.path in mine]
    parts = [_replaceable(view, child, mine, room, depth - 1) for child in below]
    hollow = len(below) == len(children)
    if hollow and all(part == (child,) for part, child in zip(parts, below, strict=True)):
        return (path,)
    return tuple(found for part in parts for found in part)

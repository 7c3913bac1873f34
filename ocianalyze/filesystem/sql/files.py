"""The tables of files: every version of every path, and the final filesystem."""

from collections.abc import Iterable, Iterator, Sequence

from ocianalyze.filesystem.sql._base import Column, Masks, Row, Table, of_records
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.package import Ownership
from ocianalyze.model.spelling import spelled, unicode, unspelled

_ABSENT = ("whiteout", "opaque", "unknown")
_COLUMNS = (
    Column("path", "TEXT", "where it is in the image, without a leading slash"),
    Column("name", "TEXT", "last part of the path"),
    Column("kind", "TEXT", "file, directory, symlink, hardlink, character-device, block-device, "
           "fifo; in files also whiteout, opaque, unknown"),
    Column("state", "TEXT", "visible, overwritten or deleted in the final filesystem; null for "
           "whiteout, opaque and unknown, which are no part of it"),
    Column("layer", "INTEGER", "layer that holds this version, 0 the lowest; null in tree for a "
           "directory that no layer has an entry for"),
    Column("member", "INTEGER", "position in the layer"),
    Column("ended_by", "INTEGER", "layer that overwrote or deleted it"),
    Column("mode", "INTEGER", "permission, set-id and sticky bits: mode & 2 is writable by all; "
           "printf('%04o', mode) shows them"),
    Column("uid", "INTEGER", "number of the owner"),
    Column("gid", "INTEGER", "number of the group"),
    Column("uname", "TEXT", "name of the owner as the layer says; empty for none"),
    Column("gname", "TEXT", "name of the group as the layer says; empty for none"),
    Column("size", "INTEGER", "bytes; of a hard link those of its target"),
    Column("mtime", "INTEGER", "seconds since 1970; datetime(mtime, 'unixepoch') shows them"),
    Column("mtime_nanos", "INTEGER", "nanoseconds on top of mtime"),
    Column("sha256", "TEXT", "of the content, in hex; null for what has none"),
    Column("type", "TEXT", "what the content is; null for what has none"),
    Column("link", "TEXT", "target of a symbolic or hard link; null for others"),
    Column("device", "TEXT", "major:minor of a device; null for others"),
    Column("package", "TEXT", "purl of the package that owns it, of several the most specific; "
           "null for none, and for what is not in the final filesystem"),
)  # fmt: skip


_PATHS = frozenset({"path", "link"})
_TEXTS = frozenset(column.name for column in _COLUMNS if column.type == "TEXT")


def _files(view: ImageView, masks: Masks, wanted: Sequence[str]) -> Iterator[Row]:
    for layer in view.layers:
        rows = _of_layer(view, masks, layer.index, wanted, visible=False)
        yield from _masked(view, masks, wanted, rows)


def _tree(view: ImageView, masks: Masks, wanted: Sequence[str]) -> Iterator[Row]:
    for layer in view.layers:
        rows = _of_layer(view, masks, layer.index, wanted, visible=True)
        yield from _masked(view, masks, wanted, rows)
    yield from _masked(view, masks, wanted, _implicit(view, masks, wanted))


def _implicit(view: ImageView, masks: Masks, wanted: Sequence[str]) -> Iterator[Row]:
    """Yield the directories that no layer has an entry for."""
    packages = _Packages(view, masks) if "package" in wanted else None
    for entry in view.tree.implicit():
        known: dict[str, str | int | None] = {
            "path": spelled(entry.path),
            "name": spelled(entry.path).rpartition("/")[2],
            "kind": "directory",
            "state": "visible",
            "mode": entry.mode,
            "uid": entry.uid,
            "gid": entry.gid,
            "uname": "",
            "gname": "",
            "size": 0,
            "package": packages.of(spelled(entry.path)) if packages else None,
        }
        yield tuple(known.get(name) for name in wanted)


def _masked(
    view: ImageView, masks: Masks, wanted: Sequence[str], rows: Iterable[Row]
) -> Iterable[Row]:
    """Hide secrets in every text; images whose names tell none pay nothing."""
    names = view.once(masks.names)
    if not names:
        return rows
    hides = [
        names.path if name in _PATHS else names.masked if name in _TEXTS else None
        for name in wanted
    ]
    return (
        tuple(
            spelled(hide(unspelled(x))) if hide and isinstance(x, str) else x
            for hide, x in zip(hides, row, strict=True)
        )
        for row in rows
    )


def _of_layer(
    view: ImageView, masks: Masks, index: int, wanted: Sequence[str], *, visible: bool
) -> Iterable[Row]:
    """Yield rows; the package is the last column."""
    if "package" not in wanted:
        return view.tree.table(index, wanted, visible=visible, is_spelled=True)
    fields = [name for name in wanted if name != "package"]
    needed = ("path", "state", "kind")
    rows = view.tree.table(index, [*fields, *needed], visible=visible, is_spelled=True)
    return _with_packages(rows, len(fields), _Packages(view, masks))


def _with_packages(rows: Iterable[Row], kept: int, packages: "_Packages") -> Iterator[Row]:
    for row in rows:
        owned = row[kept + 1] == "visible" and row[kept + 2] not in _ABSENT
        yield (*row[:kept], packages.of(str(row[kept])) if owned else None)


class _Packages:
    """The purls of the owners of paths, as `Ownership.of` orders them."""

    def __init__(self, view: ImageView, masks: Masks) -> None:
        """Prepare the purls, without secrets."""
        owned, hide = view.inventory.ownership, view.once(masks.known).masked
        self._files = owned.files
        self._trees, self._homes = _Above(owned.trees), _Above(owned.homes)
        self._purls = [unicode(hide(package.purl)) for package in view.inventory.packages]

    def of(self, path: str) -> str | None:
        """Return the purl of the most specific owner of a path, which is given as it is spelled."""
        path = unspelled(path)
        directory = path.rpartition("/")[0]
        found = (
            self._trees.of(path, directory)
            or self._files.get(path)
            or self._homes.of(path, directory)
        )
        return self._purls[found[0]] if found else None


class _Above:
    """Owners of all below a directory; neighbours share what was found for the first of them."""

    def __init__(self, table: dict[str, tuple[int, ...]]) -> None:
        """Know no directory."""
        self._table = table
        self._ownership = Ownership(trees=table)
        self._directory: str | None = None
        self._found: tuple[int, ...] = ()

    def of(self, path: str, directory: str) -> tuple[int, ...]:
        """Return the owners of a path in a directory."""
        if not self._table:
            return ()
        if path in self._table:
            return self._table[path]
        if directory != self._directory:
            self._directory, self._found = directory, self._ownership.of(directory)
        return self._found


def _attributes(view: ImageView, masks: Masks) -> Iterator[tuple[str, int, str, str]]:
    hide = view.once(masks.known).masked
    for entry in view.tree.files(xattrs=True):
        for name, value in sorted(entry.xattrs.items()):
            text = value.decode("latin-1")
            shown = value.hex() if hide(text) == text else hide(text)
            yield hide(entry.path), entry.layer, hide(name), shown


FILES = Table(
    "files", "Every version of every path of every layer.", "filesystem", _COLUMNS, _files
)
TREE = Table("tree", "The final filesystem, with the columns of files.", "filesystem", _COLUMNS,
             _tree)  # fmt: skip
ATTRIBUTES = of_records(
    "xattrs",
    "Extended attributes of the files of the final filesystem.",
    "filesystem",
    (
        Column("path", "TEXT", "of the file", lambda a: a[0]),
        Column("layer", "INTEGER", "layer that holds it", lambda a: a[1]),
        Column("name", "TEXT", "of the attribute: security.capability", lambda a: a[2]),
        Column("value", "TEXT", "in hex", lambda a: a[3]),
    ),
    _attributes,
)

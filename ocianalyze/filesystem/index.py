"""The merged tree as controls see it: rows made on demand from columns."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ocianalyze.filesystem.merge import DELETED, NEVER, OVERWRITTEN, VISIBLE, Merged, merge
from ocianalyze.filesystem.skeleton import HARDLINK, SYMLINK, join
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.facts import Entries, LayerFacts, unpack_xattrs

_STATES = {VISIBLE: State.VISIBLE, OVERWRITTEN: State.OVERWRITTEN, DELETED: State.DELETED}
_KINDS = {ord(kind): kind for kind in Kind}
_FILES = frozenset(b"fh")
_CACHED_DIRECTORIES = 256


class MergedTree:
    """Every version of every path of one image (`ocianalyze.filesystem.view.Tree`)."""

    def __init__(
        self, layers: Sequence[LayerFacts | None], types: Sequence[str], limits: Limits
    ) -> None:
        """Merge the layers, lowest first; None stands for one that could not be read.

        Args:
            layers: what is known of each layer.
            types: the names behind the file type codes.
            limits: bounds for links.

        """
        empty = Entries()
        self._layers = [facts.entries if facts else empty for facts in layers]
        self._types = types
        self._limits = limits
        self.merged: Merged = merge(self._layers, limits)
        self._seen = [_by_entry(facts) for facts in layers]
        self._children = _children(self.merged)
        self._names = lru_cache(_CACHED_DIRECTORIES)(self._visible_names)

    def files(
        self, *, mode: int = 0, names: frozenset[bytes] | None = None, xattrs: bool = False
    ) -> Iterator[Entry]:
        """Yield visible regular files and hard links (see `Tree.files`)."""
        for layer, entries in enumerate(self._layers):
            for entry in _candidates(entries, mode, names, xattrs=xattrs):
                row = layer << 32 | entry
                if entries.kind[entry] in _FILES and self.merged.is_visible(row):
                    yield self.entry(row)

    def visible(self) -> Iterator[Entry]:
        """Yield everything in the final tree, directories before their contents."""
        pending = [0]
        while pending:
            number = pending.pop()
            names = self._visible_names(number)
            yield from (self.entry(names[name]) for name in sorted(names))
            below = sorted(self._children.get(number, []), key=self._path_of, reverse=True)
            pending += below

    def layer(self, index: int) -> Iterator[Entry]:
        """Yield every member of one layer in tar order, with its fate."""
        return (self.entry(index << 32 | entry) for entry in range(len(self._layers[index])))

    def get(self, path: str) -> Entry | None:
        """Return what is visible at this path; links above it are followed."""
        row = self._find(_encode(path), follow_last=False)
        return None if row is None else self.entry(row)

    def resolve(self, path: str) -> Entry | None:
        """Follow every symbolic link inside the root."""
        row = self._find(_encode(path), follow_last=True)
        return None if row is None else self.entry(row)

    def listing(self, path: str) -> list[Entry]:
        """Return the visible children of a directory, sorted by name."""
        where = self._walk_to(_encode(path))
        number = None if where is None else self.merged.skeleton.numbers.get(where)
        if number is None:
            return []
        names = self._names(number)
        return [self.entry(names[name]) for name in sorted(names) if name]

    def versions(self, path: str) -> list[Entry]:
        """Return every version at this path, lowest layer first."""
        directory, _, name = _encode(path).rpartition(b"/")
        where = self._walk_to(directory)
        number = None if where is None else self.merged.skeleton.numbers.get(where)
        if number is None:
            return []
        rows = self.merged.directory(number)
        marks = (ord(Kind.WHITEOUT), ord(Kind.OPAQUE), ord(Kind.UNKNOWN))
        named = (row for row in rows if self.merged.name(row) == name)
        return [self.entry(row) for row in named if self.merged.kind(row) not in marks]

    def observed(self, observer: str, entry: Entry) -> bytes | None:
        """Return what an observer made of an entry or of the inode it links to."""
        row = entry.layer << 32 | entry.member
        row = self.merged.targets.get(row, row)
        return self._seen[row >> 32].get(observer, {}).get(row & 0xFFFFFFFF)

    def observations(self, observer: str) -> Iterator[tuple[Entry, bytes]]:
        """Yield an observer's values in all layers and states."""
        for layer, seen in enumerate(self._seen):
            for entry, value in seen.get(observer, {}).items():
                yield self.entry(layer << 32 | entry), value

    def entry(self, row: int) -> Entry:
        """Return a row of the merge as an entry; a hard link has its inode's properties."""
        layer, member = row >> 32, row & 0xFFFFFFFF
        entries = self._layers[layer]
        inode = self.merged.targets.get(row, row)
        content, at = self._layers[inode >> 32], inode & 0xFFFFFFFF
        ended = self.merged.ended[layer][member]
        directory = self.merged.skeleton.paths[self.merged.skeleton.places[layer][member]]
        return Entry(
            path=_decode(join(directory, entries.names[member])),
            kind=_KINDS[entries.kind[member]],
            mode=content.mode[at],
            uid=content.uid[at],
            gid=content.gid[at],
            uname=_decode(content.owners[content.uname[at]]),
            gname=_decode(content.owners[content.gname[at]]),
            mtime_ns=content.mtime[at] * 1_000_000_000 + content.nanos[at],
            size=content.size[at],
            link=_decode(entries.links.get(member)),
            device=_device(content.devices.get(at)),
            xattrs={_decode(k): v for k, v in unpack_xattrs(content.xattrs.get(at)).items()},
            sha256=content.digest(at),
            file_type=self._types[content.file_type[at]],
            layer=layer,
            member=member,
            state=_STATES[self.merged.states[layer][member]],
            ended_by=None if ended == NEVER else ended,
        )

    def states(self, wanted: set[tuple[int, bytes]]) -> dict[tuple[int, bytes], State]:
        """Return what became of some paths, each given with its layer and as stored there."""
        names = {(layer, path.strip(b"/").rpartition(b"/")[2]) for layer, path in wanted}
        found: dict[tuple[int, bytes], State] = {}
        for layer in {layer for layer, _ in wanted}:
            entries = self._layers[layer]
            for entry, name in enumerate(entries.names):
                if (layer, name) in names and (layer, entries.path(entry)) in wanted:
                    state = self.merged.states[layer][entry]
                    found[layer, entries.path(entry)] = _STATES[state]
        return found

    def _path_of(self, number: int) -> bytes:
        return self.merged.skeleton.paths[number]

    def _visible_names(self, number: int) -> dict[bytes, int]:
        merged = self.merged
        rows = (row for row in merged.directory(number) if merged.is_visible(row))
        return {merged.name(row): row for row in rows}

    def _walk_to(self, path: bytes) -> bytes | None:
        """Return where a directory really is, links followed; None for a loop."""
        done, hops = b"", 0
        rest = path.split(b"/")[::-1]
        while rest:
            part = rest.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                done = done.rpartition(b"/")[0]
                continue
            link = self._link_at(done, part)
            if link is None:
                done = join(done, part)
                continue
            hops += 1
            if hops > self._limits.link_hops:
                return None
            done = b"" if link.startswith(b"/") else done
            rest += link.split(b"/")[::-1]
        return done

    def _link_at(self, directory: bytes, name: bytes) -> bytes | None:
        row = self._row(directory, name)
        if row is None:
            return None
        inode = self.merged.targets.get(row, row)
        if self.merged.kind(inode) != SYMLINK:
            return None
        return self._layers[inode >> 32].links.get(inode & 0xFFFFFFFF)

    def _row(self, directory: bytes, name: bytes) -> int | None:
        number = self.merged.skeleton.numbers.get(directory)
        return None if number is None else self._names(number).get(name)

    def _find(self, path: bytes, *, follow_last: bool) -> int | None:
        if follow_last:
            where = self._walk_to(path)
            return None if where is None else self._row(*_split(where))
        directory, name = _split(path)
        above = self._walk_to(directory)
        return None if above is None else self._row(above, name)


def _candidates(
    entries: Entries, mode: int, names: frozenset[bytes] | None, *, xattrs: bool
) -> Iterator[int]:
    """Yield entries that may be asked for; hard links always, since their inode decides."""
    if names is not None:
        return (entry for entry, name in enumerate(entries.names) if name in names)
    if xattrs:
        links = (e for e in entries.links.entries if entries.kind[e] == HARDLINK)
        return iter(sorted({*entries.xattrs.entries, *links}))
    if mode:
        columns = zip(entries.mode, entries.kind, strict=True)
        return (e for e, (bits, kind) in enumerate(columns) if bits & mode or kind == HARDLINK)
    return iter(range(len(entries)))


def _by_entry(facts: LayerFacts | None) -> Mapping[str, dict[int, bytes]]:
    if facts is None:
        return {}
    return {
        name: {observation.entry: observation.value for observation in seen}
        for name, seen in facts.observations.items()
    }


def _children(merged: Merged) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    parents = merged.skeleton.parents
    for number in range(1, len(parents)):
        children.setdefault(parents[number], []).append(number)
    return children


def _device(packed: bytes) -> tuple[int, int] | None:
    major, _, minor = packed.partition(b":")
    return (int(major), int(minor)) if packed else None


def _split(path: bytes) -> tuple[bytes, bytes]:
    directory, _, name = path.strip(b"/").rpartition(b"/")
    return directory, name


def _encode(path: str) -> bytes:
    return path.strip("/").encode("utf-8", "surrogateescape")


def _decode(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")

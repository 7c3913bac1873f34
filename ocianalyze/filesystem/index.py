"""The merged tree as controls see it: rows made on demand from columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ocianalyze.filesystem.candidates import Candidates, Wanted, positions
from ocianalyze.filesystem.columns import Cell, Source, table
from ocianalyze.filesystem.lookup import Lookup
from ocianalyze.filesystem.merge import merge
from ocianalyze.filesystem.merged import DELETED, NEVER, OVERWRITTEN, VISIBLE, Merged
from ocianalyze.filesystem.skeleton import ENTRY, HARDLINK, join
from ocianalyze.limits import Limits
from ocianalyze.model.entry import Entry, HardLink, Kind, State, implicit_directory
from ocianalyze.model.facts import Entries, LayerFacts, unpack_xattrs
from ocianalyze.model.observation import Observations

_STATES = {VISIBLE: State.VISIBLE, OVERWRITTEN: State.OVERWRITTEN, DELETED: State.DELETED}
_KINDS = {ord(kind): kind for kind in Kind}
_FILES = frozenset(b"fh")
_SPECIAL = _KINDS.keys() - {ord(Kind.FILE), ord(Kind.DIRECTORY)}
_CACHED_PATHS = 1 << 10
_NOTHING = Observations()


class MergedTree:
    """Every version of every path of one image (`ocianalyze.filesystem.view.Tree`)."""

    def __init__(
        self,
        layers: Sequence[LayerFacts | None],
        types: Sequence[str],
        limits: Limits,
        merged: Merged | None = None,
    ) -> None:
        """Merge the layers, lowest first; None stands for one that could not be read.

        Args:
            layers: what is known of each layer.
            types: the names behind the file type codes.
            limits: bounds for links.
            merged: what became of the layers, if that is known; it tells nothing odd.

        """
        self._layers = [facts.entries if facts else Entries() for facts in layers]
        self._types = types
        self.merged = merge(self._layers, limits) if merged is None else merged
        self._seen = [facts.observations if facts else {} for facts in layers]
        self._lookup = Lookup(self.merged, limits)
        self._candidates = Candidates(self._layers, self.merged)
        self._path = lru_cache(_CACHED_PATHS)(self.merged.skeleton.path)
        self._marks: dict[tuple[str, ...] | frozenset[str], bytearray] = {}
        """Directories that were asked for: those with all below, and those alone."""

    def files(
        self,
        *,
        mode: int = 0,
        names: frozenset[bytes] | None = None,
        xattrs: bool = False,
        types: frozenset[str] | None = None,
    ) -> Iterator[Entry]:
        """Yield visible regular files and hard links (see `Tree.files`)."""
        codes = None if types is None else _codes(self._types, types)
        wanted = Wanted(mode, names, codes, xattrs)
        for layer in range(len(self._layers)):
            for number in self._candidates.of(layer, wanted):
                row = layer << 32 | number
                if not self._is_file(row, codes):
                    continue
                entry = self.entry(row)
                if (not mode or entry.mode & mode) and (not xattrs or entry.xattrs):
                    yield entry

    def hard_links(self) -> Iterator[HardLink]:
        """Yield visible hard links to regular files (see `Tree.hard_links`)."""
        for row, inode in self.merged.targets.items():
            if self._is_file(row):
                layer, member = row >> 32, row & ENTRY
                directory = self._path(self.merged.places[layer][member])
                path = join(directory, self._layers[layer].names[member])
                link = self._layers[layer].links.get(member)
                yield HardLink((inode >> 32, inode & ENTRY), _decode(path), _decode(link))

    def left_links(self) -> Iterator[Entry]:
        """Yield those whose inode has lost its own name (see `Tree.left_links`)."""
        for row, inode in self.merged.targets.items():
            if not self.merged.is_visible(inode) and self._is_file(row):
                yield self.entry(row)

    def specials(self, index: int) -> Iterator[str]:
        """Yield where one layer has visible links, devices and pipes."""
        entries, places = self._layers[index], self.merged.places[index]
        for member in positions(entries.kind, _SPECIAL):
            if self.merged.is_visible(index << 32 | member):
                path = join(self._path(places[member]), entries.names[member])
                yield _decode(path)

    def inode(self, entry: Entry) -> tuple[int, int]:
        """Return layer and member that hold an entry's content."""
        row = self.merged.inode(entry.layer << 32 | entry.member)
        return row >> 32, row & ENTRY

    def _is_file(self, row: int, codes: frozenset[int] | None = None) -> bool:
        merged = self.merged
        if merged.kind(row) not in _FILES or not merged.is_visible(row):
            return False
        inode = merged.inode(row)
        is_typed = codes is None or self._layers[inode >> 32].file_type[inode & ENTRY] in codes
        return is_typed and merged.kind(inode) in _FILES

    def visible(self) -> Iterator[Entry]:
        """Yield everything in the final tree, each directory before what is in it."""
        for row, number in self._lookup.visible():
            yield self._implicit(number or 0) if row is None else self.entry(row)

    def implicit(self) -> Iterator[Entry]:
        """Yield the directories of the final tree that no layer has an entry for."""
        return map(self._implicit, self._lookup.implied)

    def _implicit(self, number: int) -> Entry:
        return implicit_directory(_decode(self._path(number)))

    def layer(self, index: int, within: Sequence[str] = ()) -> Iterator[Entry]:
        """Yield every member of one layer in tar order, with its fate."""
        members: Iterable[int] = range(len(self._layers[index]))
        if within:
            wanted = self._below(tuple(within))
            places = self.merged.places[index]
            members = (entry for entry, place in enumerate(places) if wanted[place])
        return (self.entry(index << 32 | entry) for entry in members)

    def table(
        self,
        index: int,
        fields: Sequence[str],
        *,
        visible: bool = False,
        within: frozenset[str] | None = None,
        is_spelled: bool = False,
    ) -> Iterator[tuple[Cell, ...]]:
        """Yield some fields of each member of one layer, in tar order."""
        source = Source(self.merged, index, self._types, self.entry, is_spelled)
        marks = None if within is None else self._directly(within)
        return table(source, fields, visible=visible, within=marks)

    def _directly(self, directories: frozenset[str]) -> bytearray:
        """Mark some directories by number."""
        if directories not in self._marks:
            paths = map(self.merged.skeleton.path, range(len(self.merged.skeleton)))
            marks = bytearray(_decode(path) in directories for path in paths)
            self._marks[directories] = marks
        return self._marks[directories]

    def _below(self, directories: tuple[str, ...]) -> bytearray:
        """Mark some directories and all below them, by number."""
        if directories in self._marks:
            return self._marks[directories]
        skeleton = self.merged.skeleton
        marks = bytearray(len(skeleton))
        for number in filter(None, map(skeleton.find, map(_encode, directories))):
            marks[number] = 1
        for number, above in enumerate(skeleton.parents):
            marks[number] |= marks[above]
        return self._marks.setdefault(directories, marks)

    def get(self, path: str) -> Entry | None:
        """Return what is visible at this path; links above it are followed."""
        row = self._lookup.row(_encode(path), follow_last=False)
        return None if row is None else self.entry(row)

    def resolve(self, path: str) -> Entry | None:
        """Follow every symbolic link inside the root."""
        row = self._lookup.row(_encode(path), follow_last=True)
        return None if row is None else self.entry(row)

    def real(self, path: str) -> str | None:
        """Follow every symbolic link inside the root, and return where that leads."""
        found = self._lookup.real(_encode(path))
        return None if found is None else _decode(found)

    def listing(self, path: str) -> list[Entry]:
        """Return the visible children of a directory, sorted by name."""
        return [self.entry(row) for row in self._lookup.listing(_encode(path))]

    def children(self, path: str) -> Iterator[tuple[str, Entry]]:
        """Yield the names in a directory with every version of each."""
        for name, row in self._lookup.children(_encode(path)):
            yield _decode(name), self.entry(row)

    def names(self, path: str) -> list[str]:
        """Return the names in a directory that any layer wrote, each once, sorted."""
        return sorted({_decode(name) for name, _ in self._lookup.children(_encode(path))})

    def versions(self, path: str) -> list[Entry]:
        """Return every version at this path, lowest layer first."""
        return [self.entry(row) for row in self._lookup.versions(_encode(path))]

    def observed(self, observer: str, entry: Entry) -> bytes | None:
        """Return what an observer made of an entry or of the inode it links to."""
        row = entry.layer << 32 | entry.member
        own = self._of(row >> 32, observer).value(row & ENTRY)
        row = self.merged.inode(row)
        return self._of(row >> 32, observer).value(row & ENTRY) if own is None else own

    def _of(self, layer: int, observer: str) -> Observations:
        return self._seen[layer].get(observer, _NOTHING)

    def observed_in(self, layer: int, observer: str) -> Mapping[int, bytes]:
        """Return an observer's values in one layer, by member."""
        return dict(self._of(layer, observer).seen())

    def observations(self, observer: str) -> Iterator[tuple[Entry, bytes]]:
        """Yield an observer's values in all layers and states."""
        for layer in range(len(self._layers)):
            for entry, value in self._of(layer, observer).seen():
                yield self.entry(layer << 32 | entry), value

    def cut(self, observer: str) -> Iterator[Entry]:
        """Yield the entries of whose content an observer saw only a part."""
        for layer in range(len(self._layers)):
            cut = self._of(layer, observer).cut()
            yield from (self.entry(layer << 32 | entry) for entry in cut)

    def states(self, wanted: set[tuple[int, bytes]]) -> dict[tuple[int, bytes], State]:
        """Return what became of some paths, each given with its layer, as stored or as placed."""
        names = {(layer, path.strip(b"/").rpartition(b"/")[2]) for layer, path in wanted}
        found: dict[tuple[int, bytes], State] = {}
        for layer in {layer for layer, _ in wanted}:
            entries = self._layers[layer]
            for entry, name in enumerate(entries.names):
                if (layer, name) in names:
                    both = {entries.path(entry), self.merged.path(layer << 32 | entry)}
                    state = _STATES[self.merged.states[layer][entry]]
                    found |= {(layer, path): state for path in both if (layer, path) in wanted}
        return found

    def entry(self, row: int) -> Entry:
        """Return a row of the merge as an entry; a hard link has its inode's properties."""
        merged = self.merged
        layer, member = row >> 32, row & ENTRY
        entries = self._layers[layer]
        inode = merged.inode(row)
        content, at = self._layers[inode >> 32], inode & ENTRY
        writers = self._writers(row, inode)
        header, of = self._layers[writers[-1] >> 32], writers[-1] & ENTRY
        ended = merged.ended[layer][member]
        return Entry(
            path=_decode(join(self._path(merged.places[layer][member]), entries.names[member])),
            kind=_KINDS[entries.kind[member]],
            mode=header.mode[of],
            uid=header.uid[of],
            gid=header.gid[of],
            uname=_decode(header.owners[header.uname[of]]),
            gname=_decode(header.owners[header.gname[of]]),
            mtime_ns=header.mtime[of] * 1_000_000_000 + header.nanos[of],
            size=content.size[at],
            link=_decode(entries.links.get(member)),
            device=_device(content.devices.get(at)),
            xattrs=self._xattrs(writers),
            sha256=content.digest(at),
            file_type=self._types[content.file_type[at]],
            layer=layer,
            member=member,
            state=_STATES[merged.states[layer][member]],
            ended_by=None if ended == NEVER else ended,
            dangling=entries.kind[member] == HARDLINK and inode == row,
        )

    def _writers(self, row: int, inode: int) -> Sequence[int]:
        """Return whose headers reached a row's inode; what is not in the final tree has its own."""
        if not self.merged.is_visible(row):
            return (inode,)
        return (inode, *self.merged.headers.every(inode))

    def _xattrs(self, writers: Sequence[int]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for row in writers:
            packed = self._layers[row >> 32].xattrs.get(row & ENTRY)
            found |= {_decode(name): value for name, value in unpack_xattrs(packed).items()}
        return found


def _codes(types: Sequence[str], wanted: frozenset[str]) -> frozenset[int]:
    return frozenset(code for code, name in enumerate(types) if name in wanted)


def _device(packed: bytes) -> tuple[int, int] | None:
    major, _, minor = packed.partition(b":")
    return (int(major), int(minor)) if packed else None


def _encode(path: str) -> bytes:
    return path.strip("/").encode("utf-8", "surrogateescape")


def _decode(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")

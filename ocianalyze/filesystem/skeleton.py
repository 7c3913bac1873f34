"""Where each directory of each layer lies in the merged tree.

Runtimes extract a member below a symbolic link at the link's target, inside the root. Most images
have no such member, and every directory is where it says; the others are replayed in tar order,
following only the links that stand where some layer has a directory.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import Entries

SYMLINK, DIRECTORY, HARDLINK = ord(Kind.SYMLINK), ord(Kind.DIRECTORY), ord(Kind.HARDLINK)
WHITEOUT, OPAQUE, UNKNOWN = ord(Kind.WHITEOUT), ord(Kind.OPAQUE), ord(Kind.UNKNOWN)
_ROUNDS = 8
"""Links through links that are looked for."""

Report = Callable[[int, Anomaly], None]


class Skeleton:
    """The directories of the merged tree, numbered, and where each entry's parent is."""

    def __init__(self, layers: Sequence[Entries], limits: Limits, report: Report) -> None:
        """Place every entry; `report` takes a layer's index and what was odd there."""
        self.paths: list[bytes] = [b""]
        self.numbers: dict[bytes, int] = {b"": 0}
        self.parents: array[int] = array("I", [0])
        self.places: list[array[int]] = []
        """For each layer the number of each entry's directory."""
        self.targets: list[array[int]] = []
        """For each layer the directory of each hard link's target, in the order of `links`."""
        self._limits = limits
        self._report = report
        known = _with_ancestors(path for layer in layers for path in layer.directories)
        self._suspects = _suspects(layers, known)
        self._links: dict[bytes, bytes] = {}
        self._files: set[bytes] = set()
        for index, layer in enumerate(layers):
            if self._suspects:
                self._replay(index, layer)
            else:
                self._adopt(layer)

    def number(self, path: bytes) -> int:
        """Return the number of a directory, given to it and its ancestors now if need be."""
        found = self.numbers.get(path)
        if found is None:
            above = self.number(path.rpartition(b"/")[0])
            found = self.numbers[path] = len(self.paths)
            self.paths.append(path)
            self.parents.append(above)
        return found

    def _adopt(self, layer: Entries) -> None:
        """Take every directory to be where its path says."""
        numbers = [self.number(path) for path in layer.directories]
        self.places.append(array("I", map(numbers.__getitem__, layer.parent)))
        targets = (path.rpartition(b"/")[0] for _, path in _hard_links(layer))
        self.targets.append(array("I", map(self.number, targets)))

    def _replay(self, index: int, layer: Entries) -> None:
        """Place one layer's entries in tar order, links followed as they stand by then."""
        self._apply_whiteouts(layer)
        places: array[int] = array("I")
        targets: array[int] = array("I")
        cache: dict[int, int] = {}
        links = dict(layer.links.items())
        for entry, (parent, kind) in enumerate(zip(layer.parent, layer.kind, strict=True)):
            place = cache.get(parent)
            if place is None:
                path = self._resolve(index, layer.directories[parent])
                place = cache[parent] = self.number(path)
            places.append(place)
            if kind == HARDLINK:
                above = links[entry].rpartition(b"/")[0]
                targets.append(self.number(self._resolve(index, above)))
            if self._changes_skeleton(place, layer.names[entry], kind, links.get(entry, b"")):
                cache.clear()
        self.places.append(places)
        self.targets.append(targets)

    def _changes_skeleton(self, place: int, name: bytes, kind: int, link: bytes) -> bool:
        path = join(self.paths[place], name)
        if path not in self._suspects or kind in (WHITEOUT, OPAQUE, UNKNOWN):
            return False
        was_link = self._links.pop(path, None) is not None
        self._files.discard(path)
        if kind == SYMLINK:
            self._forget_below(path)
            self._links[path] = link
        elif kind != DIRECTORY:
            self._forget_below(path)
            self._files.add(path)
        return was_link or kind == SYMLINK

    def _apply_whiteouts(self, layer: Entries) -> None:
        for entry, kind in enumerate(layer.kind):
            if kind in (WHITEOUT, OPAQUE):
                above = self._resolve(None, layer.directories[layer.parent[entry]])
                path = join(above, layer.names[entry])
                if kind == WHITEOUT:
                    self._links.pop(path, None)
                    self._files.discard(path)
                self._forget_below(path)

    def _forget_below(self, path: bytes) -> None:
        below = path + b"/" if path else b""
        for link in [link for link in self._links if link.startswith(below)]:
            del self._links[link]
        self._files = {file for file in self._files if not file.startswith(below)}

    def _resolve(self, index: int | None, path: bytes) -> bytes:
        """Return where a directory is, its links followed inside the root."""
        if not self._links and not self._files:
            return path
        done, hops = b"", 0
        rest = path.split(b"/")[::-1]
        while rest:
            part = rest.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                done = done.rpartition(b"/")[0]
                continue
            here = join(done, part)
            target = self._links.get(here)
            if target is None or hops >= self._limits.link_hops:
                done = here
                self._note(index, here, path, loop=target is not None)
                continue
            hops += 1
            self._tell(index, "merge.under-symlink", target, path)
            done = b"" if target.startswith(b"/") else done
            rest += target.split(b"/")[::-1]
        return done

    def _note(self, index: int | None, here: bytes, path: bytes, *, loop: bool) -> None:
        """A directory is needed where a file or a loop of links stands: it gives way."""
        if loop:
            self._tell(index, "merge.link-loop", here, path)
        elif here in self._files and index is not None:
            self._files.discard(here)
            self._tell(index, "merge.under-file", here, path)

    def _tell(self, index: int | None, code: str, what: bytes, path: bytes) -> None:
        if index is not None:
            detail = what[:200].decode("utf-8", "backslashreplace")
            self._report(index, Anomaly(code, detail, path))


def join(directory: bytes, name: bytes) -> bytes:
    """Return a path below the root; an empty name is the directory itself."""
    return directory + b"/" + name if directory and name else directory or name


def _hard_links(layer: Entries) -> Iterator[tuple[int, bytes]]:
    kinds = layer.kind
    return ((entry, link) for entry, link in layer.links.items() if kinds[entry] == HARDLINK)


def _with_ancestors(paths: Iterable[bytes]) -> set[bytes]:
    known: set[bytes] = set()
    for path in paths:
        while path and path not in known:
            known.add(path)
            path = path.rpartition(b"/")[0]  # noqa: PLW2901 - climbing
    return known


def _suspects(layers: Sequence[Entries], known: set[bytes]) -> set[bytes]:
    """Return paths that are a directory in one layer and anything else in one."""
    suspects: set[bytes] = set()
    for _ in range(_ROUNDS):
        found = {path: link for layer in layers for path, link in _leaves(layer, known)}
        if found.keys() <= suspects:
            break
        suspects |= found.keys()
        links = {path: link for path, link in found.items() if link}
        known |= _with_ancestors(list(_through(links, known)))
    return suspects


def _leaves(layer: Entries, known: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what is no directory but stands where one is known, with its link target."""
    above = {path.rpartition(b"/")[0] for path in known}
    watched = [path in above for path in layer.directories]
    for entry, (parent, kind) in enumerate(zip(layer.parent, layer.kind, strict=True)):
        if watched[parent] and kind not in (DIRECTORY, WHITEOUT, OPAQUE, UNKNOWN):
            path = layer.path(entry)
            if path in known:
                yield path, layer.links.get(entry) if kind == SYMLINK else b""


def _through(links: dict[bytes, bytes], known: set[bytes]) -> Iterator[bytes]:
    """Yield other paths of known directories, one link followed."""
    for path in known:
        prefix = path
        while prefix:
            target = links.get(prefix)
            if target is not None:
                above = b"" if target.startswith(b"/") else prefix.rpartition(b"/")[0]
                yield _lexical(join(above, target) + path[len(prefix) :])
            prefix = prefix.rpartition(b"/")[0]


def _lexical(path: bytes) -> bytes:
    parts: list[bytes] = []
    for part in path.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)

"""Names looked up in the merged tree, links followed inside the root."""

from array import array
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate

from ocianalyze.filesystem.implied import implied
from ocianalyze.filesystem.merged import Merged
from ocianalyze.filesystem.skeleton import DIRECTORY, ENTRY, MARKS, SYMLINK, join
from ocianalyze.limits import Limits

_CACHED_DIRECTORIES = 64


class Lookup:
    """Finds rows of the final tree."""

    def __init__(self, merged: Merged, limits: Limits) -> None:
        """Look at nothing yet."""
        self._merged = merged
        self._limits = limits
        self._names = lru_cache(_CACHED_DIRECTORIES)(self.names)
        self._path = lru_cache(_CACHED_DIRECTORIES)(merged.skeleton.path)

    def names(self, number: int) -> dict[bytes, int]:
        """Return the rows that are visible in a directory by name."""
        merged = self._merged
        rows = (row for row in merged.directory(number) if merged.is_visible(row))
        return {merged.name(row): row for row in rows}

    def row(self, path: bytes, *, follow_last: bool) -> int | None:
        """Return what is visible at a path, links above it followed."""
        found = self._locate(path, follow_last=follow_last)
        return None if found is None else self._names(found[0]).get(found[1])

    def real(self, path: bytes) -> bytes | None:
        """Return where a path leads, if anything is there."""
        found = self._locate(path, follow_last=True)
        if found is None:
            return None
        number, name = found
        skeleton = self._merged.skeleton
        if name in self._names(number) or skeleton.child(number, name) is not None:
            return join(self._path(number), name)
        return None

    def listing(self, path: bytes) -> list[int]:
        """Return what is visible in a directory, sorted by name."""
        found = self._locate(path, follow_last=True)
        number = None if found is None else self._merged.skeleton.child(*found)
        names = {} if number is None else self._names(number)
        return [names[name] for name in sorted(names) if name]

    def versions(self, path: bytes) -> list[int]:
        """Return all that was ever written at a path as named, and where links lead it now."""
        merged = self._merged
        directory, _, name = path.rpartition(b"/")
        places = {(merged.skeleton.find(directory), name)}
        places |= {self._locate(path, follow_last=False) or (None, name)}
        return sorted(
            row
            for number, name in places
            if number is not None
            for row in merged.directory(number)
            if merged.name(row) == name and merged.kind(row) not in MARKS
        )

    def children(self, path: bytes) -> Iterator[tuple[bytes, int]]:
        """Yield the names in a directory with all that was ever written under each."""
        merged = self._merged
        number = merged.skeleton.find(path)
        if number is None:
            return
        own: set[bytes] = set()
        for row in self._written(number):
            own.add(merged.name(row))
            yield merged.name(row), row
        for name, within in self._branches(number).items():
            if name not in own:
                rows = (row for each in within for row in self._written(each))
                yield from ((name, row) for row in sorted(rows))

    def _written(self, number: int) -> Iterator[int]:
        """Yield what was ever written in a directory, without the directory's own entry."""
        merged = self._merged
        rows = merged.directory(number)
        return (row for row in rows if merged.kind(row) not in MARKS and merged.name(row))

    def _branches(self, top: int) -> dict[bytes, list[int]]:
        """Return, by the names in a directory, the directories with those names and below."""
        skeleton = self._merged.skeleton
        roots: dict[int, int] = {}
        found: dict[bytes, list[int]] = {}
        for number, above in enumerate(skeleton.parents):
            root = number if above == top != number else roots.get(above)
            if root is not None:
                roots[number] = root
                found.setdefault(skeleton.names[root], []).append(number)
        return found

    def visible(self) -> Iterator[tuple[int | None, int | None]]:
        """Yield the final tree, directories before their contents, siblings sorted by name.

        Each as its row; a directory without an entry has none, but its number.
        """
        starts, children = self._children()
        implicit = set(self.implied)
        pending = [self._below(0, children[starts[0] : starts[1]])]
        while pending:
            for row, number in pending[-1]:
                if row is not None or number in implicit:
                    yield row, number
                if number is not None:
                    inner = children[starts[number] : starts[number + 1]]
                    pending.append(self._below(number, inner))
                    break
            else:
                pending.pop()

    @cached_property
    def implied(self) -> "array[int]":
        """Directories of the final tree that no layer has an entry for, by number."""
        return implied(self._merged)

    def _below(
        self, number: int, children: "array[int]"
    ) -> Iterator[tuple[int | None, int | None]]:
        """Yield names of a directory as a row, a directory or both."""
        names = self.names(number)
        inner = {self._merged.skeleton.names[child]: child for child in children}
        for name in sorted({*names, *inner}):
            yield names.get(name), inner.get(name)

    def _children(self) -> tuple["array[int]", "array[int]"]:
        """Return where each directory's directories begin, and all of them in that order."""
        parents = self._merged.skeleton.parents
        counts = array("I", bytes(4 * (len(parents) + 1)))
        for parent in parents[1:]:
            counts[parent + 1] += 1
        order = sorted(range(1, len(parents)), key=parents.__getitem__)
        return array("I", accumulate(counts)), array("I", order)

    def _locate(self, path: bytes, *, follow_last: bool) -> tuple[int, bytes] | None:
        """Return the directory and the name that a path means; None for a loop or a dead end."""
        skeleton = self._merged.skeleton
        here, hops, rest = 0, 0, _parts(path)
        while rest:
            part = rest.pop()
            if part == b"..":
                here = skeleton.parents[here]
                continue
            target = self._link_at(here, part) if rest or follow_last else None
            if target is not None:
                hops += 1
                if hops > self._limits.link_hops:
                    return None
                here = 0 if target.startswith(b"/") else here
                rest += _parts(target)
                continue
            if not rest:
                return here, part
            below = skeleton.child(here, part)
            if below is None and not self._is_left(here, part, rest):
                return None
            here = here if below is None else below
        return skeleton.parents[here], skeleton.names[here]

    def _is_left(self, here: int, name: bytes, rest: list[bytes]) -> bool:
        """Tell whether a path goes into an empty directory and out again; then it is gone."""
        if rest[-1] != b".." or name not in self._names(here):
            return False
        rest.pop()
        return True

    def _link_at(self, number: int, name: bytes) -> bytes | None:
        row = self._names(number).get(name)
        if row is None or self._merged.kind(row) == DIRECTORY:
            return None
        inode = self._merged.inode(row)
        if self._merged.kind(inode) != SYMLINK:
            return None
        return self._merged.layers[inode >> 32].links.get(inode & ENTRY)


def _parts(path: bytes) -> list[bytes]:
    """Return what a path is made of, last part first."""
    return [part for part in reversed(path.split(b"/")) if part not in (b"", b".")]

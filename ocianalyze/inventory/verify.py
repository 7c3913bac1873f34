"""Contents of package files against the digests that the image's own package databases record.

SHA-256 (rpm, Python's RECORD) is the walk's; MD5 and SHA-1 (dpkg, apk) are there for what
`ocianalyze.inventory.verify_digests` looked at. A match shows that a file is as the database says;
who wrote the database, it does not show.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from itertools import chain
from typing import NamedTuple, cast

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory._base import Kept, Kinds, Records
from ocianalyze.inventory.canonical import Canonical
from ocianalyze.inventory.tops import may_be_behind, tops
from ocianalyze.inventory.verify_digests import CONTENTS, PROGRAMS
from ocianalyze.inventory.verify_earlier import contents, is_as_recorded, of_length, values
from ocianalyze.inventory.verify_unrecorded import Unvouched, undigested, unrecorded
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.package import Package
from ocianalyze.model.verification import Difference, Verification

MOST = 10_000
"""Differences kept of one image; the rest is counted."""
_FEW = 20_000
"""Records of few packages, as of languages, whose directories are looked at alone."""
_PATHS = 1 << 26
"""Characters of recorded paths; what is recorded beyond them is not compared."""
_MD5, _SHA256 = 16, 32
"""Bytes; most records are of the first kind, and most values begin with one."""
_EMPTY = {16: hashlib.new("md5", usedforsecurity=False).digest(),
          20: hashlib.new("sha1", usedforsecurity=False).digest()}  # fmt: skip
_Row = tuple[str, str, int, int, str | None, int]
_SET_ID = 0o6000
_CAPABILITY = "security.capability"
"""The attribute that holds a file's capabilities."""
_FIELDS = ("path", "kind", "member", "size", "sha256", "mode")
_Owner = tuple[str, str, str, str]
"""Type, name, architecture, location."""


class _Made(NamedTuple):
    """What is known of a plain file's content."""

    size: int
    sha256: str | None
    mode: int
    value: bytes | None
    """Of the observer of other digests."""

    def digest(self, length: int) -> bytes | None:
        """Return the digest of a length, None when it was not made."""
        if length == _SHA256:
            return bytes.fromhex(self.sha256) if self.sha256 else None
        return of_length(self.value, length) if self.size else _EMPTY[length]


@dataclass(slots=True)
class _Comparison:
    """All records of one image, and what became of them."""

    view: ImageView
    tops: Mapping[str, str]
    """Where the links at the top of the tree lead (usr-merge), the way of most records."""
    canonical: Canonical
    result: Verification = field(default_factory=Verification)
    owners: list[_Owner] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """The number of each owner's first record."""
    kinds: list[Kinds] = field(default_factory=list)
    """Of each owner's records."""
    digests: list[bytes] = field(default_factory=list)
    """Of every record by its number."""
    records: dict[str, int] = field(default_factory=dict)
    """By path."""
    shared: dict[str, list[int]] = field(default_factory=dict)
    """All records of the paths that have several."""
    linked: list[tuple[str, int]] = field(default_factory=list)
    """What is recorded behind links at the top of the tree."""
    others: set[str] = field(default_factory=set)
    """Paths that a look at plain files does not settle: of other kinds, shared."""
    undigested: list[tuple[str, int, _Made]] = field(default_factory=list)
    """Programs of which not the digest was made that is recorded, with the record's number."""
    bare: list[str] = field(default_factory=list)
    """Programs that packages own and no record of their path is of."""
    unvouched: Unvouched = field(default_factory=lambda: Unvouched(_PATHS))
    answered: set[str] = field(default_factory=set)
    """Files that records of other paths lead to."""
    packages: dict[_Owner, Package] = field(default_factory=dict)
    capable: frozenset[str] = frozenset()
    """Files with capabilities."""
    room: int = field(default_factory=lambda: _PATHS)

    def take(self, all_records: Iterable[Records]) -> None:
        """Take what the databases record."""
        behind = tuple(f"{top}/" for top in self.tops)
        for records in all_records:
            if records.problem:
                self.result.problems.append(f"{records.type} {records.name}: {records.problem}")
            start, paths = len(self.digests), records.paths
            self.unvouched.take(records, len(self.owners), self.canonical)
            self.owners.append((records.type, records.name, records.arch, records.location))
            self.starts.append(start)
            self.kinds.append(records.kinds)
            self.digests += records.digests
            is_taken = self._take_plain(paths, start, behind)
            taken = len(paths) if is_taken else self._take(paths, start, behind)
            del self.digests[start + taken :]
            if taken:
                before = self.result.types.get(records.type, 0)
                self.result.types[records.type] = before + taken
                self.result.recorded += taken

    def _take_plain(self, paths: Sequence[str], start: int, behind: tuple[str, ...]) -> bool:
        """Take at once what is recorded where it lies."""
        text = "\n".join(paths)
        if len(text) > self.room or not text.isascii():
            return False
        if may_be_behind(text, len(paths), behind):
            return False
        numbers = list(range(start, start + len(paths)))
        firsts = list(map(self.records.setdefault, paths, numbers))
        if firsts != numbers:
            for path, first, number in zip(paths, firsts, numbers, strict=True):
                self._share(path, first, number)
        self.room -= len(text)
        return True

    def _take(self, paths: Iterable[str], start: int, behind: tuple[str, ...]) -> int:
        """Return how many there were."""
        taken = 0
        for number, path in enumerate(paths, start):
            self.room -= len(path)
            if self.room < 0:
                break
            taken += 1
            if path.startswith(behind):
                self.linked.append((path, number))
            else:
                self._add(path, number)
        return taken

    def _add(self, path: str, number: int) -> None:
        self._share(path, self.records.setdefault(path, number), number)

    def _share(self, key: str, first: int, number: int) -> None:
        """Note a record of a path that has one already."""
        if first != number:
            self.shared.setdefault(key, [first]).append(number)
            self.others.add(key)

    def compare(self) -> Verification:
        """Compare every visible file, then what lies behind links or nowhere."""
        if min(self.room, self.unvouched.room) < 0:
            self.result.problems.append("packages record more paths than are compared")
        self._unlink()
        if self.records:
            files = self.view.tree.files(xattrs=True)
            self.capable = frozenset(x.path for x in files if _CAPABILITY in x.xattrs)
            within, names = self._directories(), frozenset(self.records)
            for layer in self.view.layers:
                self._layer(layer.index, within)
            self._by_other_layers()
            self._rest()
            self._unrecorded(names)
        return self.result

    def _unrecorded(self, names: frozenset[str]) -> None:
        """Note the programs that no record is of."""
        owned = self.view.inventory.ownership.files
        links = (path for path in self.others if path in owned and path not in names)
        left = [path for path in chain(self.bare, links) if path not in self.answered]
        for found in unrecorded(self.view, left, names, frozenset(self.result.types)):
            self._note(self.result.unrecorded, found)
        told = self.unvouched.found(self.view, names)
        named = ((path, self._brought(owner)) for path, owner in told)
        for found in undigested(self.view.tree, named, names):
            self._note(self.result.unrecorded, found)

    def _unlink(self) -> None:
        """Follow the links at the top of the tree."""
        tops = {f"{top}/": f"{real}/" for top, real in self.tops.items()}
        for path, number in self.linked:
            cut = path.index("/") + 1
            self._add(tops[path[:cut]] + path[cut:], number)

    def _directories(self) -> frozenset[str] | None:
        """Return where few files are recorded; many are in most directories."""
        owned = self.view.inventory.ownership.files
        if len(self.records) > _FEW or len(owned) > _FEW:
            return None
        return frozenset(path.rpartition("/")[0] for path in chain(self.records, owned))

    def _layer(self, index: int, within: frozenset[str] | None) -> None:
        """Compare the plain files of one layer; links have a way of their own."""
        made = values(self.view, index)
        take, digests, shared, match, unhashed = self.records.pop, self.digests, self.shared, 0, 0
        capable, owned, bare = self.capable, self.view.inventory.ownership.files, self.bare
        table = self.view.tree.table(index, _FIELDS, visible=True, within=within)
        rows = cast("Iterable[_Row]", table)
        for path, kind, member, size, sha256, mode in rows:
            if kind != "file":
                self.others.add(path)
                continue
            if (one := take(path, None)) is None:
                if path in owned and size and member in made:
                    bare.append(path)
                continue
            value, expected = made.get(member), digests[one]
            if path in shared:
                self._file(path, one, _Made(size, sha256, mode, value))
            elif (value or b"")[:_MD5] == expected or sha256 == expected.hex():
                match += 1
                if mode & _SET_ID or path in capable:
                    self._note_privileged(path)
            elif value is None and size and len(expected) < _SHA256:
                unhashed += 1
            else:
                self._file(path, one, _Made(size, sha256, mode, value))
        self.result.matched += match
        self.result.unhashed += unhashed

    def _file(self, path: str, one: int, made: _Made) -> None:
        """Compare one plain file with all records of its path."""
        for number in self._all(path, one):
            expected = self.digests[number]
            told = made.digest(len(expected))
            if told is None and made.value is not None:
                self.undigested.append((path, number, made))
            else:
                self._judge(path, number, made, None if told is None else told == expected)

    def _by_other_layers(self) -> None:
        """Judge programs without the digest that is recorded."""
        others = contents(self.view, {path for path, *_ in self.undigested})
        for path, number, made in self.undigested:
            same = is_as_recorded(made.sha256, others[path], self.digests[number])
            self._judge(path, number, made, same)
            if same is None:
                entry = self.view.tree.get(path)
                self._note(self.result.undigested, self._difference(path, entry, number))

    def _judge(self, path: str, number: int, made: _Made, same: bool | None) -> None:  # noqa: FBT001 - three answers
        """Count one comparison; None says that there was nothing to compare."""
        if same is None:
            self.result.unhashed += 1
        elif not same:
            self._differs(path, self._all(path, number), number)
        else:
            self.result.matched += 1
            if made.mode & _SET_ID or path in self.capable:
                self._note_privileged(path)

    def _rest(self) -> None:
        """Look up each record that no plain file of its path answered."""
        canonical, before, is_plain = self.canonical, "/", False
        others, missing, unlisted = self.others, self.result.missing, 0
        for path, one in self.records.items():
            directory = path.rpartition("/")[0]
            if directory != before:
                before, is_plain = directory, canonical.directory(directory) == directory
                is_plain = is_plain and not canonical.is_spent
            if is_plain and path not in others:
                if len(missing) < MOST:
                    missing.append(self._difference(path, None, one))
                else:
                    unlisted += 1
                continue
            where, numbers = canonical.path(path), self._all(path, one)
            self.answered.add(where)
            entry = self._followed(where, one)
            for number in numbers:
                self._one(path, entry, number, numbers)
        self.result.unlisted += unlisted

    def _all(self, path: str, one: int) -> Sequence[int]:
        return self.shared.get(path) or (one,)

    def _followed(self, where: str, number: int) -> Entry | None:
        """Return what is read at a path; apk records the targets of links, others never do."""
        tree = self.view.tree
        entry = tree.get(where)
        if entry is None or entry.kind is not Kind.SYMLINK:
            return entry
        return entry if self.owners[self._owner(number)][0] == "apk" else tree.resolve(where)

    def _one(self, path: str, entry: Entry | None, number: int, all_: Sequence[int]) -> None:
        if entry is None or entry.kind is Kind.DIRECTORY:
            self._note(self.result.missing, self._difference(path, None, number))
            return
        expected = self.digests[number]
        told = self._digest(entry, len(expected))
        if told == expected:
            self.result.matched += 1
            if entry.mode & _SET_ID or entry.path in self.capable:
                self._note_privileged(entry.path)
        elif told is None:
            self.result.unhashed += 1
        else:
            self._differs(path, all_, number, entry)

    def _digest(self, entry: Entry, length: int) -> bytes | None:
        if entry.kind is Kind.SYMLINK:
            target = entry.link.encode("utf-8", "surrogateescape")
            names = {16: "md5", 20: "sha1", 32: "sha256"}
            return hashlib.new(names[length], target, usedforsecurity=False).digest()
        if length == 32:
            return bytes.fromhex(entry.sha256) if entry.sha256 else None
        if not entry.size:
            return _EMPTY[length]
        tree = self.view.tree
        return of_length(tree.observed(PROGRAMS, entry) or tree.observed(CONTENTS, entry), length)

    def _differs(
        self, path: str, numbers: Sequence[int], number: int, entry: Entry | None = None
    ) -> None:
        """Keep one file with another content, and whose content it has instead."""
        if entry is None:
            entry = self.view.tree.get(path)
        others = ((x, self.digests[x]) for x in numbers if x != number)
        same = (x for x, digest in others if entry and self._digest(entry, len(digest)) == digest)
        instead = next(same, None)
        replaced_by = None if instead is None else self._package(instead)
        found = self._difference(path, entry, number)._replace(replaced_by=replaced_by)
        self._note(self.result.changed, found)

    def _difference(self, path: str, entry: Entry | None, number: int) -> Difference:
        owner = self._owner(number)
        kind = self.kinds[owner][number - self.starts[owner]]
        return Difference(path, entry, self._package(number), kind)

    def _owner(self, number: int) -> int:
        """Return whose a record is: an index into the owners."""
        return bisect_right(self.starts, number) - 1

    def _note_privileged(self, path: str) -> None:
        if len(self.result.privileged) < MOST:
            self.result.privileged.add(path)

    def _note(self, differences: list[Difference], found: Difference) -> None:
        if len(differences) < MOST:
            differences.append(found)
        else:
            self.result.unlisted += 1

    def _package(self, number: int) -> Package | None:
        return self._brought(self._owner(number))

    def _brought(self, owned: int) -> Package | None:
        if not self.packages:
            self.packages = dict(_by_owner(self.view.packages()))
        owner = self.owners[owned]
        return self.packages.get(owner) or self.packages.get((owner[0], owner[1], "", owner[3]))


class Database(NamedTuple):
    """What one cataloger's observers kept of the final filesystem."""

    name: str
    """Of the cataloger."""
    records: Callable[[Sequence[Kept]], Iterable[Records]]
    """Reads it (`Cataloger.records`)."""
    kept: Sequence[Kept]


def verify(view: ImageView, databases: Iterable[Database], canonical: Canonical) -> Verification:
    """Compare the files of the final filesystem with what package databases record of them.

    Args:
        view: of the image.
        databases: that record digests.
        canonical: which directories of the image are known already.

    """
    comparison = _Comparison(view, tops(view.tree), canonical)
    for database in databases:
        try:
            comparison.take(database.records(database.kept))
        except (ValueError, LookupError, TypeError, AttributeError) as damage:
            comparison.result.problems.append(f"{database.name}: {damage}")
    return comparison.compare()


def _by_owner(packages: Iterable[Package]) -> Mapping[_Owner, Package]:
    found: dict[_Owner, Package] = {}
    for package in packages:
        mine = package.found
        for arch in (mine.arch, ""):
            found.setdefault((mine.type, mine.name, arch, mine.location), package)
    return found

"""Contents of package files against the digests that the image's own package databases record.

SHA-256 (rpm, Python's RECORD) is the walk's; MD5 and SHA-1 (dpkg, apk) are there for what
`ocianalyze.inventory.verify_digests` looked at. A match shows that a file is as the database says;
who wrote the database, it does not show.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from ocianalyze.filesystem.columns import plain
from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory._base import Cataloger, Kept, Records
from ocianalyze.inventory.canonical import Canonical
from ocianalyze.inventory.verify_digests import CONTENTS, PROGRAMS, digests
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.package import Package
from ocianalyze.model.verification import Difference, RecordKind, Verification

MOST = 10_000
"""Differences kept of one image; the rest is counted."""
_PATHS = 1 << 26
"""Characters of recorded paths; what is recorded beyond them is not compared."""
_HOPS = 40
_EMPTY = {16: hashlib.md5(b"", usedforsecurity=False).digest(),
          20: hashlib.sha1(b"", usedforsecurity=False).digest()}  # fmt: skip
_Row = tuple[str, str, int, int, str | None, int]
_FIELDS = ("path", "kind", "member", "size", "sha256", "mode")


_Record = tuple[bytes, RecordKind, int]
"""One recorded digest, its kind, and whose it is: an index into the owners."""
_Owner = tuple[str, str, str, str]
"""Type, name, architecture, location."""


@dataclass(slots=True)
class _Comparison:
    """All records of one image, and what became of them."""

    view: ImageView
    tops: Mapping[str, str]
    """Where the links at the top of the tree lead (usr-merge), the way of most records."""
    canonical: Canonical
    result: Verification = field(default_factory=Verification)
    owners: list[_Owner] = field(default_factory=list)
    records: dict[str, _Record] = field(default_factory=dict)
    """By path as it is valid Unicode (`ocianalyze.filesystem.columns.plain`)."""
    shared: dict[str, list[_Record]] = field(default_factory=dict)
    """All records of the paths that have several."""
    recorded_as: dict[str, str] = field(default_factory=dict)
    """Paths with other bytes, as recorded."""
    linked: list[tuple[str, _Record]] = field(default_factory=list)
    """What is recorded behind links at the top of the tree."""
    others: set[str] = field(default_factory=set)
    """Paths that a look at plain files does not settle: of other kinds, with odd bytes, shared."""
    packages: dict[_Owner, Package] = field(default_factory=dict)
    room: int = field(default_factory=lambda: _PATHS)

    def take(self, all_records: Iterable[Records]) -> None:
        """Take what the databases record."""
        behind = tuple(f"{top}/" for top in self.tops)
        for records in all_records:
            if records.problem:
                self.result.problems.append(f"{records.type} {records.name}: {records.problem}")
            self.owners.append((records.type, records.name, records.arch, records.location))
            files = [(path, (digest, kind, len(self.owners) - 1))
                     for path, digest, kind in records.files]  # fmt: skip
            count = len(files) if self._take_plain(files, behind) else self._take(files, behind)
            if count:
                before = self.result.types.get(records.type, 0)
                self.result.types[records.type] = before + count
                self.result.recorded += count

    def _take_plain(self, files: Sequence[tuple[str, _Record]], behind: tuple[str, ...]) -> bool:
        """Take at once what is recorded for the first time, and where it lies."""
        mine = dict(files)
        text = "\n".join(mine)
        is_behind = any(f"\n{top}" in text for top in behind) or text.startswith(behind)
        if is_behind or len(mine) < len(files) or len(text) > self.room or not text.isascii():
            return False
        if not self.records.keys().isdisjoint(mine):
            return False
        self.records |= mine
        self.room -= len(text)
        return True

    def _take(self, files: Iterable[tuple[str, _Record]], behind: tuple[str, ...]) -> int:
        """Return how many there were."""
        count = 0
        for path, record in files:
            self.room -= len(path)
            if self.room < 0:
                self.result.problems.append("packages record more paths than are compared")
                break
            count += 1
            if path.startswith(behind):
                self.linked.append((path, record))
            else:
                self._add(path, record)
        return count

    def _add(self, path: str, record: _Record) -> None:
        key = path
        if not path.isascii():
            self.recorded_as[key := plain(path)] = path
            self.others.add(key)
        if (found := self.records.setdefault(key, record)) is not record:
            self.shared.setdefault(key, [found]).append(record)
            self.others.add(key)

    def compare(self) -> Verification:
        """Compare every visible file, then what lies behind links or nowhere."""
        self._unlink()
        for layer in self.view.layers:
            self._layer(self.view.tree, layer.index)
        if self.records:
            self._rest()
        return self.result

    def _unlink(self) -> None:
        """Follow the links at the top of the tree."""
        tops = {f"{top}/": f"{real}/" for top, real in self.tops.items()}
        for path, record in self.linked:
            cut = path.index("/") + 1
            self._add(tops[path[:cut]] + path[cut:], record)

    def _layer(self, tree: Tree, index: int) -> None:
        """Compare the plain files of one layer; links have a way of their own."""
        made = {**tree.observed_in(index, PROGRAMS), **tree.observed_in(index, CONTENTS)}
        take, match, unhashed = self.records.pop, 0, 0
        rows = tree.table(index, _FIELDS, visible=True)
        for row in rows:
            path, kind, member, size, sha256, mode = cast("_Row", row)
            if kind != "file":
                self.others.add(path)
                continue
            if (one := take(path, None)) is None:
                continue
            records = self._all(path, one)
            for record in records:
                expected = record[0]
                if len(expected) == 32:
                    told: bytes | None = bytes.fromhex(sha256) if sha256 else None
                elif not size:
                    told = _EMPTY[len(expected)]
                else:
                    told = _told(made.get(member), len(expected))
                if told == expected:
                    match += 1
                    if mode & 0o6000:
                        self._note_privileged(path)
                elif told is None:
                    unhashed += 1
                else:
                    self._differs(path, records, record)
        self.result.matched += match
        self.result.unhashed += unhashed

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
                    missing.append(Difference(path, None, self._package(one), one[1]))
                else:
                    unlisted += 1
                continue
            where, records = canonical.path(self.recorded_as.get(path, path)), self._all(path, one)
            entry = self._followed(where, one)
            for record in records:
                self._one(path, entry, record, records)
        self.result.unlisted += unlisted

    def _all(self, path: str, one: _Record) -> Sequence[_Record]:
        return self.shared.get(path) or (one,)

    def _followed(self, where: str, record: _Record) -> Entry | None:
        """Return what is read at a path; apk records the targets of links, others never do."""
        tree = self.view.tree
        entry = tree.get(where)
        if entry is None or entry.kind is not Kind.SYMLINK:
            return entry
        return entry if self.owners[record[2]][0] == "apk" else tree.resolve(where)

    def _one(
        self, path: str, entry: Entry | None, record: _Record, all_: Sequence[_Record]
    ) -> None:
        if entry is None or entry.kind is Kind.DIRECTORY:
            self._note(self.result.missing, Difference(path, None, self._package(record),
                                                       record[1]))  # fmt: skip
            return
        told = self._digest(entry, len(record[0]))
        if told == record[0]:
            self.result.matched += 1
            if entry.mode & 0o6000:
                self._note_privileged(entry.path)
        elif told is None:
            self.result.unhashed += 1
        else:
            self._differs(path, all_, record, entry)

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
        return _told(tree.observed(PROGRAMS, entry) or tree.observed(CONTENTS, entry), length)

    def _differs(
        self, path: str, records: Sequence[_Record], record: _Record, entry: Entry | None = None
    ) -> None:
        """Keep one file with another content, and whose content it has instead."""
        if entry is None:
            entry = self.view.tree.get(self.recorded_as.get(path, path))
        others = (x for x in records if x is not record)
        same = (x for x in others if entry and self._digest(entry, len(x[0])) == x[0])
        instead = next(same, None)
        replaced_by = self._package(instead) if instead else None
        found = Difference(path, entry, self._package(record), record[1], replaced_by)
        self._note(self.result.changed, found)

    def _note_privileged(self, path: str) -> None:
        if len(self.result.privileged) < MOST:
            self.result.privileged.add(path)

    def _note(self, differences: list[Difference], found: Difference) -> None:
        if len(differences) < MOST:
            differences.append(found)
        else:
            self.result.unlisted += 1

    def _package(self, record: _Record) -> Package | None:
        if not self.packages:
            self.packages = dict(_by_owner(self.view.packages()))
        owner = self.owners[record[2]]
        return self.packages.get(owner) or self.packages.get((owner[0], owner[1], "", owner[3]))


def verify(
    view: ImageView, catalogers: Iterable[Cataloger], canonical: Canonical | None = None
) -> Verification:
    """Compare the files of the final filesystem with what package databases record of them.

    Args:
        view: of the image.
        catalogers: whose databases are asked.
        canonical: which directories of the image are known already.

    """
    comparison = _Comparison(view, _tops(view.tree), canonical or Canonical(view.tree))
    for cataloger in catalogers:
        if cataloger.records is None:
            continue
        names = [observer.name for observer in cataloger.observers]
        kept = [each for name in names for each in _visible(view.tree, name)]
        try:
            comparison.take(cataloger.records(kept))
        except (ValueError, LookupError, TypeError, AttributeError) as damage:
            comparison.result.problems.append(f"{cataloger.name}: {damage}")
    return comparison.compare()


def _tops(tree: Tree) -> dict[str, str]:
    """Return the links at the top of the tree, and where they lead."""
    links = (entry.path for entry in tree.listing("") if entry.kind is Kind.SYMLINK)
    return {top: real for top in links if (real := tree.real(top))}


def _visible(tree: Tree, observer: str) -> Iterator[Kept]:
    for entry, value in tree.observations(observer):
        if entry.state is State.VISIBLE:
            yield Kept(observer, entry.path, value, complete=True)


def _told(value: bytes | None, length: int) -> bytes | None:
    """Return the digest of a length that an observer made, None when it made none."""
    if value is None:
        return None
    md5, sha1 = digests(value)
    return (md5 if length == len(md5) else sha1 if length == len(sha1) else None) or None


def _by_owner(packages: Iterable[Package]) -> Mapping[_Owner, Package]:
    found: dict[_Owner, Package] = {}
    for package in packages:
        mine = package.found
        for arch in (mine.arch, ""):
            found.setdefault((mine.type, mine.name, arch, mine.location), package)
    return found

"""Contents of package files against the digests that the image's own package databases record.

SHA-256 (rpm, Python's RECORD) is the walk's; MD5 and SHA-1 (dpkg, apk) are there for what
`ocianalyze.inventory.verify_digests` looked at. A match shows that a file is as the database says;
who wrote the database, it does not show.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from ocianalyze.filesystem.columns import plain
from ocianalyze.filesystem.view import ImageView, Tree
from ocianalyze.inventory._base import Cataloger, Kept, Recorded, Records
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


class _Record(NamedTuple):
    """One recorded digest, and whose it is."""

    digest: bytes
    kind: RecordKind
    owner: int
    """Index into the owners."""


_Owner = tuple[str, str, str, str]
"""Type, name, architecture, location."""


@dataclass(slots=True)
class _Comparison:
    """All records of one image, and what became of them."""

    view: ImageView
    result: Verification = field(default_factory=Verification)
    owners: list[_Owner] = field(default_factory=list)
    records: dict[str, list[_Record]] = field(default_factory=dict)
    """By path as it is valid Unicode (`ocianalyze.filesystem.columns.plain`)."""
    recorded_as: dict[str, str] = field(default_factory=dict)
    """Paths with other bytes, as recorded."""
    packages: dict[_Owner, Package] = field(default_factory=dict)
    room: int = field(default_factory=lambda: _PATHS)

    def take(self, all_records: Iterable[Records]) -> None:
        """Take what the databases record."""
        for records in all_records:
            if records.problem:
                self.result.problems.append(f"{records.type} {records.name}: {records.problem}")
            self.owners.append((records.type, records.name, records.arch, records.location))
            self._take(records.type, records.files, len(self.owners) - 1)

    def _take(self, type_: str, files: Iterable[Recorded], owner: int) -> None:
        before = self.result.recorded
        for path, digest, kind in files:
            self.room -= len(path)
            if self.room < 0:
                self.result.problems.append("packages record more paths than are compared")
                break
            self.result.recorded += 1
            key = path
            if not path.isascii():
                key = plain(path)
                self.recorded_as[key] = path
            record = _Record(digest, kind, owner)
            if self.records.setdefault(key, found := [record]) is not found:
                self.records[key].append(record)
        count = self.result.recorded - before
        if count:
            self.result.types[type_] = self.result.types.get(type_, 0) + count

    def compare(self) -> Verification:
        """Compare every visible file, then what lies behind links or nowhere."""
        self._unlink()
        for layer in self.view.layers:
            self._layer(self.view.tree, layer.index)
        if self.records:
            self._rest()
        return self.result

    def _unlink(self) -> None:
        """Follow the links at the top of the tree (usr-merge), the way of most records."""
        tops = {path.partition("/")[0] for path in self.records}
        tree = self.view.tree
        links = {}
        for top in tops:
            entry = tree.get(top)
            if entry is not None and entry.kind is Kind.SYMLINK and (real := tree.real(top)):
                links[top] = real
        if not links:
            return
        moved = [path for path in self.records if path.partition("/")[0] in links]
        for path in moved:
            top, _, rest = path.partition("/")
            where = f"{plain(links[top])}/{rest}"
            self.records.setdefault(where, []).extend(self.records.pop(path))
            if path in self.recorded_as:
                self.recorded_as[where] = f"{links[top]}/{self.recorded_as[path].partition('/')[2]}"

    def _layer(self, tree: Tree, index: int) -> None:
        """Compare the plain files of one layer; links have a way of their own."""
        made = {**tree.observed_in(index, PROGRAMS), **tree.observed_in(index, CONTENTS)}
        take, match, unhashed = self.records.pop, 0, 0
        rows = tree.table(index, _FIELDS, visible=True)
        for row in rows:
            path, kind, member, size, sha256, mode = cast("_Row", row)
            if kind != "file" or (records := take(path, None)) is None:
                continue
            for record in records:
                expected = record.digest
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
        canonical = Canonical(self.view.tree)
        for path, records in self.records.items():
            where = canonical.path(self.recorded_as.get(path, path))
            entry = self._followed(where, records[0])
            for record in records:
                self._one(path, entry, record, records)

    def _followed(self, where: str, record: _Record) -> Entry | None:
        """Return what is read at a path; apk records the targets of links, others never do."""
        tree = self.view.tree
        entry = tree.get(where)
        if entry is None or entry.kind is not Kind.SYMLINK:
            return entry
        return entry if self.owners[record.owner][0] == "apk" else tree.resolve(where)

    def _one(self, path: str, entry: Entry | None, record: _Record, all_: list[_Record]) -> None:
        if entry is None or entry.kind is Kind.DIRECTORY:
            self._note(self.result.missing, Difference(path, None, self._package(record),
                                                       record.kind))  # fmt: skip
            return
        told = self._digest(entry, len(record.digest))
        if told == record.digest:
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
        if len(self.result.changed) >= MOST:
            self.result.unlisted += 1
            return
        if entry is None:
            entry = self.view.tree.get(self.recorded_as.get(path, path))
        others = (x for x in records if x is not record)
        instead = next((x for x in others if entry and self._digest(entry, len(x.digest))
                        == x.digest), None)  # fmt: skip
        replaced_by = self._package(instead) if instead else None
        found = Difference(path, entry, self._package(record), record.kind, replaced_by)
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
        owner = self.owners[record.owner]
        return self.packages.get(owner) or self.packages.get((owner[0], owner[1], "", owner[3]))


def verify(view: ImageView, catalogers: Iterable[Cataloger]) -> Verification:
    """Compare the files of the final filesystem with what package databases record of them."""
    comparison = _Comparison(view)
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

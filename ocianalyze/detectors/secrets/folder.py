"""Secrets of plain files: a folder, or one file, read as if it were one layer.

Links are looked at and not followed; devices, pipes and sockets are not opened. What cannot be read
is told, not passed over.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.hits import Hit, hit, pack
from ocianalyze.detectors.secrets.inside import amid, inner
from ocianalyze.detectors.secrets.inside.amid import Amid
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.detectors.secrets.sieve import NAME
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.view import ImageView, LayerView
from ocianalyze.layers.attention import Attention, Open
from ocianalyze.layers.observer import Seen
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import NO_DIGEST, Entries, LayerFacts
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import History
from ocianalyze.model.observation import Observation, Observations
from ocianalyze.model.oci import Platform
from ocianalyze.model.secret import Secret, Where

_PIECE = 1 << 20
_HEAD = 512
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_PROBLEMS = 100
"""Told one by one; more are counted."""
_NOWHERE = Digest("sha256:" + "0" * 64)


class Found(NamedTuple):
    """What a folder holds."""

    secrets: tuple[Secret, ...]
    """Places have neither layer nor state."""
    files: int
    size: int
    """Bytes."""
    problems: tuple[str, ...]
    """What was not read, and why."""
    unread: tuple[Finding, ...]
    """What nobody looked into, without layers."""


class _File(NamedTuple):
    """One file or link of the folder."""

    path: bytes
    """Relative to the folder."""
    place: str
    """Where the system finds it."""
    status: os.stat_result


def read_folder(root: Path, seeking: Seeking) -> Found:
    """Return the secrets of a folder and all below it, or of one file."""
    seeking.allowance.begin(seeking.limits)
    reading = _Reading(seeking)
    for file in reading.files(root):
        reading.take(file)
    view = reading.view()
    found = seeking.secrets(view, ())
    unread = seeking.unread(view, found)
    return Found(
        tuple(map(_bare, found.secrets)),
        reading.count,
        reading.size,
        tuple(reading.problems),
        tuple(replace(one, layer=None, step=None, state=None) for one in unread),
    )


def _is_first(at: int, _before: bytes) -> bool:
    """Tell the beginning of a file, by which others recognise it."""
    return at == 0


def _bare(secret: Secret) -> Secret:
    """Return a secret without what only an image has."""
    places = tuple(replace(place, layer=None, state=None) for place in secret.places)
    return replace(secret, places=places)


@dataclass(slots=True)
class _Reading:
    """The files so far, as the one layer of an image."""

    seeking: Seeking
    count: int = 0
    size: int = 0
    problems: list[str] = field(default_factory=list)
    _entries: Entries = field(default_factory=Entries)
    _directories: dict[bytes, int] = field(default_factory=lambda: {b"": 0})
    _found: Observations = field(default_factory=Observations)
    _closed: Observations = field(default_factory=Observations)
    _attention: Attention = field(init=False)

    def __post_init__(self) -> None:
        """Turn to what looks at single files."""
        self._attention = Attention(self.seeking.limits, self.seeking.observers())

    def files(self, root: Path) -> Iterator[_File]:
        """Yield files and links by name, each directory's before those below it."""
        status = self._status(root.stat, str(root))
        if status is None:
            return
        if not stat.S_ISDIR(status.st_mode):
            yield _File(os.fsencode(root.name), str(root.resolve()), status)
            return
        waiting = [(b"", str(root), 0)]
        while waiting:
            above, place, depth = waiting.pop()
            below = []
            for entry in self._listing(place):
                path = os.path.join(above, os.fsencode(entry.name))  # noqa: PTH118 - bytes
                status = self._status(partial(entry.stat, follow_symlinks=False), entry.path)
                if status is None:
                    continue
                if not stat.S_ISDIR(status.st_mode):
                    yield _File(path, entry.path, status)
                elif depth < self.seeking.limits.path_depth:
                    below.append((path, entry.path, depth + 1))
                else:
                    self._tell(entry.path, "lies too deep (limit path-depth)")
            waiting += reversed(below)

    def take(self, file: _File) -> None:
        """Search one file, or what a link says."""
        if len(self._entries) >= self.seeking.limits.layer_entries:
            self._tell(file.place, "not read (limit layer-entries)")
            return
        hits = self._hits("path", Search(self.seeking.engine).find(file.path))
        if stat.S_ISLNK(file.status.st_mode):
            target = self._target(file)
            self._add(file, Kind.SYMLINK, target)
            hits += self._hits("link", Search(self.seeking.engine).find(target))
        elif stat.S_ISREG(file.status.st_mode):
            self._add(file, Kind.FILE)
            hits += self._content(file)
        if hits:
            self._found.append(Observation(len(self._entries) - 1, pack(hits)))

    def view(self) -> ImageView:
        """Return what was read as an image."""
        self._entries.freeze()
        found = {NAME: self._found, inner.CLOSED: self._closed}
        facts = LayerFacts(
            digest=_NOWHERE,
            size=0,
            diff_id=_NOWHERE,
            raw_size=0,
            compression="none",
            flavour="",
            entries=self._entries,
            observations={**self._attention.observations, **found},
        )
        tree = MergedTree([facts], filetype.TYPES, self.seeking.limits)
        layer = LayerView(0, None, None, 0, self.size, "none", "", len(self._entries), "", "", None)
        return ImageView(None, Platform(os="", architecture=""), History(()), (layer,), tree)

    def _status(self, ask: Callable[[], os.stat_result], place: str) -> os.stat_result | None:
        """Return what a file is; None, and a problem, when it went away."""
        try:
            return ask()
        except OSError as error:
            self._tell(place, error.strerror or "cannot be read")
            return None

    def _target(self, file: _File) -> bytes:
        """Return what a link says; empty, and a problem, when it went away."""
        try:
            return os.fsencode(os.readlink(file.place))  # noqa: PTH115 - text is enough
        except OSError as error:
            self._tell(file.place, error.strerror or "cannot be read")
            return b""

    def _listing(self, place: str) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(place) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self._tell(place, error.strerror or "cannot be read")
            return []

    def _content(self, file: _File) -> list[Hit]:
        try:
            descriptor = os.open(file.place, _OPEN)
        except OSError as error:
            self._tell(file.place, error.strerror or "cannot be opened")
            return []
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return []
            return self._searched(file, descriptor)
        except OSError as error:
            self._tell(file.place, error.strerror or "cannot be read to its end")
            return []
        finally:
            os.close(descriptor)

    def _searched(self, file: _File, descriptor: int) -> list[Hit]:
        """Read a content once, for the search and for whoever looks inside."""
        seeking = self.seeking
        within = Amid(
            seeking.engine, seeking.allowance, _is_first, seeking.small, bare=seeking.bare
        )
        search = Search(seeking.engine, file.path, along=within.feed)
        piece = os.read(descriptor, _PIECE)
        taps = self._taps(file, piece) if piece else []
        found: list[Proved] = []
        self.count += 1
        while piece and self.size < seeking.limits.layer_bytes:
            self.size += len(piece)
            self._attention.feed(taps, piece)
            found += search.feed(piece)
            piece = os.read(descriptor, _PIECE)
        found += search.close()
        entry = len(self._entries) - 1
        self._attention.close(taps, entry, whole=not piece)
        within.close()
        self._tell_closed(entry, file.path, search, within)
        if piece:
            self._tell(file.place, "not read to its end (limit layer-bytes)")
        if search.exhausted:
            self._tell(file.place, inner.TOO_MANY)
        if within.is_full:
            self._tell(file.place, "has more beginnings of gzip members than are looked at")
        insides = (amid.placed(one, at) for at, one in within.found)
        return [*self._hits("content", found), *insides]

    def _tell_closed(self, entry: int, path: bytes, search: Search, within: Amid) -> None:
        """Tell what nobody looked into in a file."""
        allowance = self.seeking.allowance
        ends = ((entry, path) for _ in search.archives)
        left = [
            (entry, amid.left(one, at))
            for at, one in within.unread()
            if at < allowance.inflated_in.get(path, at + 1)
        ]
        closed = inner.closed(ends, allowance.entered, left)
        for each, value in closed.items():
            self._closed.append(Observation(each, value))

    def _taps(self, file: _File, piece: bytes) -> list[Open]:
        directory, _, name = file.path.rpartition(b"/")
        head = piece[:_HEAD].ljust(4, b"\0")
        who = self._attention.interested(directory, name, head)
        seen = Seen(file.path, file.status.st_size, stat.S_IMODE(file.status.st_mode))
        return self._attention.open(who, seen, memoryview(head)) if who else []

    def _hits(self, where: Where, found: list[Proved]) -> list[Hit]:
        bare = self.seeking.bare
        return [hit(one, where, one.start, secret=one.secret, bare=bare) for one in found]

    def _add(self, file: _File, kind: Kind, target: bytes = b"") -> None:
        """Add an entry to the columns."""
        entries, status = self._entries, file.status
        directory, _, name = file.path.rpartition(b"/")
        if directory not in self._directories:
            self._directories[directory] = len(entries.directories)
            entries.directories.append(directory)
        if target:
            entries.links.set(len(entries), target)
        entries.parent.append(self._directories[directory])
        entries.names.append(name)
        entries.kind.append(ord(kind))
        entries.mode.append(stat.S_IMODE(status.st_mode))
        for column in (entries.uid, entries.gid, entries.uname, entries.gname):
            column.append(0)
        for column in (entries.mtime, entries.nanos, entries.offset):
            column.append(0)
        entries.size.append(status.st_size)
        entries.sha256 += NO_DIGEST
        entries.file_type.append(0)

    def _tell(self, place: str, reason: str) -> None:
        if len(self.problems) < _PROBLEMS:
            self.problems.append(f"{place}: {reason}")
        elif len(self.problems) == _PROBLEMS:
            self.problems.append("more files were not read")

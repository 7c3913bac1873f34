"""The outer tar, indexed without reading its contents.

The index keeps names end to end and one offset for each member, some 50 bytes a member; what a
member is, is read again from its header when it is asked for.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ocianalyze.errors import LimitExceeded, NotAnImage
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.strings import Strings
from ocianalyze.sources._base import StoredFile
from ocianalyze.sources._blob import BytesBlob, FileRange
from ocianalyze.sources._foreign import no_tar
from ocianalyze.sources._member import BLOCK, Member, Window, is_header, normal, read_member
from ocianalyze.sources._spool import Outer

DOCUMENTS = frozenset({b"manifest.json", b"index.json", b"oci-layout", b"repositories"})
"""Names by which an image archive is known."""
HEADERS = "headers and padding of the archive"
BEHIND = "bytes behind the archive's last member"
_BETWEEN = 1 << 20
"""Bytes of headers and padding that are shown at once."""
_LONGEST = 16 << 20
"""Of the headers of one member, which extended ones make long."""
_COMPARED = 1 << 20
"""Bytes of two members that are compared at once."""
_DIFFER = (
    "the last one counts, as for docker load; "
    "skopeo and podman load take the first of a docker archive"
)
_UP = frozenset({b"../", b".."})
_GAP = b"\n\0\n"
_INDEX_BITS = 24
_INDEX_MASK = (1 << _INDEX_BITS) - 1
_AFTER_END = 1 << 20
"""Bytes after the end of the archive that are looked at; GNU tar pads to 10 KiB."""


class TarArchive:
    """An open tar: its members by name, its documents, what is odd about it."""

    __slots__ = (
        *("_asked", "_documents", "_keys", "_limits", "_names", "_odd", "_outer", "_starts"),
        "_window",
    )

    def __init__(self, outer: Outer, limits: Limits) -> None:
        """Index an open file, which the archive owns from now on.

        Raises:
            NotAnImage: the file is no tar or has no members.
            LimitExceeded: it has more members than are allowed.

        """
        self._outer = outer
        self._limits = limits
        self._window = Window(outer.file.fileno())
        self._odd: list[Anomaly] = list(outer.anomalies)
        self._names = Strings()
        self._starts = array("Q")
        self._documents: dict[str, None] = {}
        self._keys: array[int] | None = None
        self._asked: set[bytes] = set()
        try:
            self._index()
        except BaseException:
            self.close()
            raise

    def _index(self) -> None:
        if not is_header(self._window.read(0, BLOCK)):
            raise no_tar(self._window.read(0, BLOCK), self._outer.place, self._outer.within)
        at = 0
        bound = min(self._limits.archive_members, _INDEX_MASK)
        while member := read_member(self._window, at, self._limits, self._odd):
            if len(self._starts) >= bound:
                raise LimitExceeded(
                    f"more than {bound} members", place=self._outer.place, limit="archive_members"
                )
            self._note(member, at)
            at = member.end
        if not self._starts:
            raise NotAnImage("the archive is empty", place=self._outer.place)
        self._look_after(at)

    def _note(self, member: Member, at: int) -> None:
        self._names.append(member.name)
        self._starts.append(at)
        if member.kind != "directory" and _is_document(member) and self._has_room(member.name):
            self._documents[_text(member.name)] = None
        if member.name[:3] in _UP:
            self._odd.append(Anomaly("archive.path-escapes", "", member.name, at))
        if member.data + member.size > self._window.size:
            missing = member.data + member.size - self._window.size
            self._odd.append(
                Anomaly("tar.truncated", f"{missing} bytes are missing", member.name, at)
            )

    def _has_room(self, name: bytes) -> bool:
        """Tell whether a document is noted: at the top always, else no more than images."""
        return b"/" not in name or len(self._documents) < self._limits.images

    def _look_after(self, at: int) -> None:
        """Look for bytes behind the end mark, which other readers may see as members."""
        if self._window.read(at, BLOCK).strip(b"\0"):
            return
        rest = self._window.read(at, _AFTER_END)
        if rest.strip(b"\0"):
            self._odd.append(Anomaly("tar.data-after-end", "in the outer archive", offset=at))

    def forget_members(self) -> None:
        """Let go of the index of an archive that is read as a whole."""
        self._names, self._starts, self._keys = Strings(), array("Q"), None

    @property
    def names(self) -> Sequence[str]:
        """Normalised names of all members in file order, made anew each time."""
        return tuple(_text(name) for name in self._names)

    @property
    def documents(self) -> Sequence[str]:
        """Members called like an image's documents, in whatever folder."""
        return tuple(self._documents)

    @property
    def whole(self) -> FileRange:
        """The tar itself."""
        return self._outer.whole

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """What is odd about the archive, names that occur twice included."""
        return (*self._odd, *self._duplicates())[: self._limits.anomalies]

    def find(self, name: str) -> FileRange | None:
        """Return a member's bytes, links inside the archive followed; None when absent.

        Of several members with the name the last one counts, as it does for `docker load`. What is
        found is no longer one of `others`.
        """
        wanted = normal(name.encode("utf-8", "surrogateescape"))
        for _ in range(self._limits.link_hops + 1):
            member = self._member(wanted)
            elsewhere = self._behind(wanted) if member is None else None
            if elsewhere is not None:
                wanted = elsewhere
            elif member is None or member.kind in {"directory", "other"}:
                return None
            elif member.kind == "file":
                return self._range(member)
            else:
                wanted = _target(member)
        return None

    def _behind(self, name: bytes) -> bytes | None:
        """Return a name with the symbolic link resolved that is one of its folders, if any is."""
        parts = name.split(b"/")
        for depth in range(1, min(len(parts), self._limits.path_depth)):
            folder = self._member(b"/".join(parts[:depth]))
            if folder is not None and folder.kind == "symlink":
                return b"/".join((_target(folder), *parts[depth:])).lstrip(b"/")
        return None

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a small member whole; None when absent.

        Raises:
            LimitExceeded: it is larger than `limit`.

        """
        found = self.find(name)
        if found is None:
            return None
        if found.size > limit:
            raise LimitExceeded(
                f"document of more than {limit} bytes",
                place=f"{self._outer.place}: {name}",
                limit="document_bytes",
            )
        return self._window.read(found.offset, found.size)

    def files(self) -> Iterator[StoredFile]:
        """Yield every member with content, of equal names all, and what lies between them."""
        between, at = bytearray(), 0
        for start in self._starts:
            member = read_member(self._window, start, self._limits, [])
            if member is None:
                break
            between += self._between(at, member.data)
            if member.size:
                yield StoredFile(_text(member.name), self._range(member))
            at = min(member.data + member.size, self._window.size)
            if len(between) > _BETWEEN:
                yield _headers(between)
                between = bytearray()
        end = min(-(-at // BLOCK) * BLOCK, self._window.size)
        yield _headers(between + self._between(at, end))
        yield StoredFile(
            BEHIND, replace(self._outer.whole, offset=end, size=self._window.size - end)
        )

    def _between(self, start: int, end: int) -> bytes:
        """Return headers and padding; of long ones the beginning, as far as they are read."""
        return _GAP + self._window.read(start, max(0, min(end - start, _LONGEST)))

    def close(self) -> None:
        """Close the file and remove what was spooled; again is harmless."""
        self._outer.file.close()

    def others(self, usual: Callable[[str], bool]) -> Iterator[StoredFile]:
        """Yield members that nobody has found, directories and empty files left out.

        Args:
            usual: tells names that are there without being asked for.

        """
        for index, name in enumerate(self._names):
            if name in self._asked or usual(_text(name)):
                continue
            member = read_member(self._window, self._starts[index], self._limits, [])
            if member and (member.size or member.kind not in {"file", "directory"}):
                link = _text(member.link) or member.kind * (member.kind != "file")
                yield StoredFile(_text(name), self._range(member), link)

    def beginnings(self, least: int) -> Iterator[tuple[StoredFile, bytes]]:
        """Yield all files of some bytes at least, each with its first block."""
        for start in self._starts:
            member = read_member(self._window, start, self._limits, [])
            if member and member.kind == "file" and member.size >= least:
                found = self._range(member)
                head = self._window.read(found.offset, min(BLOCK, found.size))
                yield StoredFile(_text(member.name), found), head

    def _range(self, member: Member) -> FileRange:
        available = max(min(member.size, self._window.size - member.data), 0)
        return FileRange(
            self._outer.whole.path, member.data, available, member.size, self._outer.whole.stamp
        )

    def _member(self, name: bytes) -> Member | None:
        """Return the last member of a name."""
        keys = self._sorted_keys()
        bucket = hash(name) << _INDEX_BITS & 0xFFFF_FFFF_FFFF_FFFF
        at = bisect_right(keys, bucket | _INDEX_MASK) - 1
        while at >= 0 and keys[at] & ~_INDEX_MASK == bucket:
            index = keys[at] & _INDEX_MASK
            if self._names[index] == name:
                self._asked.add(name)
                return read_member(self._window, self._starts[index], self._limits, [])
            at -= 1
        return None

    def _sorted_keys(self) -> "array[int]":
        """Return 40 bits of each name's hash with its index, sorted; made when first needed."""
        if self._keys is None:
            self._keys = array(
                "Q",
                sorted(
                    (hash(name) << _INDEX_BITS & 0xFFFF_FFFF_FFFF_FFFF) | index
                    for index, name in enumerate(self._names)
                ),
            )
        return self._keys

    def _duplicates(self) -> list[Anomaly]:
        found: list[Anomaly] = []
        for low, high in pairwise(self._sorted_keys()):
            if (low ^ high) >> _INDEX_BITS or len(found) >= self._limits.anomalies:
                continue
            first, last = low & _INDEX_MASK, high & _INDEX_MASK
            if self._names[first] == self._names[last]:
                found += self._again(self._starts[first], self._starts[last])
        return sorted(found, key=lambda anomaly: anomaly.offset)

    def _again(self, before: int, at: int) -> Iterator[Anomaly]:
        """Yield that the member at an offset has the name of one before it."""
        first, last = (read_member(self._window, x, self._limits, []) for x in (before, at))
        if first is None or last is None or last.kind == "directory":
            return
        if self._is_same(first, last):
            yield Anomaly("tar.duplicate", "in the outer archive, with equal bytes", last.name, at)
        else:
            images = ", which may name other images" if last.name in DOCUMENTS else ""
            yield Anomaly("tar.members-differ", _DIFFER + images, last.name, at)

    def _is_same(self, first: Member, last: Member) -> bool:
        """Compare two members to their ends; no byte of an archive is read more than twice."""
        if (first.kind, first.link, first.size) != (last.kind, last.link, last.size):
            return False
        return all(
            self._window.read(first.data + at, min(_COMPARED, last.size - at))
            == self._window.read(last.data + at, min(_COMPARED, last.size - at))
            for at in range(0, last.size, _COMPARED)
        )


def _headers(data: bytes | bytearray) -> StoredFile:
    return StoredFile(HEADERS, BytesBlob(bytes(data)))


def _is_document(member: Member) -> bool:
    """Tell a document of an image; the old archives' are called `<64 hex digits>/json`."""
    folder, _, base = member.name.rpartition(b"/")
    return base in DOCUMENTS or (base == b"json" and len(folder) == 64)


def _target(member: Member) -> bytes:
    """Return the name that a link leads to, kept inside the archive."""
    if member.kind == "hardlink" or member.link.startswith(b"/"):
        return normal(member.link)
    parts = member.name.split(b"/")[:-1]
    for part in member.link.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/".join(parts)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")

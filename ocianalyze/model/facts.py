"""LayerFacts: everything one pass over a layer's bytes found out, in columns.

A pure function of the layer's stored bytes and `FACTS_VERSION` (and of the limits, when one was
reached), but for the digests beside sha256, which are those that were asked for. Columns keep a
million entries near 100 bytes each; rows are made on demand.
"""

from array import array
from collections.abc import Iterable
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.media_type import Compression
from ocianalyze.model.numbers import narrowed
from ocianalyze.model.observation import Observations
from ocianalyze.model.strings import Sparse, Strings

FACTS_VERSION = 4
"""Raise it whenever the same bytes would give other facts."""

NUMBERS = (
    *("parent", "mode", "uid", "gid", "uname", "gname"),
    *("mtime", "nanos", "size", "offset"),
)
"""Columns of numbers."""

NO_DIGEST = bytes(32)
"""What stands in the sha256 column of an entry without content."""


@dataclass(slots=True)
class Entries:
    """The entries of one layer as columns of equal length, in the order of the tar.

    A path is `directories[parent[i]] + b"/" + names[i]`. Whiteouts carry the name that they hide,
    opaque whiteouts an empty name in the directory that they empty; the root directory itself is
    the empty name in directory 0, whose path is empty.
    """

    directories: list[bytes] = field(default_factory=lambda: [b""])
    """Normalised paths of every parent, without leading or trailing slash."""
    parent: "array[int]" = field(default_factory=lambda: array("I"))
    names: Strings = field(default_factory=Strings)
    kind: bytearray = field(default_factory=bytearray)
    """`Kind` values, one ASCII byte each."""
    mode: "array[int]" = field(default_factory=lambda: array("H"))
    uid: "array[int]" = field(default_factory=lambda: array("I"))
    gid: "array[int]" = field(default_factory=lambda: array("I"))
    uname: "array[int]" = field(default_factory=lambda: array("H"))
    """Index into `owners`."""
    gname: "array[int]" = field(default_factory=lambda: array("H"))
    owners: list[bytes] = field(default_factory=lambda: [b""])
    mtime: "array[int]" = field(default_factory=lambda: array("q"))
    """Whole seconds since 1970, rounded down."""
    nanos: "array[int]" = field(default_factory=lambda: array("I"))
    """Nanoseconds on top of `mtime`."""
    size: "array[int]" = field(default_factory=lambda: array("Q"))
    """Bytes of content, holes of a sparse file included."""
    offset: "array[int]" = field(default_factory=lambda: array("Q"))
    """Where the member's (first) header begins in the uncompressed tar."""
    sha256: bytearray = field(default_factory=bytearray)
    """32 bytes an entry, `NO_DIGEST` for what has no content."""
    file_type: bytearray = field(default_factory=bytearray)
    """Code from the classifier that the walk was given; 0 for what has no content."""
    links: Sparse = field(default_factory=Sparse)
    """Targets of symbolic links as stored; of hard links, normalised like a path."""
    xattrs: Sparse = field(default_factory=Sparse)
    """`name NUL length(decimal) NUL value` for each attribute, end to end."""
    devices: Sparse = field(default_factory=Sparse)
    """`major:minor` in decimal."""

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self.kind)

    def freeze(self) -> None:
        """Take that no entry will be added; columns then take no more room than they need."""
        self.names.freeze()
        for name in NUMBERS:
            setattr(self, name, narrowed(getattr(self, name)))
        for few in (self.links, self.xattrs, self.devices):
            few.values.freeze()

    def path(self, entry: int) -> bytes:
        """Return the path of one entry, without a leading slash."""
        directory = self.directories[self.parent[entry]]
        name = self.names[entry]
        return directory + b"/" + name if directory and name else directory or name

    def digest(self, entry: int) -> str:
        """Return the sha256 of one entry's content as hex, empty when it has none."""
        raw = self.sha256[entry * 32 : entry * 32 + 32]
        return "" if raw == NO_DIGEST else raw.hex()


def pack_xattrs(xattrs: dict[bytes, bytes]) -> bytes:
    """Return attributes in the form of the xattrs column."""
    return b"".join(b"%b\0%d\0%b" % (k, len(v), v) for k, v in sorted(xattrs.items()))


def unpack_xattrs(packed: bytes) -> dict[bytes, bytes]:
    """Return the attributes of one value of the xattrs column."""
    found: dict[bytes, bytes] = {}
    while packed:
        name, length, rest = packed.split(b"\0", 2)
        found[name], packed = rest[: int(length)], rest[int(length) :]
    return found


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What one pass over one layer found out."""

    digest: Digest
    """sha256 of the bytes as stored."""
    size: int
    """Bytes as stored."""
    diff_id: Digest
    """sha256 of the uncompressed tar."""
    raw_size: int
    """Bytes uncompressed."""
    compression: Compression
    """By magic bytes, not by media type."""
    flavour: str
    """`estargz`, `zstd:chunked` or empty."""
    entries: Entries
    anomalies: tuple[Anomaly, ...] = ()
    anomalies_dropped: int = 0
    """Anomalies beyond `limits.anomalies`, counted only."""
    partial: str = ""
    """Why the layer was read only in part; empty when it was read to its end."""
    unsearched: str = ""
    """Why a sieve did not look at all that was read; empty when it did. Such facts are not kept."""
    observations: dict[str, Observations] = field(default_factory=dict)
    """By observer name."""
    outside: dict[str, bytes] = field(default_factory=dict)
    """What sieves found in bytes that belong to no member, by sieve name."""
    digests: tuple[Digest, ...] = ()
    """Of the bytes as stored, by those other algorithms that documents named them by."""
    diff_ids: tuple[Digest, ...] = ()
    """Of the uncompressed tar, by the same algorithms."""

    @property
    def algorithms(self) -> frozenset[str]:
        """By what the bytes were hashed beside sha256."""
        return frozenset(digest.algorithm for digest in self.digests)

    def digest_by(self, algorithm: str) -> Digest | None:
        """Return the digest of the stored bytes; None when it was not made."""
        return _by(algorithm, (self.digest, *self.digests))

    def diff_id_by(self, algorithm: str) -> Digest | None:
        """Return the digest of the uncompressed tar; None when it was not made."""
        return _by(algorithm, (self.diff_id, *self.diff_ids))


def _by(algorithm: str, digests: Iterable[Digest]) -> Digest | None:
    return next((one for one in digests if one.algorithm == algorithm), None)

"""Tar archives block by block, for what no library writes, and ways to read them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unittest.mock import patch

from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.layers.plain import PlainRun
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.layers.walk import Walk
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.facts import Entries, LayerFacts, unpack_xattrs
from ocianalyze.model.observation import Observations
from tests.images import Bytes

BLOCK = 512
END = bytes(2 * BLOCK)
USTAR = b"ustar\x0000"
GNU = b"ustar  \0"
V7 = b""


def octal(value: int, width: int) -> bytes:
    """Return a numeric field as text."""
    return b"%0*o\0" % (width - 1, value)


def base256(value: int, width: int) -> bytes:
    """Return a numeric field in GNU's binary form."""
    if value < 0:
        return value.to_bytes(width, "big", signed=True)
    return b"\x80" + value.to_bytes(width - 1, "big")


def header(
    name: bytes = b"file",
    *,
    size: int | bytes = 0,
    flag: bytes = b"0",
    link: bytes = b"",
    mode: int | bytes = 0o644,
    uid: int | bytes = 0,
    gid: int | bytes = 0,
    mtime: int | bytes = 1_700_000_000,
    magic: bytes = USTAR,
    uname: bytes = b"",
    gname: bytes = b"",
    major: int | bytes = 0,
    minor: int | bytes = 0,
    prefix: bytes = b"",
    tail: bytes = b"",
    checksum: bytes | None = None,
) -> bytes:
    """Return one header block with a right checksum; bytes stand for a field as it is."""
    numbers = ((mode, 8), (uid, 8), (gid, 8), (size, 12), (mtime, 12))
    block = bytearray(BLOCK)
    block[:100] = name.ljust(100, b"\0")
    at = 100
    for value, width in numbers:
        field = value if isinstance(value, bytes) else octal(value, width)
        block[at : at + width] = field.ljust(width, b"\0")
        at += width
    block[156:157] = flag
    block[157:257] = link.ljust(100, b"\0")
    block[257:265] = magic.ljust(8, b"\0")
    block[265:297] = uname.ljust(32, b"\0")
    block[297:329] = gname.ljust(32, b"\0")
    if magic != V7:
        for value, start in ((major, 329), (minor, 337)):
            field = value if isinstance(value, bytes) else octal(value, 8)
            block[start : start + 8] = field.ljust(8, b"\0")
    block[345:500] = prefix.ljust(155, b"\0")
    block[512 - len(tail) :] = tail
    return summed(block, checksum)


def summed(block: bytes | bytearray, checksum: bytes | None = None) -> bytes:
    """Return a header with its checksum set."""
    block = bytearray(block)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block) if checksum is None else checksum.ljust(8, b"\0")
    return bytes(block)


def padded(content: bytes) -> bytes:
    """Return a content filled up to whole blocks."""
    return content + bytes(-len(content) % BLOCK)


def member(name: bytes = b"file", content: bytes = b"", **fields: int | bytes | None) -> bytes:
    """Return a header with its content."""
    given = {"size": len(content)} | fields
    return header(name, **given) + padded(content)  # type: ignore[arg-type]


def record(key: bytes, value: bytes) -> bytes:
    """Return one PAX record with its own length before it."""
    rest = len(key) + len(value) + 3
    length = rest + len(str(rest))
    length = rest + len(str(length))
    return b"%d %b=%b\n" % (length, key, value)


def pax(records: dict[bytes, bytes] | bytes, flag: bytes = b"x") -> bytes:
    """Return an extended header."""
    if isinstance(records, bytes):
        data = records
    else:
        data = b"".join(record(key, value) for key, value in records.items())
    return member(b"PaxHeaders/x", data, flag=flag)


def cut(data: bytes, sizes: Iterator[int] | int) -> Iterator[bytes]:
    """Yield `data` in chunks of these sizes."""
    at = 0
    while at < len(data):
        size = sizes if isinstance(sizes, int) else next(sizes)
        yield data[at : at + size]
        at += size


def random_sizes(seed: int, largest: int) -> Iterator[int]:
    """Yield sizes from 1 up for ever."""
    numbers = random.Random(seed)
    while True:
        yield numbers.randint(1, largest)


def one(_: bytes) -> int:
    """Classify everything alike."""
    return 1


def by_head(head: bytes) -> int:
    """Classify by all of the head, so that a short head shows."""
    return sum(head) % 251 + 1


def read(data: bytes, observers: Sequence[Observer] = (), limits: Limits = DEFAULT) -> LayerFacts:
    """Return the facts of a blob."""
    return read_layer(Bytes(data), Reading(observers, by_head, limits))


@dataclass(frozen=True)
class Row:
    """One entry with all its columns."""

    path: bytes
    kind: str
    mode: int
    uid: int
    gid: int
    uname: bytes
    gname: bytes
    mtime: int
    nanos: int
    size: int
    offset: int
    sha256: str
    file_type: int
    link: bytes
    device: bytes
    xattrs: tuple[tuple[bytes, bytes], ...]


def rows(entries: Entries) -> list[Row]:
    """Return all entries as rows."""
    return [
        Row(
            path=entries.path(n),
            kind=chr(entries.kind[n]),
            mode=entries.mode[n],
            uid=entries.uid[n],
            gid=entries.gid[n],
            uname=entries.owners[entries.uname[n]],
            gname=entries.owners[entries.gname[n]],
            mtime=entries.mtime[n],
            nanos=entries.nanos[n],
            size=entries.size[n],
            offset=entries.offset[n],
            sha256=entries.digest(n),
            file_type=entries.file_type[n],
            link=entries.links.get(n),
            device=entries.devices.get(n),
            xattrs=tuple(unpack_xattrs(entries.xattrs.get(n)).items()),
        )
        for n in range(len(entries))
    ]


def codes(found: LayerFacts) -> list[str]:
    """Return the codes of all anomalies."""
    return [anomaly.code for anomaly in found.anomalies]


@dataclass(frozen=True)
class Outcome:
    """All that a walk found out, to compare two walks."""

    rows: list[Row]
    anomalies: list[Anomaly]
    partial: str
    observations: dict[str, Observations]


def walk(
    chunks: Iterator[bytes],
    observers: Sequence[Observer] = (),
    limits: Limits = DEFAULT,
    *,
    plain: bool = True,
) -> Outcome:
    """Walk a tar in the given chunks, with or without the quick loop."""
    walked = Walk(chunks, observers, by_head, limits)
    if plain:
        walked.run()
    else:
        with patch.object(PlainRun, "run", lambda _: None):
            walked.run()
    progress = walked.progress
    return Outcome(
        rows(walked.columns.finish()),
        list(walked.anomalies),
        progress.partial or walked.overlooked,
        walked.attention.observations,
    )


@dataclass
class Keep:
    """A tap that keeps every piece it is shown."""

    pieces: list[bytes]
    room: int = 1 << 60

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep a piece."""
        kept = bytes(piece[: self.room])
        self.pieces.append(kept)
        self.room -= len(kept)
        return self.room > 0

    def close(self) -> bytes | None:
        """Return all pieces."""
        return b"".join(self.pieces)


def keeper(name: str, interest: Interest, room: int = 1 << 60) -> Observer:
    """Return an observer that keeps whole contents."""

    def start(_: Seen, __: memoryview) -> Tap:
        return Keep([], room)

    return Observer(name=name, version=1, interest=interest, open=start)

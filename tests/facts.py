"""LayerFacts for tests: a hypothesis strategy, and large ones that cost no walk."""

import random
from array import array
from hashlib import sha256

from hypothesis import strategies as st

from ocianalyze.model.anomaly import CODES, Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import NO_DIGEST, Entries, LayerFacts, pack_xattrs
from ocianalyze.model.media_type import Compression
from ocianalyze.model.observation import Observation, Observations
from ocianalyze.model.strings import Sparse, Strings

COMPRESSIONS: tuple[Compression, ...] = ("none", "gzip", "zstd", "xz", "bzip2")

_U16 = st.integers(0, (1 << 16) - 1)
_U32 = st.integers(0, (1 << 32) - 1)
_U64 = st.integers(0, (1 << 64) - 1)
_I64 = st.integers(-(1 << 63), (1 << 63) - 1)
_NAMES = st.binary(max_size=12)
_ODD_TEXT = st.text(st.characters(codec=None, categories=None), max_size=12)
"""Lone surrogates included."""


def digests() -> st.SearchStrategy[Digest]:
    """Sha256 digests."""
    return st.binary(min_size=32, max_size=32).map(lambda raw: Digest.parse("sha256:" + raw.hex()))


def strings(count: int) -> st.SearchStrategy[Strings]:
    """As many byte strings as a column needs."""
    return st.lists(_NAMES, min_size=count, max_size=count).map(packed)


def packed(values: list[bytes]) -> Strings:
    """Return byte strings as a column."""
    column = Strings()
    for value in values:
        column.append(value)
    return column


@st.composite
def sparse(draw: st.DrawFn, count: int, values: st.SearchStrategy[bytes]) -> Sparse:
    """A column that few of the entries have."""
    numbers = sorted(draw(st.sets(st.integers(0, count - 1), max_size=count))) if count else []
    column = Sparse()
    for number in numbers:
        column.set(number, draw(values))
    return column


def _numbers(
    typecode: str, count: int, values: st.SearchStrategy[int]
) -> st.SearchStrategy["array[int]"]:
    return st.lists(values, min_size=count, max_size=count).map(lambda ns: array(typecode, ns))


def _octets(count: int, values: st.SearchStrategy[int]) -> st.SearchStrategy[bytearray]:
    return st.lists(values, min_size=count, max_size=count).map(bytearray)


_XATTRS = st.dictionaries(
    st.binary(min_size=1, max_size=6).filter(lambda name: b"\0" not in name), _NAMES, max_size=3
).map(pack_xattrs)
_DEVICES = st.tuples(_U32, _U32).map(lambda pair: b"%d:%d" % pair)
_HASHES = st.sampled_from([NO_DIGEST, sha256(b"").digest(), sha256(b"x").digest()])


@st.composite
def entries(draw: st.DrawFn, max_size: int = 8) -> Entries:
    """Columns of one layer, consistent in themselves."""
    count = draw(st.integers(0, max_size))
    directories = [b"", *draw(st.lists(_NAMES, max_size=4))]
    owners = [b"", *draw(st.lists(_NAMES, max_size=4))]
    owner = st.integers(0, len(owners) - 1)
    return Entries(
        directories=directories,
        parent=draw(_numbers("I", count, st.integers(0, len(directories) - 1))),
        names=draw(strings(count)),
        kind=draw(_octets(count, st.sampled_from("".join(Kind).encode()))),
        mode=draw(_numbers("H", count, _U16)),
        uid=draw(_numbers("I", count, _U32)),
        gid=draw(_numbers("I", count, _U32)),
        uname=draw(_numbers("H", count, owner)),
        gname=draw(_numbers("H", count, owner)),
        owners=owners,
        mtime=draw(_numbers("q", count, _I64)),
        nanos=draw(_numbers("I", count, _U32)),
        size=draw(_numbers("Q", count, _U64)),
        offset=draw(_numbers("Q", count, _U64)),
        sha256=bytearray(b"".join(draw(st.lists(_HASHES, min_size=count, max_size=count)))),
        file_type=draw(_octets(count, st.integers(0, 255))),
        links=draw(sparse(count, _NAMES)),
        xattrs=draw(sparse(count, _XATTRS)),
        devices=draw(sparse(count, _DEVICES)),
    )


def anomalies() -> st.SearchStrategy[Anomaly]:
    """Anomalies with odd details and paths."""
    return st.builds(Anomaly, st.sampled_from(sorted(CODES)), _ODD_TEXT, _NAMES, _I64)


def _observations(count: int) -> st.SearchStrategy[Observations]:
    if not count:
        return st.just(Observations())
    one = st.builds(Observation, st.integers(0, count - 1), _NAMES, st.booleans())
    rising = st.lists(one, max_size=4, unique_by=lambda o: o.entry)
    return rising.map(Observations)


@st.composite
def layer_facts(draw: st.DrawFn, max_entries: int = 8) -> LayerFacts:
    """Facts of one layer read to its end."""
    columns = draw(entries(max_entries))
    names = st.text(min_size=1, max_size=8)
    return LayerFacts(
        digest=draw(digests()),
        size=draw(_U64),
        diff_id=draw(digests()),
        raw_size=draw(_U64),
        compression=draw(st.sampled_from(COMPRESSIONS)),
        flavour=draw(st.sampled_from(["", "estargz", "zstd:chunked"])),
        entries=columns,
        anomalies=tuple(draw(st.lists(anomalies(), max_size=3))),
        anomalies_dropped=draw(_U64),
        observations=draw(st.dictionaries(names, _observations(len(columns)), max_size=3)),
    )


def digest_of(text: str) -> Digest:
    """Return the digest of a text, for facts with a name."""
    return Digest.parse("sha256:" + sha256(text.encode()).hexdigest())


def large(count: int, name: str = "large") -> LayerFacts:
    """Return facts as a distribution's layer would give them: the same for the same arguments."""
    numbers = random.Random(name)
    folders = max(1, count // 10)
    columns = Entries(directories=[b"", *(b"usr/lib/part%d/node" % n for n in range(folders))])
    columns.parent = array("I", (n // 10 + 1 if n // 10 < folders else 0 for n in range(count)))
    columns.names = packed([b"module_%06d.js" % n for n in range(count)])
    columns.kind = bytearray(b"f" * count)
    columns.mode = array("H", (0o644 if n % 7 else 0o755 for n in range(count)))
    columns.uid = columns.gid = array("I", bytes(4 * count))
    columns.uname = columns.gname = array("H", bytes(2 * count))
    columns.mtime = array("q", (1_700_000_000 + numbers.randrange(1 << 20) for _ in range(count)))
    columns.nanos = array("I", bytes(4 * count))
    columns.size = array("Q", (numbers.randrange(1 << 16) for _ in range(count)))
    columns.offset = array("Q", (n * 4096 for n in range(count)))
    columns.sha256 = bytearray(numbers.randbytes(32 * count))
    columns.file_type = bytearray(n % 9 + 1 for n in range(count))
    for n in range(0, count, 12):
        columns.links.set(n, b"../lib/module_%06d.js" % n)
    return LayerFacts(
        digest=digest_of(name),
        size=count * 1000,
        diff_id=digest_of("raw " + name),
        raw_size=count * 4096,
        compression="gzip",
        flavour="",
        entries=columns,
        observations={
            "text": Observations(Observation(n, b"captured %d" % n) for n in range(0, count, 50))
        },
    )

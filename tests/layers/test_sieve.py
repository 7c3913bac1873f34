"""A sieve sees every byte once, and learns which member each belongs to."""

import gzip
import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.layers.sieve import Members, Sieving, Sifted, Spot
from ocianalyze.limits import Limits
from ocianalyze.model.facts import LayerFacts
from tests import tars
from tests.images import Bytes, File, tar

SKIPPABLE = b"\x50\x2a\x4d\x18" + (9).to_bytes(4, "little") + b"aside one"


@dataclass
class Seen:
    """Keeps everything that it is shown."""

    data: bytearray = field(default_factory=bytearray)
    beside: bytearray = field(default_factory=bytearray)
    spots: list[Spot] = field(default_factory=list)

    def feed(self, piece: bytes) -> None:
        """Take a piece."""
        self.data += piece

    def aside(self, data: bytes) -> None:
        """Take what is no part of the stream."""
        self.beside += data

    def close(self, members: Members) -> Sifted:
        """Look up every byte."""
        self.spots = [members.at(offset) for offset in range(len(self.data))]
        found = {entry: b"entry %d" % entry for entry in range(len(members.entries))}
        return Sifted(found, b"outside", "seen in part")


def read(data: bytes) -> tuple[LayerFacts, Seen]:
    """Return the facts of a layer and what the sieve saw."""
    seen = Seen()

    def begin(_: Limits) -> Seen:
        return seen

    reading = Reading((), tars.by_head, sieving=Sieving("seen", "1", begin))
    return read_layer(Bytes(data), reading), seen


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(bytes, id="plain"),
        pytest.param(gzip.compress, id="gzip"),
        pytest.param(zstandard.compress, id="zstd"),
        pytest.param(lambda raw: SKIPPABLE + zstandard.compress(raw) + SKIPPABLE, id="skippable"),
    ],
)
def test_every_byte_is_seen_once(store: Callable[[bytes], bytes]) -> None:
    raw = tar({"a": b"x" * 70_000, "b": b"y"}) + b"behind the end"
    _, seen = read(store(raw))
    assert bytes(seen.data) == raw


def test_what_decompresses_to_nothing_is_seen_beside() -> None:
    raw = tar({"a": b"x"})
    _, frames = read(SKIPPABLE + zstandard.compress(raw) + SKIPPABLE)
    assert bytes(frames.beside) == b"aside one" * 2
    for compress in (gzip.compress, zstandard.compress):
        _, behind = read(compress(raw) + b"behind the end" * 9)
        assert bytes(behind.beside) == b"behind the end" * 9


def test_what_is_found_is_among_the_facts() -> None:
    facts, _ = read(tar({"a": b"x", "b": b""}))
    assert [(one.entry, one.value) for one in facts.observations["seen"]] == [
        (0, b"entry 0"),
        (1, b"entry 1"),
    ]
    assert facts.outside == {"seen": b"outside"}
    assert facts.unsearched == "seen in part"


NAMES = st.text("abc/é", min_size=1, max_size=150).map(lambda name: name.strip("/") or "a")


@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=700)), max_size=4),
    st.sampled_from([{}, {"user.note": b"value"}]),
)
def test_contents_are_where_tarfile_finds_them(
    files: list[tuple[str, bytes]], attributes: dict[str, bytes]
) -> None:
    raw = tar([(name, File(content, xattrs=attributes)) for name, content in files])
    _, seen = read(raw)
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        members = archive.getmembers()
    for number, member in enumerate(members):
        inside = range(member.offset_data, member.offset_data + member.size)
        assert {seen.spots[at][:3] for at in inside} <= {("content", number, member.offset_data)}
        headers = range(member.offset, member.offset_data)
        assert {seen.spots[at][:3] for at in headers} == {("header", number, member.offset)}
        padding = range(inside.stop, inside.stop + -member.size % 512)
        assert {seen.spots[at].part for at in padding} <= {"outside"}
    end = seen.spots[-1]
    assert (end.part, end.entry) == ("outside", -1)


def test_what_stands_before_the_first_member_is_outside() -> None:
    _, seen = read(bytes(512) + tars.member(content=b"x"))
    assert {spot.part for spot in seen.spots[:512]} == {"outside"}

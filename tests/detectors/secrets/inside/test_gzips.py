"""Gzip members among other bytes are inflated, whatever the pieces are."""

import gzip
import random
import re
import struct
import zlib
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._expressions import GZIP
from ocianalyze.detectors.secrets.inside._flow import DamagedError, Data, SpentError
from ocianalyze.detectors.secrets.inside.allowance import Allowance, Spending
from ocianalyze.detectors.secrets.inside.gzips import Entered, Gzips
from ocianalyze.limits import DEFAULT, MIB, Limits

RANDOM = random.Random(7)
NOISE = RANDOM.randbytes(30_000).hex().encode()
MEMBER = gzip.compress(bytes(range(256)) * 40, mtime=0)
LARGE = gzip.compress(NOISE, mtime=0)
STEPS = [1, 7, 1_000, 1_024, 1_500, 16_384, 1 << 20]


def stored(data: bytes) -> bytes:
    """Return a member in whose bytes others stand as they are."""
    return gzip.compress(data, 0, mtime=0)


def headed(flags: int, header: bytes, data: bytes) -> bytes:
    """Return a member with a header of one's own."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    first = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + header
    first += struct.pack("<H", zlib.crc32(first) & 0xFFFF) if flags & 2 else b""
    return first + body + struct.pack("<2L", zlib.crc32(data), len(data))


@dataclass
class Bag:
    """What came out of one member."""

    data: bytes = b""
    end: str = ""

    def feed(self, piece: Data) -> None:
        self.data += bytes(piece)

    def close(self) -> None:
        self.end = "closed"

    def stop(self) -> None:
        self.end = "stopped"


@dataclass
class Taken:
    """A stream, given in pieces."""

    limits: Limits = DEFAULT
    bags: dict[int, Bag] = field(default_factory=dict)

    def enter(self, at: int) -> Entered:
        bag = self.bags[at] = Bag()
        return Entered(bag, Spending(Allowance(self.limits)), is_stored=True)

    def gzips(self, data: bytes, step: int) -> Gzips:
        gzips = Gzips(self.enter, lambda _at, _before: False)
        for at in range(0, len(data), step):
            gzips.feed(memoryview(data)[at : at + step])
        gzips.close()
        return gzips


def taken(data: bytes, step: int) -> tuple[dict[int, Bag], list[tuple[int, str]], bool]:
    stream = Taken()
    gzips = stream.gzips(data, step)
    return stream.bags, gzips.unread(), gzips.is_full


STREAMS = {
    "few": MEMBER + bytes(999) + MEMBER + b"\x1f\x8b\x08\0" * 400 + bytes(1_021) + MEMBER,
    "run into one another": (MEMBER + gzip.compress(b"x")) * 40 + LARGE + MEMBER,
    "large": bytes(5) + LARGE + bytes(9),
    "one in one": bytes(5) + stored(LARGE + b"between" + MEMBER) + bytes(9),
    "cut": bytes(5) + LARGE[:20_000],
    "damaged": bytes(5) + LARGE[:30_000] + b"\xff" * 70_000 + MEMBER,
    "one in a damaged one": bytes(5) + stored(MEMBER + NOISE)[:-9] + bytes(70_000),
    "headers": bytes(5)
    + headed(8, b"name\0", NOISE)
    + headed(31, struct.pack("<H", 5_000) + bytes(5_000) + b"n\0c\0", NOISE)
    + headed(4, struct.pack("<H", 2_000) + MEMBER + bytes(2_000 - len(MEMBER)), b"x" * 99),
    "names too long": headed(8, b"n" * 9_000 + b"\0", NOISE),
    "nothing": gzip.compress(b"") + bytes(9) + gzip.compress(b""),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("data", STREAMS.values(), ids=STREAMS)
def test_any_pieces_give_the_same(data: bytes, step: int) -> None:
    assert taken(data, step) == taken(data, len(data))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_pieces_of_any_mixture_give_the_same(data: st.DataObject) -> None:
    parts = st.sampled_from([MEMBER, LARGE, LARGE[:9_000], NOISE[:700], b"\x1f\x8b\x08", bytes(50)])
    mixed = b"".join(data.draw(st.lists(parts, max_size=9)))
    whole = taken(mixed, len(mixed) or 1)
    gzips = (stream := Taken()).gzips(b"", 1)
    cuts = data.draw(st.lists(st.integers(0, len(mixed)), max_size=9))
    gzips = Gzips(stream.enter, lambda _at, _before: False)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(mixed)], strict=True):
        gzips.feed(mixed[begin:end])
    gzips.close()
    assert (stream.bags, gzips.unread(), gzips.is_full) == whole


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("data", STREAMS.values(), ids=STREAMS)
def test_beginnings_that_others_tell_give_the_same(data: bytes, step: int) -> None:
    """Also when they are told a piece late."""
    stream, begins = Taken(), [match.end() for match in re.finditer(GZIP.text.encode(), data)]
    gzips = Gzips(stream.enter, lambda _at, _before: False)
    for at in range(0, len(data), step):
        end = at + step
        gzips.feed(data[at:end], [one - 4 for one in begins if at <= one < end])
    gzips.feed(b"", [one - 4 for one in begins if one == len(data)])
    gzips.close()
    assert (stream.bags, gzips.unread(), gzips.is_full) == taken(data, len(data))


def test_of_beginnings_that_others_tell_none_is_sought() -> None:
    stream = Taken()
    gzips = Gzips(stream.enter, lambda _at, _before: False)
    gzips.feed(MEMBER + LARGE, [len(MEMBER)])
    gzips.close()
    assert [*stream.bags] == [len(MEMBER)]


def test_each_is_inflated_where_it_begins() -> None:
    data = STREAMS["few"]
    bags, unread, is_full = taken(data, 1 << 20)
    assert [*bags] == [0, len(MEMBER) + 999, len(data) - len(MEMBER)]
    assert {(bag.data, bag.end) for bag in bags.values()} == {(gzip.decompress(MEMBER), "closed")}
    assert (unread, is_full) == ([], False)


def test_members_that_follow_one_another_are_all_inflated() -> None:
    bags, unread, _ = taken(STREAMS["run into one another"], 4_096)
    assert len(bags) == 82
    assert not unread


def test_headers_of_any_form_are_passed() -> None:
    bags, unread, _ = taken(STREAMS["headers"], 1 << 20)
    assert [bag.data for bag in bags.values()][:2] == [NOISE, NOISE]
    assert b"x" * 99 in [bag.data for bag in bags.values()]
    assert not unread


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("cut", ["is cut off"]),
        ("damaged", ["is damaged"]),
        ("one in a damaged one", ["is damaged"]),
        ("names too long", ["has more than 4,096 bytes of name"]),
        ("one in one", []),
        ("nothing", []),
    ],
)
def test_what_is_not_read_to_its_end_is_told(name: str, reasons: list[str]) -> None:
    _, unread, is_full = taken(STREAMS[name], 1 << 20)
    assert [reason for _, reason in unread] == reasons
    assert not is_full


def test_what_came_before_damage_is_kept() -> None:
    bags, _, _ = taken(STREAMS["damaged"], 1 << 20)
    assert len(bags[5].data) > 10_000
    assert bags[5].data[:20_000] == NOISE[:20_000]
    assert bags[5].end == "stopped"


def test_one_in_a_damaged_one_is_inflated() -> None:
    bags, _, _ = taken(STREAMS["one in a damaged one"], 1 << 20)
    assert gzip.decompress(MEMBER) in [bag.data for bag in bags.values()]


def test_a_wrong_checksum_in_few_bytes_is_no_member() -> None:
    bad = bytearray(gzip.compress(b"text" * 9))
    bad[-5] ^= 1
    assert taken(bytes(9) + bytes(bad) + bytes(2_000), 1 << 20) == ({}, [], False)


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08\0" * 40_000, b"\x1f\x8b\x08\0, " * 40_000])
def test_a_flood_of_beginnings_is_bounded_and_told(data: bytes) -> None:
    bags, unread, is_full = taken(data + MEMBER, 1 << 20)
    assert (bags, unread, is_full) == ({}, [], True)
    later = taken(data + bytes(16 << 20) + MEMBER, 1 << 20)[0]
    assert len(later) == 1, "the next stretch is looked at again"


def test_members_in_one_another_are_bounded_and_told() -> None:
    nested = b"".join(gzip.compress(NOISE, 0)[:30] for _ in range(20)) + NOISE
    bags, unread, _ = taken(nested, 1 << 20)
    assert len(bags) <= 8
    assert sum("around it" in reason for _, reason in unread) == 12


def test_a_bound_ends_one_member_and_not_the_next() -> None:
    stream = Taken(Limits(inner_bytes=MIB))
    gzips = stream.gzips(gzip.compress(bytes(4 * MIB)) + MEMBER, 1 << 20)
    assert gzips.unread() == [(0, f"limit inner_bytes ({MIB}) reached")]
    assert [bag.end for bag in stream.bags.values()] == ["stopped", "closed"]


def test_whoever_passes_one_by_says_why() -> None:
    def enter(at: int) -> Entered:
        raise DamagedError(f"lies deeper at {at}")

    gzips = Gzips(enter, lambda at, _before: at == 0)
    gzips.feed(MEMBER + MEMBER + LARGE)
    gzips.close()
    size = len(MEMBER)
    assert gzips.unread() == [(at, f"lies deeper at {at}") for at in (size, 2 * size)]


def test_a_sink_that_is_spent_when_it_ends_is_told() -> None:
    class Spent(Bag):
        def close(self) -> None:
            raise SpentError("limit reached")

    bag = Spent()
    gzips = Gzips(lambda _: Entered(bag, Spending(Allowance(DEFAULT))), lambda _at, _before: False)
    gzips.feed(MEMBER)
    gzips.close()
    assert gzips.unread() == [(0, "limit reached")]
    assert bag.end == "stopped"


def test_what_is_in_front_is_shown() -> None:
    seen: list[tuple[int, bytes]] = []

    def is_anothers(at: int, before: bytes) -> bool:
        seen.append((at, before))
        return True

    data = NOISE[:3_000] + MEMBER
    for step in (1, 700, 3_001, 1 << 20):
        gzips = Gzips(Taken().enter, is_anothers)
        for at in range(0, len(data), step):
            gzips.feed(data[at : at + step])
        gzips.close()
    assert seen == [(3_000, NOISE[3_000 - 512 : 3_000])] * 4

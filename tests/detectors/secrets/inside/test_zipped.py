"""Members that are there in one piece and those that are not give the same."""

import random
import zipfile

import pytest

from ocianalyze.detectors.secrets.inside.inner import Inside
from tests.detectors.secrets.inside.conftest import TEXT, Look, zipped
from tests.detectors.secrets.inside.test_formats import described

NOISE = random.Random(7).randbytes(90_000)
MEMBERS = {
    **{f"{number}.txt": b"nothing %d" % number for number in range(300)},
    "large": NOISE + TEXT,
    "inner.jar": zipped({"x": TEXT}),
    "last": TEXT,
    "folder/": b"",
}
METHODS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2)
DEEP = {
    zipfile.ZIP_DEFLATED: ["inner.jar!/x", "large", "last"],
    zipfile.ZIP_STORED: ["inner.jar!/x"],
    zipfile.ZIP_BZIP2: ["inner.jar!/x", "large", "last"],
}


def inner(found: Inside) -> list[str]:
    return sorted(one.inner for one in found.hits)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("step", [1, 1000, 65_535, 1 << 20])
def test_members_are_found_wherever_pieces_end(look: Look, method: int, step: int) -> None:
    found = look("x.zip", zipped(MEMBERS, method), step=step)
    assert (inner(found), found.unread) == (DEEP[method], ())


def _changed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


PACKED = zipped({"a": b"a" * 100, "b": TEXT})
ODD = {
    "bytes between members": PACKED[: PACKED.index(b"PK\3\4", 4)]
    + b"between"
    + PACKED[PACKED.index(b"PK\3\4", 4) :],
    "a wrong size": PACKED[:22] + b"\7\0\0\0" + PACKED[26:],
    "a huge size": PACKED[:22] + b"\xff\xff\xff\x7f" + PACKED[26:],
    "a descriptor's mark in a content": zipped(
        {"a": b"PK\7\x08" + bytes(12) + b"PK\3\4", "b": TEXT}
    ),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_odd_members_hide_no_other(look: Look, data: bytes) -> None:
    assert "b" in inner(look("x.zip", data))


def test_lengths_that_follow_the_contents_do_not_matter(look: Look) -> None:
    for step in (1, 50, 1 << 20):
        assert inner(look("x.zip", described(), step=step)) == ["b/c"]


def test_members_are_charged_as_they_come(look: Look) -> None:
    found = look("x.zip", zipped(MEMBERS), inner_members=100)
    assert [one.reason for one in found.unread] == ["limit inner_members (100) reached"]
    bomb = zipped({f"{number}": bytes(900_000) for number in range(100)})
    found = look("x.zip", bomb, inner_bytes=5_000_000)
    assert [one.reason for one in found.unread] == ["limit inner_bytes (5000000) reached"]

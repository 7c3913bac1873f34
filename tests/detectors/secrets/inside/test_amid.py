"""Gzip members in the middle of contents that are packed themselves, and of a stream."""

import gzip
from dataclasses import replace

import pytest

from ocianalyze.detectors.secrets.engine import Engine, Kind, engine
from ocianalyze.detectors.secrets.hits import Hit
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.amid import Amid, left, placed
from ocianalyze.detectors.secrets.inside.inner import Unread
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.limits import DEFAULT, KIB, MIB
from tests.detectors.secrets.inside.conftest import PACKERS, TEXT, Look, tarred, zipped

MEMBER = gzip.compress(TEXT)
PROGRAM = b"\x7fELF" + bytes(900) + MEMBER + bytes(900)
LONG = b"\x7fELF" + bytes(300 * KIB) + MEMBER + bytes(300 * KIB)
STEPS = (1 << 20, 100, 511)
CUT = gzip.compress(b"".join(b"line %d\n" % n**5 for n in range(999)))[:2_000]


def amid(made: Engine, data: bytes, step: int = 1 << 20, **limits: float) -> Amid:
    bounds = replace(DEFAULT, **limits)  # type: ignore[arg-type]
    stream = Amid(made, Allowance(bounds), lambda at, _before: at == 0)
    for at in range(0, len(data), step):
        stream.feed(data[at : at + step])
    stream.close()
    return stream


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("path", "data", "inner"),
    [
        *((f"x.{suffix}", pack(PROGRAM), "x!/gzip at 904") for suffix, pack in PACKERS.items()),
        ("x.tgz", gzip.compress(tarred({"bin/x": PROGRAM})), "x.tar!/bin/x!/gzip at 904"),
        ("x.zip", zipped({"bin/x": PROGRAM}), "bin/x!/gzip at 904"),
        ("x.gz", gzip.compress(LONG), f"x!/gzip at {4 + 300 * KIB}"),
        (
            "y.gz",
            gzip.compress(b"x" * 9 + gzip.compress(b"y" * 9 + MEMBER)),
            "y!/gzip at 9!/gzip at 9",
        ),
    ],
    ids=[*PACKERS, "tar", "zip", "long", "one in one"],
)
def test_one_in_a_packed_content_is_looked_into(
    path: str, data: bytes, inner: str, step: int, look: Look
) -> None:
    found = look(path, data, step=step)
    assert [(one.inner, one.offset) for one in found.hits] == [(inner, 4)]
    assert not found.unread


def test_one_in_a_packed_content_that_is_damaged_is_told(look: Look) -> None:
    found = look("x.gz", gzip.compress(bytes(9) + CUT))
    assert found.unread == (Unread("is cut off", 1, "x!/gzip at 9"),)


def test_too_many_in_one_another_are_told(look: Look) -> None:
    data = MEMBER
    for _ in range(9):
        data = gzip.compress(b"x" * 9 + data)
    (told,) = look("x.gz", data).unread
    assert told.reason.startswith("lies deeper than")


def test_a_flood_in_a_packed_content_is_told(look: Look) -> None:
    found = look("x.gz", gzip.compress(b"x" + b"\x1f\x8b\x08\0" * 9_000))
    (told,) = found.unread
    assert told.reason.startswith("has more beginnings")


def test_the_bound_of_the_file_holds_for_members_in_it(look: Look) -> None:
    bomb = gzip.compress(b"x" * 9 + gzip.compress(bytes(40 * MIB)) + MEMBER)
    found = look("x.gz", bomb, inner_bytes=8 * MIB)
    assert found.unread[0].reason == f"limit inner_bytes ({8 * MIB}) reached"


def test_of_a_stream_places_are_bytes_of_it(made: Engine) -> None:
    stream = amid(made, MEMBER + bytes(9) + gzip.compress(tarred({"a/b": TEXT})))
    ((at, found),) = stream.found
    assert (at, found.inner, found.offset) == (len(MEMBER) + 9, "a/b", 4)
    assert placed(found, 7).inner == "gzip at 7!/a/b"
    assert left(Unread("is damaged", 1, ""), 7).inner == "gzip at 7"


@pytest.mark.parametrize("step", [1, 999, 1 << 20])
def test_in_any_pieces_the_same_is_found(step: int, made: Engine) -> None:
    data = bytes(9) + gzip.compress(LONG) + PROGRAM + CUT + bytes(30) + MEMBER
    whole = amid(made, data)
    assert len(whole.found) == 3
    assert [one.reason for _, one in whole.unread()] == ["is damaged"]
    stream = amid(made, data, step)
    assert (stream.found, [*stream.unread()]) == (whole.found, [*whole.unread()])


@pytest.mark.parametrize("step", [999, 40_000, 1 << 20])
@pytest.mark.parametrize("kind", ["hyperscan", "re2", "re"])
def test_what_an_engine_tells_is_looked_into_alike(kind: Kind, step: int, made: Engine) -> None:
    data = bytes(9) + gzip.compress(LONG) + PROGRAM + CUT + bytes(30) + MEMBER
    whole, stream = amid(made, data), Amid(made, Allowance(), lambda at, _before: at == 0)
    search = Search(engine(made.rules[:1], kind), along=stream.feed)
    for at in range(0, len(data), step):
        search.feed(memoryview(data)[at : at + step])
    search.close()
    stream.close()
    assert (stream.found, [*stream.unread()]) == (whole.found, [*whole.unread()])


def test_the_bounds_of_a_layer_hold_for_all_members(made: Engine) -> None:
    data = bytes(9) + gzip.compress(bytes(2 * MIB)) * 3 + MEMBER
    stream = amid(made, data, layer_inner_bytes=3 * MIB)
    reasons = [one.reason for _, one in stream.unread()]
    assert reasons == [f"limit layer_inner_bytes ({3 * MIB}) reached"] * 3
    assert not stream.found


def test_a_bomb_in_the_middle_is_stopped_by_what_it_was_packed_from(made: Engine) -> None:
    data = bytes(9) + gzip.compress(bytes(40 * MIB)) + MEMBER
    stream = amid(made, data, inner_free_bytes=8 * MIB)
    assert [one.reason for _, one in stream.unread()] == ["limit inflate_ratio (250) reached"]
    assert len(stream.found) == 1


def test_secrets_are_kept_up_to_a_bound(made: Engine) -> None:
    stream = amid(made, bytes(9) + MEMBER * 50, layer_secrets=20)
    assert len(stream.found) == 21
    assert all(isinstance(one, Hit) for _, one in stream.found)


def test_names_in_members_are_asked_as_those_in_archives(made: Engine) -> None:
    data = bytes(9) + gzip.compress(tarred({"root/.ssh/id_dsa": b"not a key"}))
    rules = [one.rule for _, one in amid(made, data).found]
    in_archive = amid(made, bytes(9) + gzip.compress(zipped({"root/.ssh/id_dsa": b"not a key"})))
    assert rules == [one.rule for _, one in in_archive.found]
    assert rules

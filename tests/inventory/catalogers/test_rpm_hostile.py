"""rpm databases that lie: every reader ends, and nothing is raised out of an observer."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._rpm_header import STRINGS, parse
from ocianalyze.inventory.catalogers._rpm_signature import key_id
from ocianalyze.inventory.catalogers._rpm_value import head_of
from ocianalyze.inventory.catalogers.rpm import CATALOGER
from ocianalyze.layers.observer import Seen
from ocianalyze.model.package import Distribution, Found
from tests.inventory.catalogers.rpm_samples import (
    BDB,
    HEADERS,
    HISTORY,
    MANIFEST,
    NDB,
    SQLITE,
    STATE,
    WAL,
    genuine,
    header,
    logged,
    ndb,
    package,
    sqlite,
)

CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)), max_size=12
)
LENGTHS = st.one_of(st.just(1.0), st.floats(0, 1))
SAMPLES = {
    "sqlite": (SQLITE, sqlite(HEADERS)),
    "sqlite-small-pages": (SQLITE, logged()[0]),
    "wal": (WAL, logged()[1]),
    "ndb": (NDB, ndb(HEADERS)),
    "manifest": (MANIFEST, b"a\t1-2\t3\t4\tv\t(none)\t5\tnoarch\t0\ta-1-2.src.rpm\n" * 3),
    "state": (STATE, b'[packages]\n"a.x86_64" = {reason = "User"}\n' * 3),
}


def _observed(path: str, content: bytes) -> list[Kept]:
    """Return what the observers of a path keep of a content."""
    values = []
    for observer in CATALOGER.observers:
        if path.encode() in observer.interest.paths:
            seen = Seen(path.encode(), len(content), 0o644)
            tap = observer.open(seen, memoryview(content[:512]))
            assert tap is not None
            tap.feed(memoryview(content))
            value = tap.close()
            values += [Kept(observer.name, path, value, complete=True)] if value else []
    return values


def _survives(*contents: tuple[str, bytes]) -> None:
    """Ask all that is asked of kept values; only ValueError is allowed, and never of joins."""
    assert CATALOGER.claims
    assert CATALOGER.joins
    values = [value for path, content in contents for value in _observed(path, content)]
    for value in values:
        found: list[Found] = []
        with suppress(ValueError):
            found.extend(CATALOGER.read(value, Distribution()))
        with suppress(ValueError):
            list(CATALOGER.claims(value, Distribution()))
        list(CATALOGER.joins(found, values))


def _changed(content: bytes, changes: list[tuple[float, bytes]], length: float) -> bytes:
    data = bytearray(content)
    for place, new in changes:
        at = int(place * len(data))
        data[at : at + len(new)] = new
    return bytes(data[: int(len(data) * length) + 1])


@pytest.mark.parametrize("sample", SAMPLES)
@given(changes=CHANGES, length=LENGTHS)
@settings(max_examples=150)
def test_changed_files_never_raise(
    sample: str, changes: list[tuple[float, bytes]], length: float
) -> None:
    path, content = SAMPLES[sample]
    _survives((path, _changed(content, changes, length)))


@given(changes=CHANGES, more=CHANGES)
def test_a_changed_database_with_a_changed_log_never_raises(
    changes: list[tuple[float, bytes]], more: list[tuple[float, bytes]]
) -> None:
    _survives((SQLITE, _changed(logged()[0], changes, 1)), (WAL, _changed(logged()[1], more, 1)))


@pytest.mark.corpus
@given(changes=CHANGES, length=LENGTHS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_hash_file_never_raises(
    corpus: Path, changes: list[tuple[float, bytes]], length: float
) -> None:
    _survives((BDB, _changed(genuine(corpus, "libuuid_Packages"), changes, length)))


@given(st.binary(max_size=400), st.sampled_from([b"", b"SQLite format 3\0", b"RpmP\0\0\0\0"]))
def test_any_bytes_never_raise(content: bytes, magic: bytes) -> None:
    for path in (SQLITE, NDB, BDB, WAL, MANIFEST, STATE, HISTORY):
        _survives((path, magic + content))


@given(st.binary(max_size=300))
def test_any_signature_has_a_key_or_none(packet: bytes) -> None:
    assert len(key_id(packet)) in (0, 16)


@given(st.binary(max_size=300))
def test_values_that_no_observer_made_are_refused(value: bytes) -> None:
    for name in ("rpm", "rpm-wal", "rpm-manifest"):
        with pytest.raises(ValueError, match="is no rpm database"):
            list(CATALOGER.read(Kept(name, SQLITE, value, complete=True), Distribution()))


def test_arrays_that_overlap_make_no_more_values_than_are_kept() -> None:
    """A file may say that its array has four thousand million values."""
    blob = bytearray(header({1000: "a", 1117: ["x", "y"], 9999: bytes(2 * STRINGS)}))
    struct.pack_into(">I", blob, 8 + 16 + 12, 0xFFFFFFFF)
    assert len(parse(bytes(blob), frozenset({1117})).strings(1117)) == STRINGS


def test_cells_that_share_a_row_end_at_the_size_of_the_file() -> None:
    """Each repeats the same bytes; together they may not be more than the database has."""
    data = bytearray(sqlite([package("a", size=3_000)]))
    (first,) = struct.unpack_from(">H", data, 4096 + 8)
    count = (first - 8) // 2
    struct.pack_into(">H", data, 4096 + 3, count)
    struct.pack_into(f">{count}H", data, 4096 + 8, *[first] * count)
    (value,) = _observed(SQLITE, bytes(data))
    head = head_of(value.value)
    assert len(head["packages"]) < 10
    assert head["problems"] == ["more packages or files than are kept"]


def test_slots_that_share_a_blob_end_at_the_size_of_the_file() -> None:
    data = bytearray(ndb([package("a", size=9_000)]))
    for at in range(48, 4096, 16):
        data[at : at + 16] = data[32:48]
    (value,) = _observed(NDB, bytes(data))
    assert head_of(value.value)["problems"] == ["more packages or files than are kept"]


def test_paths_that_few_bytes_multiply_are_refused() -> None:
    """Forty thousand files in a directory whose name has four thousand characters."""
    count = 40_000
    blob = header(
        {1000: "a", 1116: [0] * count, 1117: ["x"] * count, 1118: ["/" + "d" * 4_000 + "/"]}
    )
    (value,) = _observed(SQLITE, sqlite([blob]))
    assert CATALOGER.claims
    with pytest.raises(ValueError, match="more characters than are kept"):
        list(CATALOGER.claims(value, Distribution()))


@pytest.mark.parametrize("lost", [1, 700, 4096])
def test_a_database_that_ends_before_its_last_page_is_told(lost: int) -> None:
    """Its header tells how many pages there are; the tables read may not need the last one."""
    whole = sqlite([package("a")])
    (value,) = _observed(SQLITE, whole)
    assert head_of(value.value)["problems"] == []
    (value,) = _observed(SQLITE, whole[:-lost])
    assert any("its header tells" in each for each in head_of(value.value)["problems"])


def test_a_database_that_is_too_large_is_told_to_be_cut() -> None:
    """What the tap has no room for is not kept, and the rest is read."""
    observer = CATALOGER.observers[0]
    tap = observer.open(Seen(SQLITE.encode(), 1 << 40, 0o644), memoryview(b""))
    assert tap is not None
    tap.feed(sqlite([package("a")]))
    head = head_of(tap.close() or b"")
    assert [each["name"] for each in head["packages"]] == ["a"]
    assert head["problems"][0].startswith("only the first")

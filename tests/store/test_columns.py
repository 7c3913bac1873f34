"""Columns: the length is known before anything is allocated."""

import os
from struct import Struct
from tracemalloc import get_traced_memory, start, stop

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.store.columns import ColumnReader, ColumnWriter, Damaged
from tests.facts import packed

FRAME = Struct("<QQ")
MEBI = 1 << 20


def written(values: bytes, *, compress: bool = True) -> bytes:
    return b"".join(ColumnWriter(1 << 40).column(values, compress=compress))


def reader(data: bytes, budget: int = 1 << 40) -> ColumnReader:
    return ColumnReader(memoryview(data), budget)


@given(st.binary(max_size=200), st.booleans())
def test_a_column_comes_back(values: bytes, compress: bool) -> None:  # noqa: FBT001
    read = reader(written(values, compress=compress))
    assert bytes(read.column(len(values))) == values
    read.finish()


@given(st.lists(st.binary(max_size=9)))
def test_strings_come_back(values: list[bytes]) -> None:
    data = b"".join(ColumnWriter(1 << 40).strings(packed(values)))
    assert reader(data).strings(len(values)) == packed(values)


def test_what_does_not_shrink_is_kept_as_it_is() -> None:
    noise = os.urandom(1000)
    assert written(noise) == FRAME.pack(1000, 1000) + noise


def test_what_shrinks_is_compressed() -> None:
    assert len(written(bytes(MEBI))) < 1000


@pytest.mark.parametrize("size", [0, 99, 101, 1 << 63])
def test_a_column_of_another_length_is_damaged(size: int) -> None:
    with pytest.raises(Damaged):
        reader(written(bytes(100))).column(size)


def _frame(raw: int, piece: bytes) -> bytes:
    return FRAME.pack(raw, len(piece)) + piece


def _unsized(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=False).compress(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(FRAME.pack(MEBI, MEBI)[:15], id="half-a-frame"),
        pytest.param(FRAME.pack(MEBI, 4), id="nothing-stored"),
        pytest.param(_frame(MEBI, b"\0" * 40), id="no-zstd"),
        pytest.param(_frame(MEBI, b"\x50\x2a\x4d\x18\x04\0\0\0abcd"), id="skippable"),
        pytest.param(_frame(MEBI, written(bytes(2 * MEBI))[16:]), id="inflates-to-more"),
        pytest.param(_frame(MEBI, written(bytes(MEBI - 1))[16:]), id="inflates-to-less"),
        pytest.param(_frame(MEBI, written(bytes(MEBI))[16:-1]), id="cut"),
        pytest.param(_frame(MEBI, written(bytes(MEBI))[16:] + b"x"), id="followed"),
        pytest.param(_frame(MEBI, _unsized(bytes(MEBI))), id="does-not-say-its-size"),
        pytest.param(FRAME.pack(MEBI, MEBI + 1) + bytes(MEBI + 1), id="stored-longer"),
    ],
)
def test_a_column_that_lies_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        reader(data).column(MEBI)


def test_nothing_is_allocated_for_a_column_that_lies() -> None:
    bomb = _frame(64 * MEBI - 1, written(bytes(64 * MEBI))[16:])
    start()
    with pytest.raises(Damaged):
        reader(bomb).column(64 * MEBI - 1)
    _, peak = get_traced_memory()
    stop()
    assert peak < MEBI


def test_the_budget_is_for_all_columns_together() -> None:
    read = reader(written(bytes(60)) + written(bytes(60)), budget=100)
    read.column(60)
    with pytest.raises(Damaged, match="limit"):
        read.column(60)


def test_a_table_costs_its_objects() -> None:
    data = b"".join(ColumnWriter(1 << 40).table([b""] * 10))
    assert reader(data, budget=680).table(10) == [b""] * 10
    with pytest.raises(Damaged, match="limit"):
        reader(data, budget=679).table(10)


def test_bytes_after_the_last_column_are_damage() -> None:
    with pytest.raises(Damaged):
        reader(b"x").finish()

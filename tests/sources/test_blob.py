"""Blobs: ranges that never read past their end, and pickle."""

import io
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.errors import SourceError
from ocianalyze.sources._blob import BytesBlob, FileRange, RangeReader, whole_file

DATA = bytes(range(256)) * 8


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a file that holds `DATA`."""
    path = tmp_path_factory.mktemp("blob") / "x"
    path.write_bytes(DATA)
    return str(path)


@given(
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.lists(st.tuples(st.sampled_from(["read", "seek", "into"]), st.integers(-5, 500))),
)
def test_a_range_behaves_like_the_slice_it_is(
    file: str, offset: int, size: int, steps: list[tuple[str, int]]
) -> None:
    """`BytesIO` over the same slice is the oracle."""
    expected = io.BytesIO(DATA[offset : offset + size])
    available = len(expected.getvalue())
    with FileRange(file, offset, available, size).open() as found:
        for step, number in steps:
            if step == "read":
                assert found.read(number) == expected.read(number)
            elif step == "seek":
                assert found.seek(abs(number)) == expected.seek(abs(number))
            else:
                ours, theirs = bytearray(abs(number)), bytearray(abs(number))
                assert found.readinto(ours) == expected.readinto(theirs)  # type: ignore[attr-defined]
                assert ours == theirs
            assert found.tell() == expected.tell()


def test_a_blob_travels_to_another_process(file: str) -> None:
    for blob in (FileRange(file, 3, 5, 5), BytesBlob(b"abc")):
        assert pickle.loads(pickle.dumps(blob)) == blob


def test_identity_changes_with_the_file_and_the_range(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = whole_file(str(path))
    assert first is not None
    assert whole_file(str(path)) == first
    os.utime(path, ns=(1, 1))
    second = whole_file(str(path))
    assert second is not None
    assert first.identity != second.identity
    assert FileRange("x", 0, 1, 1, "s").identity != FileRange("x", 1, 1, 1, "s").identity
    assert FileRange("x", 0, 1, 1).identity == BytesBlob(b"").identity == ""


def test_a_file_that_went_away_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        FileRange(str(tmp_path / "x"), 0, 1, 1).open()


def test_a_fifo_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    assert whole_file(str(tmp_path / "x")) is None
    with pytest.raises(SourceError, match="no regular file"):
        FileRange(str(tmp_path / "x"), 0, 1, 1).open()


@pytest.mark.parametrize("path", ["a\0b", "/nowhere", "x" * 5000])
def test_a_path_that_cannot_be_is_no_file(path: str) -> None:
    assert whole_file(path) is None


def test_closing_twice_is_harmless(file: str) -> None:
    reader = FileRange(file, 0, 1, 1).open()
    assert isinstance(reader, RangeReader)
    assert reader.readable()
    assert reader.seekable()
    assert not reader.writable()
    reader.close()
    reader.close()
    assert reader.closed

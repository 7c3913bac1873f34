"""Files of ours are read only where they are regular, and written whole or not at all."""

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze.store.whole import read_whole, write_whole


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert write_whole(path, (b"one", b"two")) == 6
    assert read_whole(path, 6) == b"onetwo"
    assert read_whole(path, 5) is None


def test_a_file_takes_the_memory_of_its_size_not_of_the_limit(tmp_path: Path) -> None:
    """Limits on memory count what is asked for, used or not."""
    write_whole(tmp_path / "a", (b"x" * 20_000,))
    tracemalloc.start()
    try:
        assert read_whole(tmp_path / "a", 64 << 20) == b"x" * 20_000
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["pipe", "directory"])
def test_what_is_no_regular_file_is_not_read(kind: str, tmp_path: Path) -> None:
    """Reading a pipe would wait for its writer."""
    path = tmp_path / "a"
    if kind == "pipe":
        os.mkfifo(path)
        assert read_whole(path, 9) is None
    else:
        path.mkdir()
        with pytest.raises(IsADirectoryError):
            read_whole(path, 9)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"x")
    (tmp_path / "a").symlink_to("b")
    with pytest.raises(OSError, match="symbolic links"):
        read_whole(tmp_path / "a", 9)


def test_a_writer_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_whole(path, (b"old",))

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write_whole(path, pieces())
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"old"

"""Pipes and compressed files: one spool, bounded, gone on every way out."""

import errno
import gzip
import io
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ocianalyze.errors import LimitExceeded, NotAnImage, SourceError
from ocianalyze.limits import Limits
from ocianalyze.sources import _spool, open_source
from tests import archives
from tests.sources.samples import IMAGE, LOWER, codes, contents, layers, read

CODE = """
import sys
from ocianalyze.sources import open_source
source, _ = open_source("-")
with source:
    for layer in source.contents().images[0].layers:
        with layer.blob.open() as file:
            sys.stdout.buffer.write(file.read())
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the spool a directory of its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.mark.parametrize("outer", ["none", "gzip", "zstd"])
@pytest.mark.parametrize("way", ["pipe", "file"])
def test_standard_input_is_an_image(way: str, outer: archives.Compression, tmp_path: Path) -> None:
    path = archives.docker_archive(tmp_path / "image", [IMAGE], outer=outer)
    command = [sys.executable, "-c", CODE]
    if way == "pipe":
        done = subprocess.run(command, input=path.read_bytes(), capture_output=True, check=True)
    else:
        with path.open("rb") as file:
            done = subprocess.run(command, stdin=file, capture_output=True, check=True)
    assert done.stdout == b"".join(IMAGE.layers)


def test_a_named_pipe_is_an_image(tmp_path: Path) -> None:
    """As a shell's process substitution makes it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = archives.docker_archive(tmp_path / "image", [IMAGE]).read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    assert layers(pipe) == IMAGE.layers
    writer.join()


def test_a_seekable_tar_costs_no_temporary_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archives.docker_archive(tmp_path / "image", [IMAGE])
    monkeypatch.setattr(_spool, "_temporary", lambda: pytest.fail("spooled"))
    assert layers(path) == IMAGE.layers


@pytest.mark.parametrize("proc", [True, False], ids=["without-name", "named"])
def test_the_spool_is_gone_after_closing(
    proc: bool,  # noqa: FBT001
    tmp_path: Path,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not proc:
        monkeypatch.setattr(_spool, "_proc", lambda _: None)
    path = archives.docker_archive(tmp_path / "image", [IMAGE], outer="gzip")
    source, _ = open_source(str(path))
    blob = source.contents().images[0].layers[0].blob
    assert len(list(temporary.iterdir())) == (0 if proc else 1)
    assert read(blob) == LOWER
    source.close()
    source.close()
    assert not list(temporary.iterdir())
    with pytest.raises(SourceError):
        read(blob)


def test_another_process_opens_the_spool(tmp_path: Path) -> None:
    """The path leads through the descriptor of the process that spooled."""
    path = archives.docker_archive(tmp_path / "image", [IMAGE], outer="gzip")
    source, _ = open_source(str(path))
    with source:
        data = pickle.dumps(source.contents().images[0].layers[0].blob)
        code = "import pickle, sys; sys.stdout.buffer.write(pickle.loads(%r).open().read())"
        done = subprocess.run([sys.executable, "-c", code % data], capture_output=True, check=True)
    assert done.stdout == LOWER


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(spool_bytes=1000), "to spool"),
        (Limits(inflate_free_bytes=1000, inflate_ratio=2), "inflates"),
    ],
    ids=["size", "ratio"],
)
def test_a_bomb_stops_at_the_limit_and_leaves_nothing(
    limits: Limits, why: str, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_spool, "_proc", lambda _: None)
    path = archives.docker_archive(tmp_path / "image", [IMAGE], outer="gzip")
    with pytest.raises(LimitExceeded, match=why):
        open_source(str(path), limits)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("outer", ["gzip", "xz", "bzip2"])
def test_a_compressed_file_that_breaks_off_is_read_as_far_as_it_goes(
    outer: archives.Compression, tmp_path: Path
) -> None:
    big = archives.Image([os.urandom(1 << 20)], {}, ["big:1"])
    files = archives.files_docker([big])
    files = {"manifest.json": files.pop("manifest.json")} | files
    path = archives.write_tar(tmp_path / "image", files, outer=outer)
    path.write_bytes(path.read_bytes()[: -(1 << 16)])
    assert contents(path).images[0].names == ("big:1",)
    assert {"blob.truncated", "tar.truncated"} <= {*codes(path)}


def test_a_damaged_compressed_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(b"\x1f\x8b" + b"x" * 100)
    with pytest.raises(NotAnImage, match="outer file"):
        contents(path)


@pytest.mark.parametrize("outer", ["gzip", "xz", "bzip2"])
@pytest.mark.parametrize("junk", [b"junk", b"x" * 99, bytes(512) + b"-"])
def test_what_follows_a_compressed_file_is_no_end_that_came_early(
    outer: archives.Compression, junk: bytes, tmp_path: Path
) -> None:
    path = archives.docker_archive(tmp_path / "image", [IMAGE])
    path.write_bytes(archives.compress(path.read_bytes(), outer) + junk)
    (odd,) = contents(path).anomalies
    assert odd.code == "blob.corrupt"
    assert odd.detail == f"outer file: something else follows what {outer} compressed"
    assert layers(path) == IMAGE.layers


def test_several_compressed_streams_are_one_file(tmp_path: Path) -> None:
    """pigz, bgzip and estargz write many members; zeros may pad them."""
    data = archives.docker_archive(tmp_path / "image", [IMAGE]).read_bytes()
    for compression in ("gzip", "zstd", "xz", "bzip2"):
        half = len(data) // 2
        parts = [archives.compress(part, compression) for part in (data[:half], data[half:])]
        padding = b"" if compression == "zstd" else bytes(512)
        (tmp_path / compression).write_bytes(padding.join(parts) + padding)
        assert layers(tmp_path / compression) == IMAGE.layers


def test_a_full_disk_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(_spool, "_temporary", lambda: (Full(), "full"))
    path = tmp_path / "image"
    path.write_bytes(gzip.compress(b"x"))
    with pytest.raises(SourceError, match=r"No space left on device; .*TMPDIR"):
        contents(path)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_source(path: str) -> None:
    with pytest.raises(SourceError, match="neither a file nor a pipe"):
        contents(path)

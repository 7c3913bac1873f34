"""The outer tar: every dialect, cut files, odd members; an index that costs no contents."""

import io
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.errors import LimitExceeded, NotAnImage, OcianalyzeError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.sources._archive import TarArchive
from ocianalyze.sources._spool import open_outer
from tests import archives
from tests.archives import Link
from tests.sources.samples import IMAGE, LOWER, UPPER, codes, contents, layers, read

LONG = "d" * 90 + "/" + "n" * 160
"""Too long for ustar."""


def _indexed(path: Path, limits: Limits = DEFAULT) -> TarArchive:
    return TarArchive(open_outer(path, limits), limits)


def _written(path: Path, names: list[str], form: int, pax: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w", format=form) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(name)
            info.pax_headers = pax or {}
            archive.addfile(info, io.BytesIO(name.encode()))
    return path


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
def test_long_names_of_every_dialect_are_read(form: int, tmp_path: Path) -> None:
    archive = _indexed(_written(tmp_path / "x", ["short", LONG, "last"], form))
    assert archive.names == ("short", LONG, "last")
    assert archive.read(LONG, 1000) == LONG.encode()
    archive.close()


def test_the_prefix_of_ustar_is_part_of_the_name(tmp_path: Path) -> None:
    name = "a" * 120 + "/" + "b" * 30
    archive = _indexed(_written(tmp_path / "x", [name], tarfile.USTAR_FORMAT))
    assert archive.names == (name,)
    archive.close()


def test_a_size_in_base_256_is_read(tmp_path: Path) -> None:
    """Members of 8 GiB and more have no octal size."""
    path = _written(tmp_path / "x", ["a", "b"], tarfile.GNU_FORMAT)
    data = bytearray(path.read_bytes())
    data[124:136] = b"\x80" + (1).to_bytes(11, "big")
    _seal(data)
    path.write_bytes(data)
    archive = _indexed(path)
    assert (archive.names, archive.read("a", 9)) == (("a", "b"), b"a")
    archive.close()


def _seal(data: bytearray) -> None:
    """Write the checksum of the first header anew."""
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])


def test_a_size_in_a_pax_record_overrides_the_header(tmp_path: Path) -> None:
    path = _written(tmp_path / "x", ["four"], tarfile.PAX_FORMAT, {"size": "2"})
    archive = _indexed(path)
    assert archive.read("four", 9) == b"fo"
    archive.close()


@pytest.mark.parametrize("name", ["./x", "/x", "x", ".//x", "./././x"])
def test_prefixes_of_names_mean_nothing(name: str, tmp_path: Path) -> None:
    archive = _indexed(_written(tmp_path / "x", [name], tarfile.GNU_FORMAT))
    assert archive.names == ("x",)
    assert archive.read("./x", 99) == name.encode()
    archive.close()


def test_everything_before_the_cut_is_usable(tmp_path: Path) -> None:
    """A download that broke off: the last layer is short and says so."""
    files = archives.files_docker([IMAGE])
    last = list(files)[1]
    ordered = {name: files[name] for name in files if name != last} | {last: files[last]}
    whole = archives.tar(ordered)
    path = tmp_path / "image"
    path.write_bytes(whole[: whole.index(UPPER) + 1000])
    (image,) = contents(path).images
    lower, upper = image.layers
    assert read(lower.blob) == LOWER
    assert upper.blob is not None
    assert upper.size is not None
    assert upper.size > upper.blob.size == len(read(upper.blob))
    assert "tar.truncated" in codes(path)


def test_a_header_that_does_not_sum_up_ends_the_archive(tmp_path: Path) -> None:
    """What follows could be the inside of a layer, so nothing is searched for in it."""
    path = _written(tmp_path / "x", ["a", "b", "c"], tarfile.GNU_FORMAT)
    data = bytearray(path.read_bytes())
    data[1024 + 3] ^= 1
    path.write_bytes(data)
    archive = _indexed(path)
    assert archive.names == ("a",)
    assert [anomaly.code for anomaly in archive.anomalies] == ["tar.bad-checksum"]
    archive.close()


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (b"\xff" * 12, "tar.negative-size"),
        (b"\x80" + b"\xff" * 11, "tar.bad-number"),
        (b"00000000009\0", "tar.bad-number"),
        (b"77777777777\0", "tar.truncated"),
    ],
    ids=["negative", "enormous", "no-octal", "larger-than-the-file"],
)
def test_a_size_that_lies_ends_the_archive(size: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    data = bytearray(_written(path, ["a", "b"], tarfile.GNU_FORMAT).read_bytes())
    body = data[1024:]
    body[124:136] = size
    _seal(body)
    path.write_bytes(data[:1024] + body)
    archive = _indexed(path)
    assert code in [anomaly.code for anomaly in archive.anomalies]
    assert archive.read("a", 9) == b"a"
    archive.close()


def test_bytes_behind_the_end_are_told(tmp_path: Path) -> None:
    """Some readers go on behind the zeros; `docker load` does not."""
    path = archives.docker_archive(tmp_path / "x", [IMAGE])
    path.write_bytes(path.read_bytes() + archives.tar({"manifest.json": b"[]"}))
    assert layers(path) == IMAGE.layers
    assert "tar.data-after-end" in codes(path)


def test_an_archive_without_its_end_mark_is_whole(tmp_path: Path) -> None:
    path = archives.docker_archive(tmp_path / "x", [IMAGE])
    data = path.read_bytes().rstrip(b"\0")
    path.write_bytes(data + bytes(-len(data) % 512))
    assert layers(path) == IMAGE.layers
    assert codes(path) == ["tar.no-end-mark"]


@pytest.mark.parametrize("data", [b"", b"x", b"no tar" * 1000, bytes(10240)])
def test_what_is_no_tar_is_no_image(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(NotAnImage):
        contents(path)


def test_more_members_than_allowed_is_an_error(tmp_path: Path) -> None:
    path = _written(tmp_path / "x", ["a", "b", "c"], tarfile.GNU_FORMAT)
    with pytest.raises(LimitExceeded, match="more than 2 members"):
        _indexed(path, Limits(archive_members=2))


def test_an_extended_header_beyond_the_limit_is_skipped(tmp_path: Path) -> None:
    path = _written(tmp_path / "x", ["a"], tarfile.PAX_FORMAT, {"comment": "c" * 2000})
    archive = _indexed(path, Limits(header_bytes=1000))
    assert archive.names == ("a",)
    assert [anomaly.code for anomaly in archive.anomalies] == ["tar.header-too-large"]
    archive.close()


def test_extended_headers_without_end_are_an_end(tmp_path: Path) -> None:
    one = _written(tmp_path / "x", ["a"], tarfile.PAX_FORMAT, {"comment": "c"}).read_bytes()
    (tmp_path / "x").write_bytes(archives.tar({"m": b""})[:512] + one[:1024] * 100)
    archive = _indexed(tmp_path / "x")
    assert archive.names == ("m",)
    assert [anomaly.code for anomaly in archive.anomalies] == ["tar.bad-pax"]
    archive.close()


def test_a_link_chain_longer_than_the_limit_leads_nowhere(tmp_path: Path) -> None:
    members: dict[str, archives.Member] = {f"l{n}": Link(f"l{n + 1}") for n in range(50)}
    path = archives.write_tar(tmp_path / "x", members | {"l50": b"end"})
    archive = _indexed(path)
    assert archive.find("l0") is None
    assert archive.read("l20", 9) == b"end"
    archive.close()


def test_names_that_are_no_text_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with tarfile.open(path, "w", errors="surrogateescape") as archive:
        archive.addfile(tarfile.TarInfo("a\udcff"))
    found = _indexed(path)
    assert found.names == ("a\udcff",)
    assert found.read("a\udcff", 9) == b""
    found.close()


@given(st.binary(max_size=64), st.integers(0, 4095))
def test_no_bytes_make_it_fail_otherwise_than_on_purpose(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    """Whatever is overwritten in an archive, the answer is an image or a clear error."""
    data = bytearray(archives.tar(archives.files_docker([IMAGE])))
    data[at : at + len(noise)] = noise
    path = tmp_path_factory.mktemp("noise") / "x"
    path.write_bytes(data)
    with suppress(OcianalyzeError):
        found = contents(path)
        assert found.images or found.artifacts

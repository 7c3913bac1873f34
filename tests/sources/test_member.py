"""Headers of the outer tar, read as Go's `archive/tar` reads them for `docker load` and skopeo."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocianalyze.layers.tar import GNU, USTAR
from ocianalyze.limits import DEFAULT
from ocianalyze.sources._archive import TarArchive
from ocianalyze.sources._spool import open_outer
from tests.tars import END, base256, header, member, octal, pax, read, record, rows

_SPARSE = {b"GNU.sparse.major": b"7", b"GNU.sparse.minor": b"0"}
_LONG = member(b"././@LongLink", b"long\0", flag=b"L", magic=GNU)
_MEMBERS = {
    "old-directory-has-no-data": header(b"d/", flag=b"\0", size=1024) + member(b"in", b"x"),
    "file-with-a-slash": member(b"name/", b"x"),
    "prefix-of-gnu-is-two-times": member(b"n", magic=GNU, prefix=octal(1, 12) + octal(2, 12)),
    "prefix-of-gnu-by-old-go": member(b"n", magic=GNU, prefix=b"above"),
    "prefix-of-star": member(
        b"n", prefix=b"above".ljust(131, b"\0") + b"00000000000 ", tail=b"tar\0"
    ),
    "prefix-of-an-unknown-format": member(b"n", magic=b"ustar 00", prefix=b"above"),
    "prefix-of-any-version": member(b"n", magic=USTAR[:6] + b"\0\0", prefix=b"above"),
    "size-behind-nuls": member(b"n", b"x", size=b"\0\0000000001\0"),
    "size-in-binary": member(b"n", b"x", size=base256(1, 12)),
    "size-of-pax-with-a-sign": pax({b"size": b"+1"}) + header(b"n") + b"x".ljust(512, b"\0"),
    "size-of-pax-with-zeros": pax({b"size": b"0" * 50 + b"1"})
    + header(b"n")
    + b"x".ljust(512, b"\0"),
    "record-with-a-sign": pax(b"+" + record(b"path", b"longer").replace(b"15", b"16"))
    + member(b"n"),
    "record-with-an-empty-path": pax({b"path": b""}) + member(b"n", b"x"),
    "second-pax-header-replaces-the-first": pax({b"path": b"one"})
    + pax({b"uid": b"1"})
    + member(b"n"),
    "global-header-ends-what-was-said": pax({b"path": b"one"})
    + pax({b"comment": b"1"}, b"g")
    + member(b"n"),
    "long-name-before-pax": _LONG + pax({b"path": b"pax"}) + member(b"n"),
    "long-name-after-pax": pax({b"path": b"pax"}) + _LONG + member(b"n"),
    "stray-record-of-a-sparse-file": pax(_SPARSE) + member(b"n", b"x"),
    "parents-in-a-path": member(b"a/../b/./c", b"x"),
}


@contextmanager
def _indexed(path: Path, data: bytes) -> Iterator[TarArchive]:
    path.write_bytes(data)
    archive = TarArchive(open_outer(path, DEFAULT), DEFAULT)
    try:
        yield archive
    finally:
        archive.close()


@pytest.mark.parametrize("members", _MEMBERS.values(), ids=_MEMBERS)
def test_the_outer_tar_has_the_members_that_a_layer_would_have(
    members: bytes, tmp_path: Path
) -> None:
    """Both follow Go; where they differed, another image than the runtime's would be read."""
    data = members + member(b"last", b"content") + END
    with _indexed(tmp_path / "x", data) as archive:
        expected = {row.path.decode(): row.size for row in rows(read(data).entries)}
        assert dict.fromkeys(archive.names) == dict.fromkeys(expected)
        for name, size in expected.items():
            found = archive.find(name)
            assert (found.size if found else 0) == size


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (b"9223372036854775807", "tar.truncated"),
        (b"9999999999999999999", "tar.bad-number"),
        (b"-5", "tar.bad-number"),
        (b"five", "tar.bad-number"),
    ],
)
def test_a_size_of_pax_that_lies_is_told(size: bytes, code: str, tmp_path: Path) -> None:
    data = member(b"first", b"x") + pax({b"size": size}) + member(b"n", b"x") + END
    with _indexed(tmp_path / "x", data) as archive:
        assert archive.read("first", 9) == b"x"
        assert code in [anomaly.code for anomaly in archive.anomalies]


def test_a_path_that_leaves_the_archive_is_no_other_members(tmp_path: Path) -> None:
    """`docker load` refuses it, skopeo knows it under no name."""
    with _indexed(tmp_path / "x", member(b"../manifest.json", b"x") + END) as archive:
        assert archive.read("manifest.json", 9) is None


@pytest.mark.parametrize("name", [b"repositories/", b"index.json/", b"manifest.json/"])
def test_a_directory_is_no_document(name: bytes, tmp_path: Path) -> None:
    """A root filesystem may have one of that name."""
    with _indexed(tmp_path / "x", header(name, flag=b"5") + member(b"etc/passwd") + END) as archive:
        assert not archive.documents

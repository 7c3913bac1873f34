"""A token is found in every format, however the bytes come, with the path inside."""

import gzip
import io
import tarfile
import zipfile
import zlib

import pytest

from tests.detectors.secrets.inside.conftest import (
    PACKERS,
    TEXT,
    Look,
    arred,
    cpioed,
    rpm,
    tarred,
    zipped,
)

LONG = "directory/" * 20 + "x.conf"
STEPS = (1 << 20, 1, 13)


def described() -> bytes:
    """A zip archive written to a pipe: lengths follow the contents."""

    class Pipe(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"nothing")
        archive.writestr("b/c", TEXT)
    return pipe.data


def zip64() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a", "w", force_zip64=True) as member:
            member.write(b"nothing")
        with archive.open("b/c", "w", force_zip64=True) as member:
            member.write(TEXT)
    return file.getvalue()


SCRIPT = b"#!/usr/bin/env python3\n"
FILES: dict[str, tuple[str, bytes, str]] = {
    **{name: (f"x.log.{name}", pack(TEXT), "x.log") for name, pack in PACKERS.items()},
    **{
        f"tar.{name}": (f"x.tar.{name}", pack(tarred({"etc/x": TEXT})), "x.tar!/etc/x")
        for name, pack in PACKERS.items()
    },
    "tgz": ("a/x.tgz", gzip.compress(tarred({"etc/x": TEXT})), "x.tar!/etc/x"),
    "no suffix": ("x", gzip.compress(TEXT), "content"),
    "zlib": ("x.zz", zlib.compress(TEXT), "x"),
    "second gzip member": ("x.gz", gzip.compress(b"") + gzip.compress(TEXT), "x"),
    "tar in two gzip members": (
        "x.apk",
        gzip.compress(tarred({"a": b"b"})[:1024]) + gzip.compress(tarred({"etc/x": TEXT})),
        "content!/etc/x",
    ),
    "long name in pax": ("x.tgz", gzip.compress(tarred({LONG: TEXT})), f"x.tar!/{LONG}"),
    "long name in gnu": (
        "x.tgz",
        gzip.compress(tarred({LONG: TEXT}, tarfile.GNU_FORMAT)),
        f"x.tar!/{LONG}",
    ),
    **{
        f"zip method {method}": ("x.jar", zipped({"a": b"a", "b/c": TEXT}, method), "b/c")
        for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    },
    "zip to a pipe": ("x.whl", described(), "b/c"),
    "zip64": ("x.zip", zip64(), "b/c"),
    "zip behind a script": ("x.pex", SCRIPT + zipped({"b/c": TEXT}), "b/c"),
    "zip behind a long script": ("x.jar", SCRIPT * 500 + zipped({"b/c": TEXT}), "b/c"),
    "deb": (
        "x.deb",
        arred({"debian-binary": b"2.0\n", "data.tar.xz": PACKERS["xz"](tarred({"./etc/x": TEXT}))}),
        "data.tar.xz!/data.tar!/etc/x",
    ),
    "rpm": ("x.rpm", rpm(PACKERS["zst"](cpioed({"./etc/x": TEXT}))), "payload!/content!/etc/x"),
    "gem": (
        "x.gem",
        tarred({"data.tar.gz": gzip.compress(tarred({"a": TEXT}))}),
        "data.tar.gz!/data.tar!/a",
    ),
    "nested": (
        "x.war",
        zipped({"lib/a.jar": zipped({"app.tar.gz": gzip.compress(tarred({"x": TEXT}))})}, 0),
        "lib/a.jar!/app.tar.gz!/app.tar!/x",
    ),
    "zip in a stored member": ("x.zip", zipped({"a.jar": zipped({"b": TEXT})}, 0), "a.jar!/b"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("case", FILES.values(), ids=FILES)
def test_a_token_is_found_with_its_path_inside(
    case: tuple[str, bytes, str], step: int, look: Look
) -> None:
    path, data, inner = case
    found = look(path, data, step=step)
    assert [(one.inner, one.offset, one.where) for one in found.hits] == [(inner, 4, "content")]
    assert not found.unread


@pytest.mark.parametrize("size", [1, 40_000, 3 << 20], ids=["small", "one piece", "many pieces"])
def test_places_are_right_whatever_the_size(size: int, look: Look) -> None:
    data = b" " * size + TEXT + b" " * size
    found = look("x.zip", zipped({f"{number}": data for number in range(3)}))
    assert [(one.inner, one.offset) for one in found.hits] == [(str(n), size + 4) for n in range(3)]


def test_small_contents_do_not_lend_each_other_secrets(look: Look) -> None:
    found = look("x.zip", zipped({"a": TEXT[:10], "b": TEXT[10:], "c": b"x", "d": TEXT}))
    assert [(one.inner, one.offset) for one in found.hits] == [("d", 4)]


def test_what_is_not_packed_is_left_to_the_sieve(look: Look) -> None:
    assert not look("x.tar", tarred({"a": TEXT})).hits
    assert not look("x.zip", zipped({"a": TEXT}, zipfile.ZIP_STORED)).hits


def test_members_that_the_directory_hides_are_found(look: Look) -> None:
    shown = zipped({"a": b"nothing"})
    start = shown.index(b"PK\1\2")
    hidden = zipped({"b": TEXT})
    data = shown[:start] + hidden[: hidden.index(b"PK\1\2")] + shown[start:]
    assert [one.inner for one in look("x.zip", data).hits] == ["b"]

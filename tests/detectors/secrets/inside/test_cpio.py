"""Cpio archives of every form, and what lies behind them, as in the image of a kernel."""

import gzip
import struct
from collections.abc import Callable, Mapping

import pytest

from tests.detectors.secrets.inside.conftest import PACKERS, TEXT, Look, cpioed, zipped


def portable(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of POSIX.1's form, in octal digits."""
    out = b""
    for name, data in (*files.items(), ("TRAILER!!!", b"")):
        raw = name.encode() + b"\0"
        out += b"070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o" % (
            *(1, 2, 0o100644, 0, 0, 1, 0, 0),
            *(len(raw), len(data)),
        )
        out += raw + data
    return out


def binary(files: Mapping[str, bytes], order: str) -> bytes:
    """Return an archive of the oldest form."""
    out = b""
    for name, data in (*files.items(), ("TRAILER!!!", b"")):
        raw = name.encode() + b"\0"
        size = divmod(len(data), 1 << 16)
        out += struct.pack(f"{order}13H", 0o070707, 1, 2, 0o100644, *bytes(6), len(raw), *size)
        out += raw + bytes(len(raw) % 2) + data + bytes(len(data) % 2)
    return out


FORMS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "newc": cpioed,
    "crc": lambda files: cpioed(files).replace(b"070701", b"070702"),
    "odc": portable,
    "bin": lambda files: binary(files, "<"),
    "swapped": lambda files: binary(files, ">"),
}


@pytest.mark.parametrize("step", [1 << 20, 1, 13])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_members_are_read(
    form: Callable[[Mapping[str, bytes]], bytes], step: int, look: Look
) -> None:
    data = form({"./etc/odd": b"x" * 7, "etc/a.gz": gzip.compress(TEXT)})
    found = look("x.cpio", data, step=step)
    assert [one.inner for one in found.hits] == ["etc/a.gz!/a"]
    assert not found.unread


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_compressed_ones_are_read(
    form: Callable[[Mapping[str, bytes]], bytes], pack: Callable[[bytes], bytes], look: Look
) -> None:
    found = look("boot/initrd.img", pack(form({"etc/x": TEXT})))
    assert [one.inner for one in found.hits] == ["content!/etc/x"]
    assert not found.unread


@pytest.mark.parametrize("step", [1 << 20, 1, 13])
@pytest.mark.parametrize("padding", [0, 4, 512])
def test_a_compressed_archive_behind_a_plain_one_is_read(
    padding: int, step: int, look: Look
) -> None:
    """As kernels' images have it: microcode first."""
    early = cpioed({"kernel/x86/microcode/a.bin": b"x" * 99})
    data = early + bytes(padding) + early + bytes(padding) + gzip.compress(cpioed({"etc/x": TEXT}))
    found = look("boot/initrd.img", data, step=step)
    assert [one.inner for one in found.hits] == ["content!/content!/etc/x"]
    assert not found.unread


def test_a_file_that_only_begins_like_one_is_none(look: Look) -> None:
    with pytest.raises(AssertionError, match="nobody wants it"):
        look("x", b"\xc7\x71" + bytes(range(200)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (cpioed({"a": TEXT})[:130], "is cut off"),
        (cpioed({"a": TEXT}).replace(b"00000000", b"0000000g"), "has an unreadable cpio header"),
        (portable({"a" * 5_000: TEXT}), "has a cpio member with a long name"),
        (cpioed({"a": TEXT})[:-124] + zipped({}), "has an unreadable cpio header"),
    ],
    ids=["cut off", "digits", "long name", "no end"],
)
def test_a_damaged_one_is_told(data: bytes, reason: str, look: Look) -> None:
    assert [one.reason for one in look("x.cpio", data).unread] == [reason]

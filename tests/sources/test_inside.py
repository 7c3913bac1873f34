"""A tar that carries images is neither one nor a root filesystem; odd root filesystems are read."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ocianalyze.errors import LimitExceeded, NotAnImage
from ocianalyze.limits import Limits
from ocianalyze.sources import _inside, open_source
from tests import archives
from tests.archives import Compression, Member, compress, tar
from tests.sources.samples import IMAGE, OTHER

DIGITS = "0123456789abcdef" * 4
FORMS: Mapping[str, Callable[[], Mapping[str, Member]]] = {
    "docker": lambda: archives.files_docker([IMAGE]),
    "podman": lambda: archives.files_docker([IMAGE], style="podman"),
    "kaniko": lambda: archives.files_docker([IMAGE], style="kaniko"),
    "bazel": lambda: archives.files_docker([IMAGE], style="bazel"),
    "modern": lambda: archives.files_modern([IMAGE]),
    "legacy": lambda: archives.files_legacy([IMAGE]),
    "oci": lambda: archives.files_oci([IMAGE]),
}


def _kind(path: Path, members: Mapping[str, Member]) -> str:
    archives.write_tar(path, members)
    with open_source(str(path))[0] as source:
        return source.kind


def _below(folder: str, files: Mapping[str, Member]) -> dict[str, Member]:
    return {f"{folder}/{name}": data for name, data in files.items()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("compression", ["none", "gzip", "zstd", "xz", "bzip2"])
def test_saved_images_in_a_tar_are_named(
    form: str, compression: Compression, tmp_path: Path
) -> None:
    """Whatever they are called, and whatever lies beside them."""
    saved = compress(tar(FORMS[form]()), compression)
    members: dict[str, Member] = {"README": b"two\n", "images/shop": saved, "images/b.tar": saved}
    with pytest.raises(NotAnImage, match=r"images in it, 'images/shop', 'images/b\.tar'") as raised:
        _kind(tmp_path / "bundle.tar", members)
    assert f"rootfs:{tmp_path}" in raised.value.cure


@pytest.mark.parametrize("beside", ["bin/install.sh", "lib/common.sh", "etc/ssl/certs/a.pem"])
def test_what_an_installer_brings_along_is_no_sign_of_a_root(beside: str, tmp_path: Path) -> None:
    saved = tar({**archives.files_oci([IMAGE])})
    with pytest.raises(NotAnImage, match=r"images in it, 'images/a\.tar'"):
        _kind(tmp_path / "bundle.tar", {beside: b"x", "images/a.tar": saved})


@pytest.mark.parametrize("form", ["docker", "modern", "legacy", "oci", "directory"])
def test_images_in_folders_of_a_tar_are_named(form: str, tmp_path: Path) -> None:
    files = {**archives.files_directory(IMAGE)} if form == "directory" else FORMS[form]()
    other = archives.files_oci([OTHER])
    members = {**_below("img/a", files), **_below("img/b", other)}
    with pytest.raises(NotAnImage, match="images in it, 'img/a', 'img/b'"):
        _kind(tmp_path / "two.tar", members)


ROOTS: Mapping[str, Mapping[str, Member]] = {
    "distroless": {"etc/os-release": b"ID=debian\n", "var/lib/dpkg/status.d/base": b"Package: b\n"},
    "one-program": {"app": (0o755, b"\x7fELF")},
    "data": {"data/rows.db": b"x" * 600, "data/old.tar.gz": compress(tar({"a": b"b"}), "gzip")},
    "windows": {"Files/Windows/System32/ntdll.dll": b"MZ", "Hives/System_Delta": b"regf"},
    "exported-volume": {".dockerenv": b"", "dev/console": b"", "etc/hosts": b"", "data/x": b"x"},
    "caches": {f"cache/{DIGITS}": b"x", f"lfs/objects/01/23/{DIGITS}": b"y"},
    "web-pages": {"srv/www/manifest.json": b"{}", "srv/www/index.json": b"{}", "srv/a/x": b""},
    "appliance": {"etc/passwd": b"", "images/a.tar": tar({**archives.files_oci([IMAGE])})},
    "appliance-with-layout": {"usr/bin/x": b"", **_below("opt/img", archives.files_oci([IMAGE]))},
    "busybox": {"bin/sh": b"", "www/manifest.json": b"{}", f"www/{DIGITS}.json": b"{}"},
    "damaged-inside": {"a.tar.gz": compress(b"x" * 5_000, "gzip")[:20], "b": b"\x1f\x8b\x08"},
    "negative-inside": {"a": b"x" * 124 + b"\xff" * 12 + bytes(600)},
    "layer": {"opt/.wh.old": b"", "opt/new": b"n"},
}


@pytest.mark.parametrize("members", ROOTS.values(), ids=ROOTS)
def test_root_filesystems_of_any_shape_are_read(
    members: Mapping[str, Member], tmp_path: Path
) -> None:
    assert _kind(tmp_path / "root.tar", members) == "rootfs-archive"


def test_the_prefix_overrules(tmp_path: Path) -> None:
    path = archives.write_tar(tmp_path / "x.tar", _below("a/b", archives.files_oci([IMAGE])))
    with open_source(f"rootfs:{path}")[0] as source:
        assert source.kind == "rootfs-archive"


def test_files_that_are_no_images_are_looked_at_once_and_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    real = _inside._Allowed.spend

    def spend(allowed: _inside._Allowed, data: bytes) -> bytes:
        looked.append(len(data))
        return real(allowed, data)

    monkeypatch.setattr(_inside._Allowed, "spend", spend)
    big = compress(bytes(range(256)) * 40_000, "gzip")
    assert _kind(tmp_path / "a.tar", {f"doc/{n}.gz": big for n in range(20)}) == "rootfs-archive"
    assert sum(looked) < 20 * 700_000
    looked.clear()
    with pytest.raises(NotAnImage, match="images in it"):
        _kind(tmp_path / "b.tar", {"big.gz": big, "a.tar": tar(FORMS["docker"]())})
    assert sum(looked) < 2 * 700_000


def test_what_may_hold_images_beyond_the_limit_is_told(tmp_path: Path) -> None:
    members: dict[str, Member] = {f"doc/{n}": bytes(100) for n in range(9)}
    path = archives.write_tar(tmp_path / "a.tar", members)
    with pytest.raises(LimitExceeded, match=r"limit sought_bytes") as raised:
        open_source(str(path), Limits(sought_bytes=500))
    assert f"rootfs:{path} reads it" in raised.value.cure
    with open_source(f"rootfs:{path}", Limits(sought_bytes=500))[0] as source:
        assert source.kind == "rootfs-archive"
    with open_source(str(path), Limits(sought_bytes=1000))[0] as source:
        assert source.kind == "rootfs-archive"


def test_what_was_found_before_the_limit_is_named(tmp_path: Path) -> None:
    members = {"a.tar": tar(FORMS["oci"]()), "b.tar": tar(FORMS["oci"]())}
    path = archives.write_tar(tmp_path / "a.tar", members)
    with pytest.raises(NotAnImage, match=r"images in it, 'a\.tar'"):
        open_source(str(path), Limits(sought_bytes=4096))

"""Packages and files of Chisel manifests.

No registry has a real manifest. The lines below follow the examples of Chisel's own reference, and
were compared with what people measured of manifests that `chisel cut` wrote: the header's count has
the header in it, a hard link has the number of its inode, the manifest itself has no digest.
"""

import json
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers import chisel
from ocianalyze.inventory.catalogers.chisel import CATALOGER, read
from ocianalyze.model.package import Distribution, Found
from tests.inventory.catalogers.walked import claims, found, kept, survives

PLACE = "var/lib/chisel/manifest.wall"
NOBLE = Distribution(id="ubuntu", version="24.04")
WALL: list[dict[str, Any]] = [
    {"jsonwall": "1.0", "schema": "1.0", "count": 9},
    {"kind": "content", "slice": "libc6_libs", "path": "/usr/lib/libc.so.6"},
    {
        "kind": "package",
        "name": "libc6",
        "version": "2.39-0ubuntu8",
        "sha256": "1",
        "arch": "amd64",
    },
    {"kind": "package", "name": "zlib1g", "version": "1:1.3-3", "sha256": "2", "arch": "amd64"},
    {"kind": "path", "path": "/lib", "mode": "0777", "slices": ["libc6_libs"], "link": "usr/lib"},
    {
        "kind": "path",
        "path": "/usr/lib/",
        "mode": "0755",
        "slices": ["libc6_libs", "zlib1g_libs", "gone_x"],
    },
    {
        "kind": "path",
        "path": "/usr/lib/libc.so.6",
        "mode": "0755",
        "slices": ["libc6_libs", "libc6_other"],
    },
    {"kind": "slice", "name": "libc6_config"},
    {"kind": "slice", "name": "libc6_libs"},
]


def wall(*records: object) -> bytes:
    """Return records as a manifest."""
    text = "".join(json.dumps(record) + "\n" for record in records)
    return zstandard.compress(text.encode())


def test_packages_carry_their_slices() -> None:
    (each,) = kept(CATALOGER, {PLACE: wall(*WALL)})
    assert list(read(each, NOBLE)) == [
        Found(
            type="deb",
            namespace="ubuntu",
            name="libc6",
            version="2.39-0ubuntu8",
            arch="amd64",
            qualifiers=(("distro", "ubuntu-24.04"),),
            properties=(("chisel-slices", "config,libs"),),
        ),
        Found(
            type="deb",
            namespace="ubuntu",
            name="zlib1g",
            version="1.3-3",
            epoch="1",
            arch="amd64",
            qualifiers=(("distro", "ubuntu-24.04"),),
        ),
    ]


def test_files_and_links_are_claimed_once_for_each_package() -> None:
    assert [(x.name, x.paths) for x in claims(CATALOGER, {PLACE: wall(*WALL)})] == [
        ("libc6", ("lib", "usr/lib/libc.so.6"))
    ]


def test_a_manifest_may_lie_anywhere_but_must_be_zstd() -> None:
    assert len(found(CATALOGER, {"db/manifest.wall": wall(*WALL)})) == 2
    assert not found(CATALOGER, {PLACE: json.dumps(WALL[2]).encode()})


def test_a_cut_manifest_gives_the_lines_before_the_cut() -> None:
    compressor = zstandard.ZstdCompressor().compressobj()
    head = compressor.compress(json.dumps(WALL[2]).encode() + b"\n")
    head += compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    assert [x.name for x in found(CATALOGER, {PLACE: head + b"\x00" * 9})] == ["libc6"]


def test_a_bomb_is_read_in_part_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chisel, "_WALL_BYTES", 4096)
    text = json.dumps(WALL[2]).encode() + b"\n" + b" " * 10_000_000
    (each,) = kept(CATALOGER, {PLACE: zstandard.compress(text)})
    packages = read(each, NOBLE)
    assert next(packages).name == "libc6"
    with pytest.raises(ValueError, match="limit"):
        next(packages)


_VALUE = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["libc6_libs", "a_", "_"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
_RECORD = st.dictionaries(
    st.sampled_from(["kind", "name", "path", "slices", "version", "arch"]),
    st.sampled_from(["package", "path", "slice", "libc6_libs", "/x"]) | _VALUE,
)


@given(st.lists(_RECORD | _VALUE))
def test_no_records_make_it_raise(records: list[object]) -> None:
    survives(CATALOGER, PLACE, wall(*records))


@given(st.binary(), st.booleans())
def test_no_bytes_make_it_raise(content: bytes, whole: bool) -> None:  # noqa: FBT001 - drawn
    survives(
        CATALOGER, PLACE, zstandard.compress(content) if whole else b"\x28\xb5\x2f\xfd" + content
    )

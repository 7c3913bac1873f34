"""Odd headers as Go's `archive/tar` reads them: our tree against what umoci unpacks."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.detectors import filetype
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import DEFAULT
from tests.images import Bytes
from tests.integration.unpacked import compared, ours, read_folder, umoci_unpack
from tests.tars import BLOCK, END, GNU, base256, header, member, octal, pax

pytestmark = pytest.mark.oracle
_EVIL = member(b"evil", b"hidden", mode=0o4755)
_LAYERS = {
    "data-of-an-old-directory": header(b"d/", flag=b"\0", size=len(_EVIL), mode=0o755) + _EVIL,
    "prefix-of-no-format": member(b"n", mode=0o4755, magic=b"ustar 00", prefix=b"above"),
    "prefix-of-any-version": member(b"n", mode=0o4755, magic=b"ustar\0XX", prefix=b"above"),
    "prefix-of-gnu-by-old-go": member(b"n", mode=0o4755, magic=GNU, prefix=b"etc/above"),
    "times-of-gnu": member(b"n", magic=GNU, prefix=octal(1, 12) + octal(2, 12)),
    "negative-mode": member(b"n", mode=base256(0o4755 - (1 << 20), 8)),
    "large-mode": member(b"n", mode=base256((1 << 40) + 0o4755, 8)),
    "owner-of-33-bits": member(b"n", uid=base256(1 << 32, 8), gid=base256((1 << 32) + 5, 8)),
    "owner-that-is-none": member(b"n", uid=base256((1 << 32) - 1, 8)),
    "owner-in-a-record": pax({b"uid": b"4294967296", b"gid": b"+7"}) + member(b"n"),
    "size-with-a-sign": pax({b"size": b"+3"}) + member(b"n", b"abcdef") + _EVIL,
    "size-with-zeros": pax({b"size": b"0" * 30 + b"3"}) + member(b"n", b"abcdef") + _EVIL,
}


@pytest.mark.parametrize("layer", _LAYERS.values(), ids=_LAYERS)
def test_umoci_unpacks_the_tree_that_we_list(
    layer: bytes, tool: Callable[[str], str], tmp_path: Path
) -> None:
    """Each once hid a file, its place, its owner or its set-id bit from us."""
    root = umoci_unpack(tool("umoci"), tmp_path, [layer + END])
    assert isinstance(root, Path), root
    facts = read_layer(Bytes(layer + END), Reading((), filetype.classify, DEFAULT))
    merged = MergedTree([facts], filetype.TYPES, DEFAULT)
    own = ours(merged, links_write=False)
    real, mine = compared(read_folder(root), own, owners=os.geteuid() == 0)
    assert mine == real


def _sparse(numbers: bytes) -> bytes:
    records = {b"GNU.sparse.major": b"0", b"GNU.sparse.minor": b"1", b"GNU.sparse.size": b"1000"}
    return pax(records | {b"GNU.sparse.map": numbers}) + member(b"s", bytes(BLOCK))


_REFUSED = {
    "checksum": header(b"n", checksum=b"000001\0 "),
    "number": header(b"n", mode=b"9999999"),
    "number-of-a-device": header(b"n", flag=b"3", major=b"9999999"),
    "size": header(b"n", size=b"99999999999"),
    "size-of-an-extended-header": header(b"x", flag=b"x", size=b"99999999999") + header(b"n"),
    "negative-size": header(b"n", size=base256(-1, 12)),
    "negative-size-in-a-record": pax({b"size": b"-1"}) + header(b"n"),
    "negative-size-of-an-extended-header": header(b"x", flag=b"x", size=base256(-5, 12)),
    "owner-in-a-record": pax({b"uid": b"x"}) + header(b"n"),
    "owner-of-66-bits": pax({b"uid": b"9" * 20}) + header(b"n"),
    "time-in-a-record": pax({b"mtime": b"x"}) + header(b"n"),
    "time-of-70-bits": header(b"n", mtime=base256(1 << 70, 12)),
    "record": pax(b"7 path\n") + header(b"n"),
    "record-of-a-global-header": pax(b"7 path\n", b"g") + header(b"n"),
    "nul-in-a-path": pax({b"path": b"a\0b"}) + header(b"n"),
    "nul-in-an-owner": pax({b"uname": b"a\0b"}) + header(b"n"),
    "nul-in-a-key": pax({b"SCHILY.xattr.user.a\0b": b"x"}) + header(b"n"),
    "lone-block-of-zeros": header(b"n") + bytes(BLOCK),
    "sparse-that-overlaps": _sparse(b"0,256,128,256"),
    "sparse-without-its-data": _sparse(b"0,256"),
    "sparse-of-odd-numbers": _sparse(b"0,512,600"),
    "extended-header-above-a-mebibyte": pax({b"comment": b"c" * (1 << 20)}) + header(b"n"),
    "extended-header-that-is-cut": header(b"x", flag=b"x", size=1 << 30),
}


@pytest.mark.parametrize("start", _REFUSED.values(), ids=_REFUSED)
def test_a_layer_that_go_refuses_is_partial(
    start: bytes, tool: Callable[[str], str], tmp_path: Path
) -> None:
    """No control may pass on what no runtime unpacks to its end (decision 0007)."""
    layer = start + _EVIL + END
    assert isinstance(umoci_unpack(tool("umoci"), tmp_path, [layer]), str)
    assert read_layer(Bytes(layer), Reading((), filetype.classify, DEFAULT)).partial

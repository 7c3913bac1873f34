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
from tests.tars import END, GNU, base256, header, member, octal, pax

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

"""What a content is by its first bytes, as far as secrets may hide in it."""

import re

from ocianalyze.detectors.secrets.inside import _behind as behind
from ocianalyze.detectors.secrets.inside import stores
from ocianalyze.detectors.secrets.inside._codecs import is_zlib
from ocianalyze.detectors.secrets.inside._compressed import COMPRESSIONS
from ocianalyze.detectors.secrets.inside._cpio import BINARY_CPIO, is_binary_cpio
from ocianalyze.detectors.secrets.inside._git import LOOSE
from ocianalyze.detectors.secrets.inside._sqlite import LOG

HEAD = 512
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"PK\3\4", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xed\xab\xee\xdb", "rpm"),
    (b"070701", "cpio"),
    (b"070702", "cpio"),
    (b"070707", "cpio"),
    (b"%PDF-", "pdf"),
    (b"SQLite format 3\0", "sqlite"),
    *((magic, "sqlite") for magic in LOG),
    (b"!<arch>\ndebian-binary", "ar"),
    (b"PACK\0\0\0\2", "pack"),
    (b"PACK\0\0\0\3", "pack"),
    (b"# v2 git bundle\n", "bundle"),
    (b"# v3 git bundle\n", "bundle"),
)
UNREAD = {
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"\x04\x22\x4d\x18": "lz4",
    b"MSCF": "cab",
    b"hsqs": "squashfs",
    b"xar!": "xar",
    b"LZIP": "lzip",
    b"\x1f\x9d": "compress",
}
"""First bytes of packed files that are not read; they are told."""
WEAK = frozenset({"zlib", "lzma", behind.PICTURE})
"""Recognised by so little that what cannot be inflated was perhaps none."""
MIXED = WEAK | {"bundle", "pdf", "sqlite", "behind", behind.PICTURE}
"""That are more than what is packed in them."""
ARCHIVES = frozenset(
    {"zip", "tar", "ar", "cpio", "rpm", "pack", "bundle", "pdf", "sqlite", behind.PICTURE}
)
BEHIND = "behind"
"""What may have an archive behind its own bytes."""

_FIRST = frozenset(
    {
        *(b"BZ", b"]\0", *(bytes((0x78, level)) for level in range(0x100))),
        *(magic[:2] for magic, _ in _MAGICS),
        *(magic[:2] for magic in (*behind.FIRST, *BINARY_CPIO, *UNREAD)),
    }
)
"""Two bytes that something begins with."""


def may_be_packed(head: bytes) -> bool:
    """Tell by very little whether the others of this module are worth asking."""
    return head[:2] in _FIRST or head[:1] in stores.FIRST or head[257:262] == b"ustar"


def recognise(head: bytes, path: bytes) -> str:
    """Return the name of the format; empty for one in which nothing hides."""
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    if _BZIP2.match(head):
        return "bzip2"
    return _by_little(head, path)


def _by_little(head: bytes, path: bytes) -> str:
    """Return the format of a content whose first bytes alone say little."""
    if head[:1] == b"x" and len(head) > 2 and is_zlib(head):
        return "loose" if LOOSE.search(path) else "zlib"
    if head.startswith(COMPRESSIONS["lzma"].magic) and path.endswith(b".lzma"):
        return "lzma"
    if is_binary_cpio(head):
        return "cpio"
    return BEHIND if head.startswith(behind.FIRST) else ""


def unread(head: bytes) -> str:
    """Return the name of a format that is not read; empty for others."""
    return UNREAD.get(head[:4], "") or UNREAD.get(head[:2], "")

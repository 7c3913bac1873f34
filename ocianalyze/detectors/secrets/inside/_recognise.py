"""What a content is by its first bytes, as far as secrets may hide in it."""

import re

from ocianalyze.detectors.secrets.inside import stores
from ocianalyze.detectors.secrets.inside._compressed import COMPRESSIONS
from ocianalyze.detectors.secrets.inside._git import LOOSE

HEAD = 512
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_SCRIPT = re.compile(rb"#![^\n]*\nPK\x03\x04")
_ZIPS = (b".jar", b".war", b".ear", b".pex", b".pyz")
"""Suffixes of zip archives that a start script of any length may precede."""
_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"PK\3\4", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xed\xab\xee\xdb", "rpm"),
    (b"070701", "cpio"),
    (b"070702", "cpio"),
    (b"!<arch>\ndebian-binary", "ar"),
    (b"PACK\0\0\0\2", "pack"),
    (b"PACK\0\0\0\3", "pack"),
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
WEAK = frozenset({"zlib", "lzma"})
"""Recognised by so little that what cannot be inflated was perhaps none."""
ARCHIVES = frozenset({"zip", "tar", "ar", "cpio", "rpm", "pack"})


_FIRST = frozenset(
    {
        *(b"#", b"B", b"x", b"]"),
        *(magic[:1] for magic, _ in _MAGICS),
        *(magic[:1] for magic in UNREAD),
        *stores.FIRST,
    }
)


def may_be_packed(head: bytes) -> bool:
    """Tell by very little whether the others of this module are worth asking."""
    return head[:1] in _FIRST or head[257:262] == b"ustar"


def recognise(head: bytes, path: bytes) -> str:
    """Return the name of the format; empty for one in which nothing hides."""
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    if _BZIP2.match(head):
        return "bzip2"
    if head[:1] == b"\x78" and _is_zlib(head):
        return "loose" if LOOSE.search(path) else "zlib"
    if head.startswith(COMPRESSIONS["lzma"].magic) and path.endswith(b".lzma"):
        return "lzma"
    return "zip" if _is_behind_script(head, path) else ""


def _is_behind_script(head: bytes, path: bytes) -> bool:
    """Tell a zip archive that a start script precedes."""
    return head.startswith(b"#!") and bool(_SCRIPT.match(head) or path.endswith(_ZIPS))


def unread(head: bytes) -> str:
    """Return the name of a format that is not read; empty for others."""
    return UNREAD.get(head[:4], "") or UNREAD.get(head[:2], "")


def _is_zlib(head: bytes) -> bool:
    """Tell a zlib header (RFC 1950, 2.2)."""
    return len(head) > 2 and int.from_bytes(head[:2], "big") % 31 == 0 and not head[1] & 0x20


DOCUMENTATION = ("usr/share/man", "usr/share/doc", "usr/share/info", "usr/share/locale")
"""Folders of compressed manual pages and changelogs. One large image has 11,500 such files; looking
into them takes half of the time that all insides take, and finds examples."""
_DOCUMENT = re.compile(rb"(?:%s)/.*\.gz$" % b"|".join(x.encode() for x in DOCUMENTATION))


def is_document(path: bytes) -> bool:
    """Tell a compressed manual page or changelog where packages put them."""
    return path.startswith(b"usr/share/") and bool(_DOCUMENT.match(path))

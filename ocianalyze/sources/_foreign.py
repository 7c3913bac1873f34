"""What a file is that is no tar: told by its first bytes, with what helps."""

import re
from typing import NamedTuple

from ocianalyze.errors import NotAnImage
from ocianalyze.sources._inflating import form_of
from ocianalyze.sources._magic import described
from ocianalyze.sources._member import is_header

_USTAR = slice(257, 262)
_SHOWN = 8
_BLOCK = 512
_WEB = re.compile(rb"\s*<(?:!doctype\s+html|html|\?xml)", re.IGNORECASE)
_TEXT = re.compile(rb"[^\0-\x08\x0e-\x1a\x1c-\x1f\x7f]*")


class Foreign(NamedTuple):
    """Something that is no tar."""

    what: str
    cure: str = ""
    """Empty where nothing but saving the image again helps."""


_UNPACK = "unpack it and name what is inside"
_DISK = "save the image itself: a disk of a virtual machine is not read"
_KNOWN: tuple[tuple[int, bytes, Foreign], ...] = (
    (0, b"PK\x03\x04", Foreign("a ZIP archive", _UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Foreign("a 7-Zip archive", _UNPACK)),
    (0, b"Rar!\x1a\x07", Foreign("a RAR archive", _UNPACK)),
    (0, b"\x04\x22\x4d\x18", Foreign("compressed by lz4", "decompress it first: lz4 -d")),
    (0, b"\x02\x21\x4c\x18", Foreign("compressed by lz4", "decompress it first: lz4 -d")),
    (0, b"\x1f\x9d", Foreign("compressed by compress (.Z)", "decompress it first: gzip -d")),
    (0, b"LZIP", Foreign("compressed by lzip", "decompress it first: lzip -d")),
    (0, b"\x89LZO", Foreign("compressed by lzop", "decompress it first: lzop -d")),
    (0, b"07070", Foreign("a cpio archive", "pack what is inside as a tar")),
    (0, b"!<arch>\n", Foreign("an ar archive, as of a Debian package")),
    (0, b"\xed\xab\xee\xdb", Foreign("an RPM package")),
    (0, b"hsqs", Foreign("a squashfs filesystem", "unpack it (unsquashfs) and pack it as a tar")),
    (0, b"QFI\xfb", Foreign("a QCOW2 disk", _DISK)),
    (0, b"KDMV", Foreign("a VMDK disk", _DISK)),
    (0, b"\x7fELF", Foreign("a program (ELF)")),
    (0, b"MZ", Foreign("a program (PE)")),
    (0, b"%PDF", Foreign("a PDF document")),
    (
        32,
        b"SIF_MAGIC",
        Foreign(
            "a Singularity image (SIF)",
            "save the image that it was built from: skopeo copy docker://NAME oci-archive:FILE",
        ),
    ),
    (
        0,
        b"version https://git-lfs",
        Foreign("a pointer of Git LFS", "fetch the file itself: git lfs pull"),
    ),
)


def no_tar(head: bytes, place: str, within: str = "") -> NotAnImage:
    """Return the error that says what is there instead.

    Args:
        head: the first block, whole if the file has one.
        place: what the user named.
        within: the compressions around it, ` (inside gzip)`; empty for none.

    """
    found = _foreign(head)
    return NotAnImage(f"{found.what}{within}, not a tar", place=place, cure=found.cure)


def kind_of(head: bytes) -> str:
    """Return what a file is by its first block, for people; empty for what nothing names."""
    form = form_of(head)
    if form != "none":
        return f"compressed by {form}"
    if len(head) == _BLOCK and head.strip(b"\0") and is_header(head):
        return "a tar archive"
    return _foreign(head).what if head else ""


def _foreign(head: bytes) -> Foreign:
    if not head:
        return Foreign("an empty file")
    for offset, magic, found in _KNOWN:
        if head.startswith(magic, offset):
            return found
    if head[_USTAR] == b"ustar":
        return Foreign(
            "a damaged header", "the checksum of the first header is wrong: copy it again"
        )
    unknown = f"bytes of no known kind ({head[:_SHOWN].hex(' ')} ...)"
    return _text(head) or Foreign(described(head) or unknown)


def _text(head: bytes) -> Foreign | None:
    if _WEB.match(head):
        return Foreign("a web page or XML", "the download went wrong: fetch the image again")
    if not _TEXT.fullmatch(head):
        return None if len(head) == _BLOCK or head.strip(b"\0") else Foreign("a few zeros")
    if head.lstrip()[:1] in (b"{", b"["):
        cure = "name the folder or the archive of the image, not one of its documents"
        return Foreign("a JSON document", cure)
    return Foreign("text", "name the image itself, an archive or a directory")

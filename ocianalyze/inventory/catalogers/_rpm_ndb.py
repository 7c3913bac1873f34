"""rpm's own database `Packages.db` (SUSE): slots that point to blocks of 16 bytes.

Little-endian. A head of 32 bytes, then slots of 16 bytes up to the end of the slot pages; each
names a package's index, first block and number of blocks. A blob has a head of 16 bytes, and ends
with the Adler-32 of all before it, its length and a mark.
"""

import struct
import zlib
from collections.abc import Iterator

from ocianalyze.inventory.catalogers._rpm_record import HEADER_BYTES, Record

MAGIC = b"RpmP"

_HEAD = struct.Struct("<4sIII")
_SLOT = struct.Struct("<4sIII")
_BLOB = struct.Struct("<4sIII")
_TAIL = struct.Struct("<II4s")
_HEAD_BYTES = 32
_PAGE = 4096
_BLOCK = 16
_SLOTS = 1_000_000
"""Slots looked at; each package has one."""


def records(data: memoryview) -> Iterator[Record | str]:
    """Yield the headers in the order of their slots; a text for each damaged one."""
    if len(data) < _HEAD_BYTES:
        yield "database is shorter than its head"
        return
    magic, version, _, pages = _HEAD.unpack_from(data)
    if magic != MAGIC or version != 0:
        yield "not an ndb database of version 0"
        return
    end = pages * _PAGE
    if end > min(len(data), _SLOTS * _SLOT.size):
        yield "slots reach beyond the end"
    last = min(end, len(data), _SLOTS * _SLOT.size)
    count = max(last - _HEAD_BYTES, 0) // _SLOT.size
    slots = data[_HEAD_BYTES : _HEAD_BYTES + count * _SLOT.size]
    for mark, package, block, blocks in _SLOT.iter_unpack(slots):
        if mark != b"Slot":
            yield "slot without its mark"
        elif package and block:
            yield _blob(data, package, block * _BLOCK, blocks * _BLOCK)


def _blob(data: memoryview, package: int, start: int, size: int) -> Record | str:
    """Return the header in a blob whose marks, lengths and sum are right."""
    end = start + size
    if size > HEADER_BYTES:
        return f"package {package} has a header larger than what is read"
    if size < _BLOB.size + _TAIL.size or end > len(data):
        return f"package {package} lies beyond the end"
    magic, index, _, length = _BLOB.unpack_from(data, start)
    total, again, mark = _TAIL.unpack_from(data, end - _TAIL.size)
    if (magic, index, mark) != (b"BlbS", package, b"BlbE") or length != again:
        return f"package {package} has no marks"
    if length > size - _BLOB.size - _TAIL.size:
        return f"package {package} does not fit its blocks"
    if zlib.adler32(data[start : end - _TAIL.size]) != total:
        return f"package {package} has a wrong Adler-32"
    begin = start + _BLOB.size
    return Record(bytes(data[begin : begin + length]), package)

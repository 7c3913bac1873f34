"""Extended headers: PAX records (POSIX.1-2001 `pax`) and GNU's long names.

Where readers differ this follows Go's `archive/tar`, which all container runtimes use: an empty
value leaves the header's own, of two extended headers the last one counts, GNU's long names win
over PAX paths, and global headers change nothing.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import field
from urllib.parse import unquote_to_bytes

from ocianalyze.dataclass import dataclass

_DIGITS = 20
_LARGEST = (1 << 63) - 1
_TIME = re.compile(rb"([+-]?)([0-9]{1,19})(?:\.([0-9]*))?")
_SCHILY = b"SCHILY.xattr."
_LIBARCHIVE = b"LIBARCHIVE.xattr."
_SPARSE_NUMBERS = (b"GNU.sparse.offset", b"GNU.sparse.numbytes")
_BILLION = 1_000_000_000


@dataclass(slots=True)
class Extended:
    """What the extended headers before an entry say of it."""

    records: dict[bytes, bytes] = field(default_factory=dict)
    sparse: list[bytes] = field(default_factory=list)
    """Offsets and lengths in turn, of sparse format 0.0."""
    long_path: bytes = b""
    """Of a GNU header of type `L`."""
    long_link: bytes = b""
    """Of a GNU header of type `K`."""

    def text(self, key: bytes, otherwise: bytes) -> bytes:
        """Return a record's value; `otherwise` when it is absent or empty."""
        return self.records.get(key) or otherwise

    def path(self, otherwise: bytes) -> bytes:
        """Return the path; `otherwise` when there is none."""
        return self.long_path or self.records.get(b"path") or otherwise

    def link(self, otherwise: bytes) -> bytes:
        """Return the link target; `otherwise` when there is none."""
        return self.long_link or self.records.get(b"linkpath") or otherwise

    def number(self, key: bytes, otherwise: int | None) -> int | None:
        """Return a decimal record; `otherwise` when it is absent, None when it is no number."""
        raw = self.records.get(key)
        return decimal(raw) if raw else otherwise

    def xattrs(self) -> tuple[dict[bytes, bytes], str]:
        """Return extended attributes by their own names, and what was wrong with one of them."""
        found: dict[bytes, bytes] = {}
        problem = ""
        for key, value in self.records.items():
            if key.startswith(_SCHILY):
                found[_name(key[len(_SCHILY) :])] = value
            elif key.startswith(_LIBARCHIVE):
                name = _name(unquote_to_bytes(key[len(_LIBARCHIVE) :]))
                decoded = _base64(value)
                if decoded is None:
                    problem = "LIBARCHIVE.xattr value is no base64"
                found.setdefault(name, value if decoded is None else decoded)
        return found, problem


def decimal(raw: bytes) -> int | None:
    """Return a number of 64 bits as Go reads it, with any sign and zeros; None for all else."""
    if raw.isdigit() and len(raw) < _DIGITS - 1:
        return int(raw)
    signed = raw[:1] in (b"+", b"-")
    digits = raw[signed:]
    if not digits.isdigit() or len(digits := digits.lstrip(b"0")) > _DIGITS:
        return None
    value = int(raw[:signed] + (digits or b"0"))
    return value if -_LARGEST <= value <= _LARGEST else None


def decimal_time(raw: bytes) -> tuple[int | None, int]:
    """Return whole seconds, rounded down, and nanoseconds of a PAX time such as `-1.25`."""
    match = _TIME.fullmatch(raw)
    if match is None:
        return None, 0
    sign, whole, fraction = match.groups()
    seconds = int(whole)
    nanos = int(fraction[:9].ljust(9, b"0")) if fraction else 0
    if sign != b"-":
        return seconds, nanos
    return (-seconds - 1, _BILLION - nanos) if nanos else (-seconds, 0)


def read_pax(data: bytes, records: dict[bytes, bytes], sparse: list[bytes]) -> str:
    """Read records - length, blank, key, `=`, value, newline - up to the first that is wrong.

    Returns:
        What was wrong, empty when nothing was.

    """
    at, size = 0, len(data)
    while at < size:
        space = data.find(b" ", at)
        raw = data[at:space] if space > 0 else b""
        length = int(raw) if raw.isdigit() and len(raw) < _DIGITS else decimal(raw)
        if length is None or length < 0:
            return "record without a length" if data[at:].strip(b"\0") else ""
        end = at + length
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if end > size or end <= space or data[end - 1] != 10 or not equals or not key:
            return "record of a wrong length"
        if key in _SPARSE_NUMBERS:
            sparse.append(value)
        else:
            records[key] = value
        at = end
    return ""


def nul_in(records: Mapping[bytes, bytes]) -> str:
    """Say that a key or an owner's name holds a NUL, for which Go refuses a layer."""
    names = *records, records.get(b"uname", b""), records.get(b"gname", b"")
    return "NUL in a record" if any(b"\0" in name for name in names) else ""


def _name(raw: bytes) -> bytes:
    """Return an attribute's name without the NUL that ends names in the xattrs column."""
    return raw.replace(b"\0", b"?")


def _base64(value: bytes) -> bytes | None:
    try:
        return base64.b64decode(value + b"=" * (-len(value) % 4))
    except binascii.Error:
        return None

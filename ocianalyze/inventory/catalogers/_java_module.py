"""The version in a Java module: a `.jmod` file, which is a zip archive behind four bytes.

JEP 261 describes the file, the Java Virtual Machine Specification (4.1, 4.4, 4.7.25) the
`module-info.class` in it, whose attribute `Module` names the version that the module was built as.
"""

import struct

import orjson

from ocianalyze.inventory.catalogers._gathered import name
from ocianalyze.inventory.catalogers._zip import Budget, unpacked
from ocianalyze.inventory.catalogers._zip_stream import Arrival, ZipStream
from ocianalyze.limits import KIB

JMOD = b"JM\1\0"
_DESCRIPTION = "classes/module-info.class"
_DESCRIPTION_BYTES = 256 * KIB
_CLASS = b"\xca\xfe\xba\xbe"
_TEXT = 1
_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4,
          19: 2, 20: 2}  # fmt: skip
"""Bytes behind the tag of each kind of constant but texts."""
_WIDE = frozenset({5, 6})
"""Kinds of constants that count twice."""


class ModuleTap:
    """Looks for the version while a module passes, and stops when it has it."""

    def __init__(self) -> None:
        """Know nothing."""
        self._version = ""
        self._stream = ZipStream(_room, self._arrive)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self._stream.feed(piece)
        return not self._version

    def close(self) -> bytes | None:
        """Return name and version as JSON."""
        return (
            orjson.dumps({"name": "openjdk", "version": self._version}) if self._version else None
        )

    def _arrive(self, arrival: Arrival) -> None:
        member, packed = arrival
        if packed is None or self._version:
            return
        try:
            content = unpacked(member, memoryview(packed), _DESCRIPTION_BYTES, Budget())
            self._version = module_version(bytes(content))
        except (ValueError, struct.error, LookupError):
            return


def _room(member: str) -> int:
    return _DESCRIPTION_BYTES if member == _DESCRIPTION else 0


def module_version(data: bytes) -> str:
    """Return the version that a `module-info.class` names; empty for none.

    Raises:
        LookupError: a constant is not there, or of an unknown kind.
        struct.error: the file is cut.
        ValueError: it is no class.

    """
    if data[:4] != _CLASS:
        raise ValueError("no class")
    texts, at = _texts(data)
    # Access, names and the counts of interfaces, fields and methods, of which a module has none.
    (attributes,) = struct.unpack_from(">H", data, at + 12)
    at += 14
    for _ in range(attributes):
        kind, length = struct.unpack_from(">HL", data, at)
        if texts.get(kind) == "Module":
            return name(texts.get(struct.unpack_from(">6xHHH", data, at)[2], ""))
        at += 6 + length
    return ""


def _texts(data: bytes) -> tuple[dict[int, str], int]:
    """Return the texts among the constants by their numbers, and where the constants end."""
    (count,) = struct.unpack_from(">H", data, 8)
    texts: dict[int, str] = {}
    at, number = 10, 1
    while number < count:
        kind = data[at]
        if kind == _TEXT:
            (length,) = struct.unpack_from(">H", data, at + 1)
            texts[number] = data[at + 3 : at + 3 + length].decode("utf-8", "replace")
            at += 3 + length
        else:
            at += 1 + _SIZES[kind]
        number += 2 if kind in _WIDE else 1
    return texts, at

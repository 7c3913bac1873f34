"""Values of DER (X.690), as far as they are asked for: where each begins and ends."""

from typing import NamedTuple


class Value(NamedTuple):
    """One value of DER."""

    tag: int
    begin: int
    """Of the value with its tag."""
    start: int
    end: int


def value_at(der: bytes, at: int) -> Value:
    """Return the value that begins at an offset.

    Raises:
        ValueError: it is cut off.

    """
    if len(der) < at + 2:
        raise ValueError("cut off")
    size, start = der[at + 1], at + 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(der[at + 2 : start], "big")
    if start - at > 6 or start + size > len(der):
        raise ValueError("cut off")
    return Value(der[at], at, start, start + size)


def values_in(der: bytes, outer: Value, most: int) -> list[Value]:
    """Return the first values inside of one.

    Raises:
        ValueError: one is cut off.

    """
    found: list[Value] = []
    at = outer.start
    while at < outer.end and len(found) < most:
        found.append(value_at(der, at))
        at = found[-1].end
    return found


def inside(der: bytes, outer: Value, count: int) -> list[Value]:
    """Return the first values inside of one.

    Raises:
        ValueError: there are fewer.

    """
    found = values_in(der, outer, count)
    if len(found) < count:
        raise ValueError("cut off")
    return found


def octets(der: bytes, value: Value) -> bytes:
    """Return the bytes of a value without its tag and size."""
    return der[value.start : value.end]

"""As much of MessagePack as one token needs: where a value ends, and short ones themselves."""

_MOST = 4096
_DEEPEST = 16
# type byte -> bytes of the length field, for strings and binaries
_SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_ARRAYS = {0xDC: 2, 0xDD: 4}
_MAPS = {0xDE: 2, 0xDF: 4}
_FIXED = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
    0xD4: 2,
    0xD5: 3,
    0xD6: 5,
    0xD7: 9,
    0xD8: 17,
}


def items(data: bytes) -> list[bytes]:
    """Return the encoded items of an array that is the whole of the data.

    Raises:
        ValueError: it is none, is cut off, or is deeper or has more items than a token has.

    """
    count, at = _array(data)
    found: list[bytes] = []
    for _ in range(count):
        end = _end(data, at)
        found.append(data[at:end])
        at = end
    if at != len(data):
        raise ValueError("bytes follow")
    return found


def text(item: bytes) -> bytes:
    """Return the bytes of an encoded string or binary; empty for any other item."""
    if not item:
        return b""
    if 0xA0 <= item[0] <= 0xBF:
        return item[1:]
    return item[1 + _SIZED[item[0]] :] if item[0] in _SIZED else b""


def _array(data: bytes) -> tuple[int, int]:
    kind = data[0] if data else 0
    if 0x90 <= kind <= 0x9F:
        return kind & 15, 1
    if kind in _ARRAYS:
        return _length(data, 1, _ARRAYS[kind])
    raise ValueError("no array")


def _end(data: bytes, at: int) -> int:
    """Return where a value ends; nested ones are counted, not descended into."""
    waiting = [1]
    for _ in range(_MOST):
        while waiting and waiting[-1] == 0:
            waiting.pop()
        if not waiting:
            return at
        waiting[-1] -= 1
        inner, at = _step(data, at)
        waiting.append(inner)
        if at > len(data) or len(waiting) > _DEEPEST:
            break
    raise ValueError("cut off")


def _step(data: bytes, at: int) -> tuple[int, int]:
    """Return how many values the one at a place holds, and where its own bytes end."""
    if at >= len(data):
        raise ValueError("cut off")
    kind = data[at]
    at += 1
    if kind < 0x80 or kind >= 0xE0:
        return 0, at
    if kind < 0xC0:
        return _short(kind, at)
    if kind in _SIZED:
        size, at = _length(data, at, _SIZED[kind])
        return 0, at + size
    if kind in _ARRAYS:
        return _length(data, at, _ARRAYS[kind])
    if kind in _MAPS:
        pairs, at = _length(data, at, _MAPS[kind])
        return 2 * pairs, at
    if kind not in _FIXED:
        raise ValueError("type")
    return 0, at + _FIXED[kind]


def _short(kind: int, at: int) -> tuple[int, int]:
    """Read the kinds that hold their own length: map, array, string."""
    if kind < 0x90:
        return 2 * (kind & 15), at
    return (kind & 15, at) if kind < 0xA0 else (0, at + (kind & 31))


def _length(data: bytes, at: int, width: int) -> tuple[int, int]:
    return int.from_bytes(data[at : at + width], "big"), at + width

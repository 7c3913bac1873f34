"""Numbers written in the bases that tokens use for their checksums."""

import zlib

BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE36 = b"0123456789abcdefghijklmnopqrstuvwxyz"


def written(number: int, alphabet: bytes, width: int) -> bytes:
    """Return a number, its zeros on the left filled up to a width."""
    out = bytearray()
    while number:
        number, digit = divmod(number, len(alphabet))
        out.append(alphabet[digit])
    return bytes(reversed(out)).rjust(width, alphabet[:1])


def crc32(text: bytes, alphabet: bytes, width: int) -> bytes:
    """Return the CRC-32 of a text as digits."""
    return written(zlib.crc32(text), alphabet, width)

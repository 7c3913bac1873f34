"""Base58 with Bitcoin's alphabet, and its form with a checksum."""

from hashlib import sha256

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {byte: value for value, byte in enumerate(_ALPHABET)}
_LONGEST = 256


def decode(text: bytes) -> bytes | None:
    """Return the bytes; None for other characters or more than 256 of them."""
    if len(text) > _LONGEST or not all(byte in _VALUES for byte in text):
        return None
    number = 0
    for byte in text:
        number = number * 58 + _VALUES[byte]
    zeros = len(text) - len(text.lstrip(b"1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_checked(text: bytes) -> bytes | None:
    """Return the bytes before a right checksum, the first four bytes of a double SHA-256."""
    data = decode(text)
    if data is None or len(data) < 5:
        return None
    body, checksum = data[:-4], data[-4:]
    return body if sha256(sha256(body).digest()).digest()[:4] == checksum else None

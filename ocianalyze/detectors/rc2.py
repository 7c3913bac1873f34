"""The cipher RC2 in CBC mode (RFC 2268), which most PKCS#12 files before 2021 have, with 40 bits.

Libraries have it for keys of 128 bits alone. What is decrypted is of the size of certificates.
"""

from itertools import pairwise
from struct import Struct

from ocianalyze.dataclass import dataclass

BLOCK = 8
"""Bytes."""
_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
"""Bytes in an order that the digits of pi give (2)."""
_KEY = 128
_WORDS = Struct("<4H")
_SHIFTS = (1, 2, 3, 5)
MIXES = 16
"""Of one block."""
_MASHED = (11, 5)
"""Rounds of mixing, from the last one, behind which words are mashed (4)."""


@dataclass(frozen=True, slots=True)
class Rc2:
    """One key, all bits of which count."""

    key: bytes

    def decrypted(self, data: bytes, start: bytes) -> bytes:
        """Return what whole blocks were, given the vector that the first was mixed with."""
        words = _expanded(self.key)
        blocks = [start] + [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
        return b"".join(
            bytes(a ^ b for a, b in zip(_block(block, words), before, strict=True))
            for before, block in pairwise(blocks)
        )


def _expanded(key: bytes) -> tuple[int, ...]:
    """Return the 64 words of a key (2)."""
    size = len(key)
    found = bytearray(key)
    for at in range(size, _KEY):
        found.append(_PI[(found[at - 1] + found[at - size]) & 0xFF])
    found[_KEY - size] = _PI[found[_KEY - size]]
    for at in range(_KEY - size - 1, -1, -1):
        found[at] = _PI[found[at + 1] ^ found[at + size]]
    return Struct("<64H").unpack(found)


def _block(block: bytes, words: tuple[int, ...]) -> bytes:
    """Decrypt one block (4)."""
    row = list(_WORDS.unpack(block))
    for mix in range(MIXES - 1, -1, -1):
        for at in (3, 2, 1, 0):
            one, shift = row[at], _SHIFTS[at]
            one = (one >> shift) | (one << (16 - shift))
            a, b, c = row[at - 1], row[at - 2], row[at - 3]
            row[at] = (one - words[4 * mix + at] - (a & b) - (~a & c)) & 0xFFFF
        if mix in _MASHED:
            for at in (3, 2, 1, 0):
                row[at] = (row[at] - words[row[at - 1] & 63]) & 0xFFFF
    return _WORDS.pack(*row)

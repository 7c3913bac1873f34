"""Seed phrases of wallets: words whose last bits are a checksum of the others (BIP-39)."""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._published import origin
from ocianalyze.detectors.secrets.proofs import EXAMPLE, NO_SECRET, disproved, verified

_COUNTS = {12, 15, 18, 21, 24}
_WORD = re.compile(rb"[a-z]{3,8}")
_LONGEST = 1024


def prove(match: Match) -> Proof | None:
    """Expect 12 to 24 words of the English list and a right checksum."""
    words = _WORD.findall(match.secret[:_LONGEST].lower())
    if len(words) not in _COUNTS:
        return None
    numbers = [_list().get(word) for word in words]
    if None in numbers:
        return NO_SECRET
    known = [number for number in numbers if number is not None]
    if len(set(known)) <= 2 or origin(b" ".join(words)):
        return EXAMPLE
    if not checksum_right(known):
        return disproved("checksum wrong")
    return verified(f"{len(words)} words, checksum right")


def checksum_right(numbers: list[int]) -> bool:
    """Tell whether the last bits, one in 33, are the first of the SHA-256 of the others."""
    value = 0
    for number in numbers:
        value = value << 11 | number
    width = len(numbers) * 11 // 33
    entropy = (value >> width).to_bytes(width * 4, "big")
    return value & ((1 << width) - 1) == sha256(entropy).digest()[0] >> (8 - width)


@cache
def _list() -> dict[bytes, int]:
    text = files(__package__).joinpath("bip39_english.txt").read_bytes()
    return {word: number for number, word in enumerate(text.split())}


CHECK: Check = prove

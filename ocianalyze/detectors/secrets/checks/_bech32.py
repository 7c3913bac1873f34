"""Bech32 (BIP-173) and Bech32m (BIP-350)."""

import re

from ocianalyze.dataclass import dataclass

_ALPHABET = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_KINDS = {1: "Bech32", 0x2BC830A3: "Bech32m"}
_TEXT = re.compile(rb"([!-~]{1,83})1([02-9ac-hj-np-z]{6,1024})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bech32:
    """A text whose checksum is right."""

    kind: str
    """`Bech32` or `Bech32m`."""
    prefix: bytes
    """The human-readable part, in lower case."""
    values: bytes
    """Numbers below 32, without the checksum."""

    def data(self) -> bytes | None:
        """Return them as bytes; None where bits are left that are not zero."""
        bits = len(self.values) * 5
        number = 0
        for value in self.values:
            number = number << 5 | value
        spare = bits % 8
        if spare > 4 or number & ((1 << spare) - 1):
            return None
        return (number >> spare).to_bytes(bits // 8, "big")


def read(text: bytes) -> Bech32 | None:
    """Return what a text holds; None for mixed case, other characters, a wrong checksum."""
    if text not in {text.lower(), text.upper()}:
        return None
    found = _TEXT.fullmatch(text.lower())
    if found is None:
        return None
    prefix = found[1]
    values = bytes(_ALPHABET.index(byte) for byte in found[2])
    spread = bytes(byte >> 5 for byte in prefix) + b"\0" + bytes(byte & 31 for byte in prefix)
    kind = _KINDS.get(_polymod(spread + values))
    return Bech32(kind, prefix, values[:-6]) if kind else None


def _polymod(values: bytes) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                total ^= generator
    return total

"""Packets of OpenPGP keys (RFC 4880, RFC 9580)."""

from collections.abc import Iterator
from hashlib import sha1, sha256

from ocianalyze.dataclass import dataclass

SECRET_KEY, SECRET_SUBKEY = 5, 7
_MOST = 64
_NAMES = {1: "RSA", 2: "RSA", 3: "RSA", 16: "Elgamal", 17: "DSA", 18: "ECDH", 19: "ECDSA"}
_NAMES |= {22: "EdDSA", 25: "X25519", 26: "X448", 27: "Ed25519", 28: "Ed448"}
_MPIS = {1: 2, 2: 2, 3: 2, 16: 3, 17: 4}
_ON_CURVES = {18, 19, 22}
_FIXED = {25: 32, 26: 56, 27: 32, 28: 57}
_GNU = 101


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A packet of a secret key."""

    tag: int
    version: int
    name: str
    """Algorithm and, for RSA, Elgamal and DSA, size."""
    state: str
    """`clear`, `encrypted`, or `absent` where only the public half is left."""
    fingerprint: str
    """In hexadecimal digits."""


def crc24(data: bytes) -> int:
    """Return the checksum of the armour (RFC 4880, section 6.1)."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc


def packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and body of the first packets, up to one that is not whole."""
    at = 0
    for _ in range(_MOST):
        if at + 2 > len(data) or not data[at] & 0x80:
            return
        tag, size, at = _head(data, at)
        if size < 0 or at + size > len(data):
            return
        yield tag, data[at : at + size]
        at += size


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, length (-1 for partial and unknown ones) and where the body begins."""
    first = data[at]
    if first & 0x40:
        return _new_head(first & 0x3F, data, at + 1)
    width = (1, 2, 4, 0)[first & 3]
    size = int.from_bytes(data[at + 1 : at + 1 + width], "big") if width else -1
    return first >> 2 & 15, size, at + 1 + width


def _new_head(tag: int, data: bytes, at: int) -> tuple[int, int, int]:
    size = data[at]
    if size < 192:
        return tag, size, at + 1
    if size < 224:
        low = data[at + 1] if at + 1 < len(data) else 0
        return tag, (size - 192 << 8) + low + 192, at + 2
    if size == 255:
        return tag, int.from_bytes(data[at + 1 : at + 5], "big"), at + 5
    return tag, -1, at


def secret_key(tag: int, body: bytes) -> SecretKey | None:
    """Return what a packet of tag 5 or 7 holds; None for what is cut off or unknown."""
    version = body[0] if body else 0
    if version not in {4, 5, 6} or len(body) < 12:
        return None
    algorithm = body[5]
    start = 10 if version > 4 else 6  # later versions have the length of the public half
    end = _public_end(body, start, algorithm)
    if end is None or end >= len(body):
        return None
    state = _state(body, end)
    if state is None or (state == "clear" and version == 4 and not _sum_right(body[end + 1 :])):
        return None
    name = _NAMES[algorithm]
    if algorithm in _MPIS:
        name += f" {int.from_bytes(body[start : start + 2], 'big')}"
    return SecretKey(tag, version, name, state, fingerprint(version, body[:end]))


def _public_end(body: bytes, at: int, algorithm: int) -> int | None:
    """Return where the public numbers end."""
    if algorithm in _FIXED:
        return at + _FIXED[algorithm]
    if algorithm in _MPIS:
        return _after_mpis(body, at, _MPIS[algorithm])
    if algorithm not in _ON_CURVES or at >= len(body):
        return None
    end = _after_mpis(body, at + 1 + body[at], 1)
    if algorithm == 18 and end is not None and end < len(body):
        end += 1 + body[end]
    return end


def _after_mpis(body: bytes, at: int, count: int) -> int | None:
    for _ in range(count):
        if at + 2 > len(body):
            return None
        at += 2 + (int.from_bytes(body[at : at + 2], "big") + 7) // 8
    return at if at <= len(body) else None


def _state(body: bytes, at: int) -> str | None:
    """Read the S2K usage octet (RFC 9580, section 3.7.2); GnuPG marks what it removed."""
    usage = body[at]
    if usage == 0:
        return "clear"
    if usage in {254, 255} and body[at + 2 : at + 3] == bytes([_GNU]):
        return "absent" if body[at + 4 : at + 7] == b"GNU" else None
    return "encrypted" if len(body) - at >= 20 else None


def _sum_right(secret: bytes) -> bool:
    """Tell whether the last two bytes are the sum of the others."""
    return len(secret) > 4 and sum(secret[:-2]) & 0xFFFF == int.from_bytes(secret[-2:], "big")


def fingerprint(version: int, public: bytes) -> str:
    """Return the digest that names a key, from the body of its public packet."""
    if version == 4:
        data = b"\x99" + len(public).to_bytes(2, "big") + public
        return sha1(data, usedforsecurity=False).hexdigest()
    mark = b"\x9a" if version == 5 else b"\x9b"
    return sha256(mark + len(public).to_bytes(4, "big") + public).hexdigest()

"""Secrets of nobody: made up, and in every part as their providers make them."""

import base64
from hashlib import sha256
from zlib import crc32

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_EC_KEY = bytes.fromhex("30310201010420"), bytes.fromhex("a00a06082a8648ce3d030107")
"""What stands around the number of an EC private key on prime256v1 (RFC 5915)."""


def github_token(seed: str = "nobody") -> str:
    """Return a personal access token with its checksum: CRC-32 in base 62."""
    made_up = sha256(seed.encode()).hexdigest()[:30]
    value, checksum = crc32(made_up.encode()), ""
    for _ in range(6):
        value, rest = divmod(value, 62)
        checksum = _DIGITS[rest] + checksum
    return f"ghp_{made_up}{checksum}"


def ec_key(seed: str = "nobody") -> bytes:
    """Return a private key as PEM (RFC 7468)."""
    before, after = _EC_KEY
    text = base64.encodebytes(before + sha256(seed.encode()).digest() + after)
    return b"-----BEGIN EC PRIVATE KEY-----\n" + text + b"-----END EC PRIVATE KEY-----\n"

"""Secrets of nobody: made up, and in every part as their providers make them."""

import base64
from hashlib import sha256
from typing import Any
from zlib import crc32

from ocianalyze.model.entry import State
from ocianalyze.model.secret import Place, Secret

PLACE = Place("content", path="app/.env", layer=0, offset=7, state=State.VISIBLE)

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


def secret(*places: Place, **fields: Any) -> Secret:
    """Return what the search tells of a token that is proved and grave, at `PLACE`.

    Args:
        places: others in its stead.
        fields: what is told otherwise.

    """
    common: dict[str, Any] = {
        "rule": "acme-token",
        "id": "0123456789abcdef",
        "provider": "Acme",
        "kind": "token",
        "title": "Acme token",
        "masked": "acme_**** (40)",
        "proven": "verified-offline",
        "severity": "critical",
        "remediation": "Revoke it",
    }
    return Secret(**(common | fields), places=places or (PLACE,))

"""Strings and public keys as SSH writes them (RFC 4251, RFC 4253)."""

import base64
from hashlib import sha256


def string(data: bytes, at: int) -> tuple[bytes, int]:
    """Return a string with its length before it, and where it ends.

    Raises:
        ValueError: it is not whole.

    """
    end = at + 4 + int.from_bytes(data[at : at + 4], "big")
    if at + 4 > len(data) or end > len(data):
        raise ValueError("cut off")
    return data[at + 4 : end], end


def strings(data: bytes, count: int) -> list[bytes]:
    """Return the first strings of a blob.

    Raises:
        ValueError: it has fewer.

    """
    found: list[bytes] = []
    at = 0
    for _ in range(count):
        value, at = string(data, at)
        found.append(value)
    return found


def packed(*values: bytes) -> bytes:
    """Return strings one after the other, each with its length before it."""
    return b"".join(len(value).to_bytes(4, "big") + value for value in values)


def mpint(number: int) -> bytes:
    """Return the bytes of a number, none for zero, with a zero bit first."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b""


def fingerprint(blob: bytes) -> str:
    """Return what `ssh-keygen -l` shows of a public key."""
    return "SHA256:" + base64.b64encode(sha256(blob).digest()).decode().rstrip("=")


_NAMES = {
    b"ssh-rsa": "RSA",
    b"ssh-dss": "DSA",
    b"ssh-ed25519": "Ed25519",
    b"ssh-ed448": "Ed448",
    b"ecdsa-sha2-nistp256": "ECDSA P-256",
    b"ecdsa-sha2-nistp384": "ECDSA P-384",
    b"ecdsa-sha2-nistp521": "ECDSA P-521",
    b"sk-ssh-ed25519@openssh.com": "Ed25519 of a security key",
    b"sk-ecdsa-sha2-nistp256@openssh.com": "ECDSA P-256 of a security key",
}
_SIZED = {b"ssh-rsa": 3, b"ssh-dss": 2}
"""Which of the strings tells the size."""


def describe(blob: bytes) -> str:
    """Return type and size of a public key; empty for what is none that is known.

    Raises:
        ValueError: it is not whole.

    """
    kind, _ = string(blob, 0)
    if kind not in _NAMES:
        return ""
    if count := _SIZED.get(kind):
        return f"{_NAMES[kind]} {int.from_bytes(strings(blob, count)[-1], 'big').bit_length()}"
    strings(blob, 2)
    return _NAMES[kind]

"""PKCS#12 files (RFC 7292): key bags, and whether the MAC is that of a default password."""

import hashlib
import re
from hmac import digest as hmac
from typing import NamedTuple

from ocianalyze.detectors.secrets.inside._stored import DEFAULTS, OPENS, Stored

_RULE = "pkcs12-key"
_HEAD = re.compile(rb"0(?:\x80|\x81.|\x82..|\x83...)\x02\x01\x030", re.DOTALL)
_BAGS = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
"""Begins the types of bags; the next byte is 1 for a key, 2 for an encrypted one."""
_ENCRYPTED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"
_HASHES = {
    b"\x2b\x0e\x03\x02\x1a": ("sha1", 64),
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x01": ("sha256", 64),
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x02": ("sha384", 128),
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x03": ("sha512", 128),
}
"""Digest algorithms by object identifier, and their block size."""
_ROUNDS = 100_000
_SALT = 1024
_MAC_KEY = 3


class _Mac(NamedTuple):
    """The MAC of a file, and what it is made of."""

    name: str
    block: int
    digest: bytes
    salt: bytes
    rounds: int
    content: bytes


def is_one(head: bytes, _path: bytes) -> bool:
    """Tell by the outer sequence and version 3."""
    return bool(_HEAD.match(head))


def read(data: bytes) -> Stored | None:
    """Return what is in a file; None for one with certificates alone."""
    clear, shrouded = data.count(_BAGS + b"\1"), data.count(_BAGS + b"\2")
    keys = clear + shrouded
    if not keys and _ENCRYPTED not in data:
        return None
    mac = _mac(data)
    opens = mac is not None and any(_is_sealed(mac, password) for password in DEFAULTS)
    if not keys:
        detail = f"all of it is encrypted{', ' + OPENS if opens else ''}"
        return Stored(_RULE, detail, "low" if opens else "info", is_proved=False)
    detail = f"{keys} private {'key' if keys == 1 else 'keys'}"
    detail += ", not encrypted" if clear else ""
    detail += f", {OPENS}" if opens else ""
    return Stored(_RULE, detail, "high" if opens or clear else None)


def _mac(data: bytes) -> _Mac | None:
    """Return the MAC (RFC 7292, 4); None where there is none that is understood."""
    try:
        (outer,) = _values(data, 1)
        _, info, sealed = _values(outer, 3)
        content = _values(_values(info, 2)[1], 1)[0]
        of, salt, *rounds = _values(sealed, 3)
        algorithm, digest = _values(of, 2)
        name, block = _HASHES[_values(algorithm, 2)[0]]
    except (ValueError, IndexError, KeyError):
        return None
    count = int.from_bytes(rounds[0], "big") if rounds else 1
    if count > _ROUNDS or not 0 < len(salt) <= _SALT:
        return None
    return _Mac(name, block, digest, salt, count, content)


def _values(data: bytes, most: int) -> list[bytes]:
    """Return the contents of the first values of DER.

    Raises:
        ValueError: one is cut off, or of indefinite length.

    """
    found: list[bytes] = []
    at = 0
    while at < len(data) and len(found) < most:
        size, start = data[at + 1] if at + 1 < len(data) else -1, at + 2
        if size & 0x80:
            width = size & 0x7F
            size = int.from_bytes(data[start : start + width], "big") if 0 < width <= 4 else -1
            start += width
        at = start + size
        if size < 0 or at > len(data):
            raise ValueError("is cut off")
        found.append(data[start:at])
    return found


def _is_sealed(mac: _Mac, password: str) -> bool:
    forms = {password.encode("utf-16-be") + b"\0\0", password.encode("utf-16-be")}
    return any(hmac(_key(mac, form), mac.content, mac.name) == mac.digest for form in forms)


def _key(mac: _Mac, password: bytes) -> bytes:
    """Return the key of the MAC (RFC 7292, appendix B.2); one block is always enough."""
    text = bytes([_MAC_KEY]) * mac.block + _filled(mac.salt, mac.block)
    text += _filled(password, mac.block)
    for _ in range(mac.rounds):
        text = hashlib.new(mac.name, text, usedforsecurity=False).digest()
    return text


def _filled(text: bytes, block: int) -> bytes:
    """Repeat a text to whole blocks."""
    size = -(-len(text) // block) * block
    return (text * (size // len(text) + 1))[:size] if text else b""
